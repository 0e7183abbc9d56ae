"""Files of the laboratory: uploaded with a preview before anything is stored.

Its own sera with their quality. Sealed.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from accounts.choices import Action, ClearanceGround
from accounts.queries import user_may
from audit.choices import FIRST_ENTRY
from immunology import services
from immunology.admin.sealed_pages import SealedPages
from immunology.admin.upload_form import LaboratoryUploadForm
from immunology.choices import RunQuality
from immunology.models import SerumInRun
from immunology.queries import own_sera
from immunology.queries.laboratories import laboratories_of
from immunology.queries.pictures import control_charts_of
from immunology.rendering.levey_jennings import draw_control_chart
from immunology.wording import file_answer
from trials.models import Trial
from webkit.admin import problems_of
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import attribution, person_of
from webkit.admin.verbs import Verb


class ExcuseSerumForm(NamedRefusals, forms.ModelForm[SerumInRun]):
    reason = forms.CharField(
        label=_lazy("Why does it count all the same?"),
        max_length=500,
        widget=forms.TextInput(attrs={"class": "long"}),
    )

    class Meta:
        model = SerumInRun
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """Skip the record's own validation: the service checks."""


def ask_to_excuse(request: HttpRequest, serum: SerumInRun, form: ExcuseSerumForm) -> str:
    said = attribution(request, reason=form.cleaned_data["reason"])
    said.pop("seen_version", None)
    services.request_serum_excuse(trial=serum.trial, serum_id=serum.pk, laboratory=serum.laboratory, **said)
    return _("Asked. Another person of the laboratory confirms it; until then the serum counts nowhere.")


def confirm_excuse(request: HttpRequest, serum: SerumInRun, form: ExcuseSerumForm) -> str:
    said = attribution(request, reason=form.cleaned_data["reason"])
    services.excuse_serum(trial=serum.trial, serum_id=serum.pk, laboratory=serum.laboratory, **said)
    return _("Confirmed. The serum counts, and its results are recorded.")


@admin.register(SerumInRun)
class SerumInRunAdmin(SealedPages):
    view_action = Action.VIEW_OWN_ANTIBODIES
    add_action = Action.RECORD_ANTIBODIES
    clearance_ground = ClearanceGround.LABORATORY
    add_label = _lazy("Upload a file of the laboratory")
    verbs = (
        Verb(
            "excuse",
            _lazy("Ask to excuse"),
            _lazy("Ask that this failed serum counts"),
            Action.RECORD_ANTIBODIES,
            ExcuseSerumForm,
            ask_to_excuse,
            lambda serum: serum.quality == RunQuality.FAILED and serum.excused_at is None,
            _lazy("One person asks with a reason, another one confirms."),
        ),
        Verb(
            "confirm",
            _lazy("Confirm the excuse"),
            _lazy("Confirm that this failed serum counts"),
            Action.RECORD_ANTIBODIES,
            ExcuseSerumForm,
            confirm_excuse,
            lambda serum: serum.excuse_asked_at is not None and serum.excused_at is None,
            _lazy("By another person than the one who asked. From then on the serum counts."),
        ),
    )
    list_display = ("specimen_code", "run_shown", "quality", "state_shown")
    list_filter = ("quality",)
    search_fields = ("specimen_code", "run__run_code")
    search_help_text = _lazy("Sample or run")
    ordering = ("-id",)
    sortable_by = ()
    fields = ("specimen_code", "laboratory", "well", "conjugate", "dilution", "treatment", "positive_control_mfi",
              "negative_control_mfi", "quality", "excuse_reason")  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        charts = path(
            "charts/",
            self.admin_site.admin_view(self.charts_view),
            name="immunology_seruminrun_charts",
        )
        return [charts, *super().get_urls()]

    def charts_view(self, request: HttpRequest) -> HttpResponse:
        """The controls of the person's laboratories over time, by lot and instrument."""
        trial = self.require_action(request, Action.VIEW_OWN_ANTIBODIES)
        with self.opened(request):
            charts = control_charts_of(trial_id=trial.pk, user_id=person_of(request).pk)
            parts = [
                draw_control_chart(points, name=name, figure_id=f"chart-{place}")
                for place, (name, points) in enumerate(charts)
            ]
            return self.show(request, _("Controls over time"), parts)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SerumInRun]:
        trial_id = self.trial_id_of(request)
        return own_sera(user_id=person_of(request).pk).filter(trial=trial_id)

    def name_of(self, obj: SerumInRun) -> str:
        return f"{obj.specimen_code} · {obj.run.run_code}"

    @admin.display(description=_lazy("Run"))
    def run_shown(self, obj: SerumInRun) -> str:
        return obj.run.run_code

    @admin.display(description=_lazy("State"))
    def state_shown(self, obj: SerumInRun) -> str:
        if obj.specimen_id is None:
            return _("In quarantine: no such tube in the trial")
        if obj.counts:
            return _("Counts")
        return _("Excuse asked") if obj.excuse_asked_at else _("Counts nowhere")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
        """Upload a file: a preview first, then the import."""
        person = person_of(request)
        trial = Trial.objects.get(pk=self.trial_id_of(request))
        if not user_may(person, Action.RECORD_ANTIBODIES, trial_code=trial.code):
            raise PermissionDenied(
                _("Your account may not do this here: %(action)s.")
                % {"action": Action.RECORD_ANTIBODIES.label}
            )
        own = laboratories_of(user_id=person.pk, trial_id=trial.pk)
        form = LaboratoryUploadForm(
            request.POST or None, request.FILES or None, asker_id=person.pk, laboratories=own
        )
        answer = None
        if request.method == "POST" and form.is_valid():
            upload = form.upload()
            wants_import = "import" in request.POST
            try:
                outcome = self._done(request, trial, upload, wants_import=wants_import)
            except ValidationError as refusal:
                form.add_error(None, ValidationError(refusal.messages))
                answer = file_answer(upload.read, None, list(refusal.messages))
            else:
                if wants_import:
                    return self._imported(request, outcome)
                answer = file_answer(upload.read, outcome, [])
        return self._page(request, form, answer)

    def _done(
        self, request: HttpRequest, trial: Trial, upload: services.Upload, *, wants_import: bool
    ) -> services.LaboratoryImport:
        person, at = person_of(request), timezone.now()
        if wants_import:
            return services.import_laboratory_file(
                trial=trial, upload=upload, by=person, at=at, reason=FIRST_ENTRY
            )
        return services.rehearse_laboratory_file(trial=trial, upload=upload, by=person, at=at)

    def _imported(self, request: HttpRequest, outcome: services.LaboratoryImport) -> HttpResponse:
        text = ngettext(
            "%(count)d serum kept under seal.", "%(count)d sera kept under seal.", outcome.new_sera
        )
        known = _("The same file was uploaded before; nothing changed.")
        messages.success(request, known if outcome.was_known else text % {"count": outcome.new_sera})
        return HttpResponseRedirect(reverse("admin:immunology_seruminrun_changelist"))

    def _page(
        self, request: HttpRequest, form: LaboratoryUploadForm, answer: dict[str, Any] | None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Upload a file of the laboratory"),
            "form": form,
            "answer": answer,
            "may_import": answer is not None and not form.errors,
            "packed": form.packed() if answer is not None and "pieces" in form.cleaned_data else "",
            "problems": problems_of(form) if request.method == "POST" else [],
            "opts": self.opts,
            "back_url": self.way_back(request),
        }
        return TemplateResponse(request, "admin/immunology/seruminrun/upload.html", context)
