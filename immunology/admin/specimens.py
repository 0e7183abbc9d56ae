"""Specimens: taken at the bedside, received in the laboratory. The same for every participant in every arm."""

from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.queries import trial_codes_for
from immunology import services
from immunology.admin.specimen_verbs import VERBS
from immunology.models import Specimen
from immunology.queries import stored_sera
from immunology.rules.plates import plan_plates
from immunology.rules.sampling import judge_samples
from trials.admin.choosing import participant_combo, participants_for
from trials.models import Participant, ProtocolVersion, Trial
from webkit.admin import RecordForm, RoleScopedAdmin
from webkit.admin.display import day, moment
from webkit.admin.fields import MomentField
from webkit.admin.requests import person_of


class SpecimenForm(RecordForm):
    """A tube that was taken."""

    collected_at = MomentField(label=_lazy("Taken at"))

    class Meta:
        model = Specimen
        fields = ("participant", "code", "planned_day", "kind", "collected_at")
        labels = {"code": _lazy("Number on the tube"), "planned_day": _lazy("Planned for study day")}
        widgets = {
            "code": forms.TextInput(attrs={"class": "medium", "autocomplete": "off"}),
            "kind": forms.RadioSelect,
        }

    class Media:
        js = (forms.Script("webkit/combo.js", defer=True),)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        person: Participant | None = cleaned.get("participant")
        if person is not None:
            self.instance.trial_id = person.trial_id
        return cleaned


@admin.register(Specimen)
class SpecimenAdmin(RoleScopedAdmin):
    view_action = Action.VIEW_SPECIMENS
    add_label = _lazy("A sample was taken")
    add_action = Action.COLLECT_SPECIMEN
    site_path = "participant__site"
    verbs = VERBS
    form = SpecimenForm
    list_display = ("code", "participant", "planned", "taken", "received")
    list_filter = ("planned_day",)
    list_select_related = ("participant",)
    search_fields = ("code", "participant__code")
    search_help_text = _lazy("Sample or participant")
    ordering = ("-collected_at", "-id")
    sortable_by = ()

    def get_urls(self) -> list[URLPattern]:
        plates = path(
            "plates/", self.admin_site.admin_view(self.plates_view), name="immunology_specimen_plates"
        )
        return [plates, *super().get_urls()]

    def plates_view(self, request: HttpRequest) -> HttpResponse:
        """Which stored sera are run beside which; made from logistics alone, the same for every arm."""
        codes = sorted(trial_codes_for(person_of(request), Action.RECEIVE_SPECIMEN))
        trials = Trial.objects.filter(code__in=codes).order_by("code")
        trial = trials.filter(code=request.GET.get("trial", "")).first() or trials.first()
        if trial is None:
            raise PermissionDenied(
                _("Your account may not do this here: %(action)s.")
                % {"action": Action.RECEIVE_SPECIMEN.label}
            )
        context = {
            **self.admin_site.each_context(request),
            "title": _("Plates to run"),
            "plates": plan_plates(stored_sera(trial_id=trial.pk)),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/immunology/specimen/plates.html", context)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Specimen]:
        return (
            super().get_queryset(request).select_related("participant__site", "participant__trial", "trial")
        )

    def name_of(self, obj: Specimen) -> str:
        return _("sample %(code)s of %(participant)s") % {
            "code": obj.code,
            "participant": obj.participant.code,
        }

    def _verbs_for(self, request: HttpRequest, obj: Specimen | None) -> list[dict[str, Any]]:
        """With a link to the laboratory's results, also to more of them: a panel may need several runs."""
        links = super()._verbs_for(request, obj)
        if obj is None or obj.received_at is None or not self.may(request, Action.RECORD_ANTIBODIES, obj):
            return links
        panel = reverse("admin:immunology_antibodyresult_panel", args=[obj.pk])
        return [{"label": _("Enter results"), "url": f"{panel}?back={quote(request.path)}"}, *links]

    @admin.display(description=_lazy("Planned day"))
    def planned(self, obj: Specimen) -> str:
        return "–" if obj.planned_day is None else str(obj.planned_day)

    @admin.display(description=_lazy("Taken"))
    def taken(self, obj: Specimen) -> str:
        return moment(obj.collected_at)

    @admin.display(description=_lazy("Received"))
    def received(self, obj: Specimen) -> str:
        return moment(obj.received_at) if obj.received_at else _("not yet")

    def get_fieldsets(self, request: HttpRequest, obj: Specimen | None = None) -> Any:  # noqa: ARG002
        if obj is None:
            return [
                (_("Who"), {"fields": ["participant"]}),
                (_("What and when"), {"fields": ["code", "planned_day", "kind", "collected_at"]}),
            ]
        return [
            (
                None,
                {
                    "fields": [
                        "participant",
                        "code",
                        "planned_day",
                        "kind",
                        "collected_at",
                        "received_at",
                        "condition_note",
                    ]
                },
            )
        ]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "participant":
            kwargs["queryset"] = participants_for(request, Action.COLLECT_SPECIMEN)
            kwargs["widget"] = participant_combo()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "collected_at": timezone.localtime().replace(second=0, microsecond=0),
            **super().get_changeform_initial_data(request),
        }

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        specimen: Specimen | None = context.get("original")
        context["title"] = (
            _("A sample was taken") if specimen is None else _("Sample %(code)s") % {"code": specimen.code}
        )
        context["save_label"] = _("Record the sample")
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Specimen, form: SpecimenForm, change: bool) -> None:  # noqa: ARG002
        taken = services.collect_specimen(
            participant=obj.participant,
            code=obj.code,
            planned_day=obj.planned_day,
            kind=obj.kind,
            collected_at=obj.collected_at,
            by=person_of(request),
            at=timezone.now(),
            reason=form.stated_reason,
        )
        obj.pk = taken.pk
        doubt = doubt_about(taken)
        if doubt:
            messages.warning(request, doubt)

    def say_saved(self, request: HttpRequest, obj: Specimen, *, is_new: bool) -> str:  # noqa: ARG002
        return _("Recorded: %(sample)s was taken. The laboratory sees it on its list.") % {
            "sample": self.name_of(obj)
        }


def doubt_about(taken: Specimen) -> str:
    """A question when the protocol plans no serum on the entered day, or plans it at another time."""
    day0, on = taken.participant.day0_date, timezone.localtime(taken.collected_at).date()
    plan = ProtocolVersion.objects.protocol_of(trial_id=taken.trial_id, on=None).antibodies
    if plan is None or day0 is None or taken.planned_day is None:
        return ""
    due = {sample.planned.day: sample for sample in judge_samples(plan, day0=day0, taken_days=(), today=on)}
    if taken.planned_day not in due:
        days = ", ".join(str(number) for number in due)
        text = _("Planned day %(day)s: the protocol plans samples on days %(days)s. Is the day right?")
        return text % {"day": taken.planned_day, "days": days}
    sample = due[taken.planned_day]
    if sample.opens_date <= on <= sample.closes_date:
        return ""
    text = _(
        "Taken on %(on)s: the sample of day %(day)s is in time from %(opens)s to %(closes)s. Is the date right?"
    )
    values = {"opens": day(sample.opens_date), "closes": day(sample.closes_date)}
    return text % {"on": day(on), "day": taken.planned_day, **values}
