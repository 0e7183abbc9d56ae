"""The page on which a nurse enters a participant's days in intensive care, and the record of each day."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.queries import user_may
from assessments import services
from assessments.admin.assessment_form import KPA, MMHG, PRESSURE_UNITS, AssessmentForm
from assessments.admin.assessment_lines import DayLine, day_lines, recorded_rows, refused_day
from assessments.admin.assessment_verbs import VERBS
from assessments.admin.sensitising import products_of
from assessments.models import DailyAssessment
from assessments.models.assessments import SOFA_FIELDS
from audit.choices import FIRST_ENTRY
from trials.models import Participant, ProtocolVersion
from trials.rules.protocol import Protocol
from webkit.admin import RoleScopedAdmin
from webkit.admin.display import day as day_text
from webkit.admin.display import study_date, study_day_label
from webkit.admin.requests import attribution, person_of
from webkit.refusals import localised


@admin.register(DailyAssessment)
class DailyAssessmentAdmin(RoleScopedAdmin):
    view_action = Action.VIEW_ASSESSMENTS
    change_action = Action.RECORD_ASSESSMENT
    site_path = "participant__site"
    form = AssessmentForm
    verbs = VERBS
    list_display = ("participant", "day_shown", "on", "ratio_shown", "sofa_shown", "ventilation", "place")
    list_display_links = ("participant", "day_shown")
    list_select_related = ("participant",)
    list_filter = ("ventilation", "place")
    search_fields = ("participant__code",)
    search_help_text = _lazy("Participant's code")
    ordering = ("-assessed_date", "-id")
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[DailyAssessment]:
        return (
            super().get_queryset(request).select_related("participant__site", "participant__trial", "trial")
        )

    def name_of(self, obj: DailyAssessment) -> str:
        return f"{obj.participant.code} · {study_day_label(obj.participant.day0_date, obj.assessed_date)}"

    @admin.display(description=_lazy("Study day"))
    def day_shown(self, obj: DailyAssessment) -> str:
        return study_day_label(obj.participant.day0_date, obj.assessed_date)

    @admin.display(description=_lazy("Day"))
    def on(self, obj: DailyAssessment) -> str:
        return day_text(obj.assessed_date)

    @admin.display(description=_lazy("PaO₂/FiO₂"))
    def ratio_shown(self, obj: DailyAssessment) -> str:
        return "–" if obj.pf_ratio is None else str(round(obj.pf_ratio.value))

    @admin.display(description=_lazy("SOFA"))
    def sofa_shown(self, obj: DailyAssessment) -> str:
        return _("not evaluable") if obj.sofa_total is None else str(obj.sofa_total)

    def get_urls(self) -> list[URLPattern]:
        page = path(
            "days/<int:participant_pk>/",
            self.admin_site.admin_view(self.days_view),
            name="assessments_dailyassessment_days",
        )
        return [page, *super().get_urls()]

    # Correcting one day ---------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: DailyAssessment | None = None) -> Any:
        why = ["reason", "seen_version"] if obj and self.has_change_permission(request, obj) else []
        return [
            (
                _("Oxygen"),
                {
                    "fields": [
                        ("pao2_mmhg", "pao2_kpa"),
                        ("fio2_fraction", "pf_ratio_given"),
                        "no_sample_improved",
                    ]
                },
            ),
            (
                _("Support"),
                {
                    "fields": [
                        ("ventilation", "peep_cmh2o"),
                        "vasopressor",
                        "renal_replacement",
                        "blood_product_given",
                    ]
                },
            ),
            (_("SOFA, 0 to 4 points each"), {"fields": [SOFA_FIELDS[:3], SOFA_FIELDS[3:]]}),
            (_("Where"), {"fields": ["place", ("left_icu_date", "left_hospital_date"), "alive", *why]}),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        assessment: DailyAssessment | None = context.get("original")
        context["title"] = self.name_of(assessment) if assessment else _("Daily assessment")
        context["save_label"] = _("Save the change")
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self,
        request: HttpRequest,
        obj: DailyAssessment,
        form: AssessmentForm,
        change: bool,  # noqa: ARG002
    ) -> None:
        services.correct_assessment(
            assessment=DailyAssessment.objects.get(pk=obj.pk),
            changes=form.changes(),
            **attribution(request, reason=form.stated_reason),
        )

    # The days of one participant -----------------------------------------------------

    def days_view(self, request: HttpRequest, participant_pk: int) -> HttpResponse:
        """The due days as lines to fill in, the recorded ones below.

        The posted lines are recorded all together or not at all.
        """
        person = self._participant(request, participant_pk)
        protocol = ProtocolVersion.objects.protocol_of(trial_id=person.trial_id, on=person.day0_date)
        may_enter = self._may_enter(request, person)
        lines = day_lines(request, person, protocol) if may_enter else []
        problems: list[str] = []
        if request.method == "POST":
            if not may_enter:
                raise PermissionDenied(
                    _("Your account may not do this here: %(action)s.")
                    % {"action": Action.RECORD_ASSESSMENT.label}
                )
            if self._recorded(request, person, lines, protocol, problems):
                return HttpResponseRedirect(self._onwards(request, person))
        context = self._context(request, person, protocol, lines, problems)
        return TemplateResponse(
            request, "admin/assessments/dailyassessment/days.html", {**context, "may_enter": may_enter}
        )

    def _participant(self, request: HttpRequest, pk: int) -> Participant:
        person = Participant.objects.select_related("site", "trial").filter(pk=pk).first()
        place = {"trial_code": person.trial.code, "site_code": person.site.code} if person else {}
        if person is None or not user_may(person_of(request), Action.VIEW_ASSESSMENTS, **place):
            raise Http404
        return person

    def _may_enter(self, request: HttpRequest, person: Participant) -> bool:
        place = {"trial_code": person.trial.code, "site_code": person.site.code}
        return user_may(person_of(request), Action.RECORD_ASSESSMENT, **place)

    def _recorded(
        self,
        request: HttpRequest,
        person: Participant,
        lines: list[DayLine],
        protocol: Protocol,
        problems: list[str],
    ) -> bool:
        """Whether the service accepted the filled lines; its refusal goes onto the page, the values stay."""
        filled = [line for line in lines if line.form.has_changed()]
        if not filled:
            problems.append(_("Nothing is filled in: enter at least one value of one day."))
        invalid = [
            line for line in filled if not line.form.is_valid()
        ]  # every line is validated, not only up to the first error
        if problems or invalid:
            return False
        assert person.day0_date is not None
        days = {person.day0_date + timedelta(days=line.day): line.form.values() for line in filled}
        try:
            rows = services.record_assessments(
                participant=person, days=days, **attribution(request, reason=FIRST_ENTRY)
            )
        except ValidationError as refusal:
            problems += refusal.messages
            return False
        self._say(request, person, filled, rows, protocol)
        return True

    def _say(
        self,
        request: HttpRequest,
        person: Participant,
        filled: list[DayLine],
        rows: list[DailyAssessment],
        protocol: Protocol,
    ) -> None:
        text = _("Recorded for %(code)s: %(days)s.")
        messages.success(
            request, text % {"code": person.code, "days": ", ".join(line.label for line in filled)}
        )
        for line, row in zip(filled, rows, strict=True):
            for doubt in row.doubts(protocol):
                messages.warning(request, f"{line.label} · {localised(doubt, DailyAssessment)}")

    def _onwards(self, request: HttpRequest, person: Participant) -> str:
        """Back to the list after saving; to this page when it was opened directly."""
        here = reverse("admin:assessments_dailyassessment_days", args=[person.pk])
        return self.way_back(request) if request.POST.get("back") else here

    def _context(
        self,
        request: HttpRequest,
        person: Participant,
        protocol: Protocol,
        lines: list[DayLine],
        problems: list[str],
    ) -> dict[str, Any]:
        listed = [{"message": text, "label": "", "target": ""} for text in problems]
        for line in lines:
            listed += line.problems
        back = request.GET.get("back", "") or request.POST.get("back", "")
        unit = request.POST.get("unit", MMHG)
        return {
            **self.admin_site.each_context(request),
            "title": _("Days in intensive care"),
            "participant": person,
            "opts": self.opts,
            "today": study_day_label(person.day0_date, study_date(timezone.now()))
            if person.status == "enrolled"
            else "",
            "lines": lines,
            "units": [(code, label, code == unit) for code, label in PRESSURE_UNITS],
            "is_kpa": unit == KPA,
            "rows": recorded_rows(person, protocol),
            "products": products_of(person),
            "problems": listed,
            "refused_day": refused_day(request, person),
            "wished_back": self.way_back(request) if back else "",
            "back_url": self.way_back(request)
            if back
            else reverse("admin:trials_participant_change", args=[person.pk]),
            "can_correct": self._may_enter(request, person),
        }
