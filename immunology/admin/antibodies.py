"""Antibody results: the laboratory enters panels and sees its own; the rest is for the unblinded only."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from accounts.choices import Action, ClearanceGround
from accounts.queries import may_anywhere, user_may
from audit.choices import FIRST_ENTRY
from immunology import services
from immunology.admin.calls import CallPages
from immunology.admin.panel_form import PanelForm, RowFormSet
from immunology.models import AntibodyResult, DsaFinding, Specimen
from webkit.admin import SealedAdmin, problems_of
from webkit.admin.display import NOT_RECORDED, moment, number
from webkit.admin.requests import person_of


@admin.register(AntibodyResult)
class AntibodyResultAdmin(SealedAdmin):
    view_action = Action.VIEW_OWN_ANTIBODIES
    clearance_ground = ClearanceGround.LABORATORY
    list_display = ("specimen_code", "specificity", "hla_class", "mfi_shown", "run_code", "tested")
    list_display_links = None
    list_select_related = ("specimen",)
    search_fields = ("specimen__code", "specificity", "run_code")
    search_help_text = _lazy("Sample, specificity or run")
    ordering = ("-id",)
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[AntibodyResult]:
        return super().get_queryset(request).filter(recorded_by_id=request.user.pk, voided_at=None)

    @admin.display(description=_lazy("Sample"))
    def specimen_code(self, obj: AntibodyResult) -> str:
        return obj.specimen.code

    @admin.display(description=_lazy("MFI"))
    def mfi_shown(self, obj: AntibodyResult) -> str:
        return str(NOT_RECORDED) if obj.mfi is None else f"{obj.mfi_limit}{number(obj.mfi.normalize(), 'f')}"

    @admin.display(description=_lazy("Tested at"))
    def tested(self, obj: AntibodyResult) -> str:
        return moment(obj.tested_at)

    def get_urls(self) -> list[URLPattern]:
        page = path(
            "panel/<int:specimen_pk>/",
            self.admin_site.admin_view(self.panel_view),
            name="immunology_antibodyresult_panel",
        )
        return [page, *super().get_urls()]

    def panel_view(self, request: HttpRequest, specimen_pk: int) -> HttpResponse:
        """Enter the results of one sample, one row per specificity; all are stored or none."""
        specimen = self._specimen(request, specimen_pk)
        form = PanelForm(request.POST or None)
        rows = RowFormSet(request.POST or None, prefix="rows")
        if request.method == "POST" and form.is_valid() and rows.is_valid():
            kept = self._kept(request, specimen, form, rows)
            if kept is not None:
                text = ngettext(
                    "%(count)d result kept under seal for sample %(code)s.",
                    "%(count)d results kept under seal for sample %(code)s.",
                    kept,
                )
                messages.success(request, text % {"count": kept, "code": specimen.code})
                return HttpResponseRedirect(self.way_back(request))
        problems = problems_of(form) + [problem for row in rows.forms for problem in problems_of(row)]
        problems += [{"message": str(error), "label": "", "target": ""} for error in rows.non_form_errors()]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Results of sample %(code)s") % {"code": specimen.code},
            "specimen": specimen,
            "form": form,
            "rows": rows,
            "problems": problems if request.method == "POST" else [],
            "opts": self.opts,
            "back_url": self.way_back(request),
        }
        return TemplateResponse(request, "admin/immunology/antibodyresult/panel.html", context)

    def _specimen(self, request: HttpRequest, pk: int) -> Specimen:
        specimen = (
            Specimen.objects.select_related("participant__site", "trial")
            .filter(pk=pk, voided_at=None)
            .first()
        )
        if specimen is None:
            raise Http404
        if not user_may(person_of(request), Action.RECORD_ANTIBODIES, trial_code=specimen.trial.code):
            raise PermissionDenied(
                _("Your account may not do this here: %(action)s.")
                % {"action": Action.RECORD_ANTIBODIES.label}
            )
        return specimen

    def _kept(self, request: HttpRequest, specimen: Specimen, form: PanelForm, rows: Any) -> int | None:
        """The number of stored results; a refusal of the service goes onto the form."""
        results = [row.cleaned_data for row in rows.forms if row.has_changed()]
        try:
            services.record_antibody_results(
                specimen=specimen,
                results=[{**form.cleaned_data, **result} for result in results],
                by=person_of(request),
                at=timezone.now(),
                reason=FIRST_ENTRY,
            )
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return None
        return len(results)


@admin.register(DsaFinding)
class DsaFindingAdmin(CallPages):
    """For the unblinded statistician and the unblinded reviewers alone."""

    view_action = Action.VIEW_ANTIBODIES
    list_display = (
        "participant",
        "donor_code",
        "specificity",
        "hla_class",
        "classification",
        "baseline_mfi",
        "peak_mfi",
        "above_threshold",
        "flags_shown",
    )
    list_display_links = None
    list_select_related = ("participant",)
    list_filter = ("classification", "hla_class")
    search_fields = ("participant__code", "specificity", "donor_code")
    ordering = ("participant__code", "donor_code", "specificity")
    sortable_by = ()

    @admin.display(description=_lazy("Flags"))
    def flags_shown(self, obj: DsaFinding) -> str:
        return ", ".join(obj.flags)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_anywhere(person_of(request), Action.VIEW_ANTIBODIES)
