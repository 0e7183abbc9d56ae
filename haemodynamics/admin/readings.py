"""The page of the hours after an infusion: the picture, its table, the checks, and the entry row."""

from datetime import datetime
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
from audit.choices import FIRST_ENTRY
from haemodynamics import services
from haemodynamics.admin import after_infusion
from haemodynamics.admin.after_infusion_picture import picture_of
from haemodynamics.admin.reading_entry import before, entry_row, finding_line, suggested
from haemodynamics.admin.reading_form import FIELDS, ReadingForm
from haemodynamics.admin.reading_verbs import VERBS
from haemodynamics.models import HaemodynamicFinding, HaemodynamicReading
from haemodynamics.queries import MonitoredInfusion, given_infusions, monitored_infusion, monitored_infusions
from haemodynamics.wording import not_evaluable_sentences
from trials.admin.interruptions import interruption_words
from trials.models import Infusion
from webkit.admin import RoleScopedAdmin
from webkit.admin.display import clock, day, duration, moment
from webkit.admin.requests import person_of


@admin.register(HaemodynamicReading)
class HaemodynamicReadingAdmin(RoleScopedAdmin):
    view_action = Action.VIEW_READINGS
    change_action = Action.RECORD_READING
    site_path = "participant__site"
    form = ReadingForm
    verbs = VERBS
    change_form_template = "admin/haemodynamics/haemodynamicreading/change_form.html"
    list_display = ("participant", "taken", "heart_rate_bpm", "map_mmhg", "spo2_percent")
    list_select_related = ("participant",)
    search_fields = ("participant__code",)
    search_help_text = _lazy("Participant's code")
    ordering = ("-taken_at", "-id")
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[HaemodynamicReading]:
        return super().get_queryset(request).select_related("participant__site", "participant__trial")

    def name_of(self, obj: HaemodynamicReading) -> str:
        return f"{obj.participant.code} · {moment(obj.taken_at)}"

    @admin.display(description=_lazy("Read at"))
    def taken(self, obj: HaemodynamicReading) -> str:
        return moment(obj.taken_at)

    def get_urls(self) -> list[URLPattern]:
        page = path(
            "after-infusion/<int:infusion_pk>/",
            self.admin_site.admin_view(self.after_infusion_view),
            name="haemodynamics_haemodynamicreading_after_infusion",
        )
        return [page, *super().get_urls()]

    # Correcting one reading ---------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: HaemodynamicReading | None = None) -> Any:
        why = ["reason", "seen_version"] if obj and self.has_change_permission(request, obj) else []
        return [(None, {"fields": [*FIELDS, *why]})]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        form: ReadingForm = context["adminform"].form
        reading: HaemodynamicReading | None = context.get("original")
        can_write = reading is not None and self.has_change_permission(request, reading)
        context.update(title=_("Haemodynamic check"), can_write=can_write, save_label=_("Save the change"))
        if can_write:
            context.update(entry_row(form, None))
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self,
        request: HttpRequest,
        obj: HaemodynamicReading,
        form: ReadingForm,
        change: bool,  # noqa: ARG002
    ) -> None:
        at = timezone.now()
        row = services.correct_reading(
            reading=HaemodynamicReading.objects.get(pk=obj.pk),
            values=form.values(),
            vasopressors=form.rates(),
            by=person_of(request),
            at=at,
            reason=form.stated_reason,
        )
        for one in monitored_infusions(infusions=given_infusions(row.participant), at=at):
            if one.watched is not None and one.watched.holds(row.taken_at):
                for sentence in not_evaluable_sentences(one):
                    messages.warning(request, sentence)

    # The hours after an infusion ----------------------------------------------------

    def after_infusion_view(self, request: HttpRequest, infusion_pk: int) -> HttpResponse:
        """One infusion's page; a posted reading is recorded, and the person returns to the previous page."""
        infusion = self._infusion(request, infusion_pk)
        at = timezone.now()
        monitored = monitored_infusion(infusion=infusion, at=at)
        readings = after_infusion.readings_around(infusion, monitored)
        may_enter = self._may_enter(request, infusion)
        blank = HaemodynamicReading(participant=infusion.participant, trial=infusion.trial)
        form = ReadingForm(
            request.POST or None,
            instance=blank,
            initial=suggested(monitored, readings, request.GET.get("planned", ""), at),
        )
        if request.method == "POST":
            if not may_enter:
                raise PermissionDenied(
                    _("Your account may not do this here: %(action)s.")
                    % {"action": Action.RECORD_READING.label}
                )
            if form.is_valid() and self._recorded(request, infusion, form, at):
                return HttpResponseRedirect(self.way_back_from(request, infusion))
        context = {
            **self._context(request, infusion, monitored, readings),
            **entry_row(form, before(readings, at)),
            "may_enter": may_enter,
        }
        return TemplateResponse(
            request, "admin/haemodynamics/haemodynamicreading/after_infusion.html", context
        )

    def _infusion(self, request: HttpRequest, pk: int) -> Infusion:
        rows = Infusion.objects.standing().select_related("participant__site", "participant__trial", "trial")
        infusion = rows.filter(pk=pk).first()
        if infusion is None or infusion.started_at is None:
            raise Http404
        place = {"trial_code": infusion.trial.code, "site_code": infusion.participant.site.code}
        if not user_may(person_of(request), Action.VIEW_READINGS, **place):
            raise Http404
        return infusion

    def _may_enter(self, request: HttpRequest, infusion: Infusion) -> bool:
        return user_may(
            person_of(request),
            Action.RECORD_READING,
            trial_code=infusion.trial.code,
            site_code=infusion.participant.site.code,
        )

    def _recorded(self, request: HttpRequest, infusion: Infusion, form: ReadingForm, at: datetime) -> bool:
        """Whether the service accepted the reading; its refusal goes onto the form, and the values stay."""
        try:
            reading = services.record_reading(
                participant=infusion.participant,
                values=form.values(),
                vasopressors=form.rates(),
                by=person_of(request),
                at=at,
                reason=FIRST_ENTRY,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return False
        messages.success(
            request,
            _("Check of %(time)s recorded for %(participant)s.")
            % {"time": moment(reading.taken_at), "participant": infusion.participant.code},
        )
        monitored = monitored_infusion(infusion=infusion, at=at)
        for doubt in after_infusion.doubts_about(reading, infusion, monitored):
            messages.warning(request, doubt)
        for sentence in not_evaluable_sentences(monitored) if monitored else ():
            messages.warning(request, sentence)
        raised = HaemodynamicFinding.objects.filter(infusion=infusion, state="candidate", recorded_at=at)
        if raised.exists():
            messages.warning(
                request,
                _(
                    "A criterion of the protocol is met. The investigator sees it now and says whether it is an event."
                ),
            )
        return True

    def way_back_from(self, request: HttpRequest, infusion: Infusion) -> str:
        """Back to the list after saving; to this page when it was opened directly."""
        here = reverse("admin:haemodynamics_haemodynamicreading_after_infusion", args=[infusion.pk])
        return self.way_back(request) if request.POST.get("back") else here

    def _context(
        self,
        request: HttpRequest,
        infusion: Infusion,
        monitored: MonitoredInfusion | None,
        readings: list[HaemodynamicReading],
    ) -> dict[str, Any]:
        plan = monitored.case.plan if monitored else None
        findings = list(HaemodynamicFinding.objects.filter(infusion=infusion).order_by("first_hit_at"))
        back = request.GET.get("back", "") or request.POST.get("back", "")
        assert infusion.started_at is not None
        return {
            **self.admin_site.each_context(request),
            "title": _("Infusion %(number)d: the hours after") % {"number": infusion.number},
            "infusion": infusion,
            "participant": infusion.participant,
            "opts": self.opts,
            "started": f"{day(infusion.started_at)} {clock(infusion.started_at)}",
            "lasted": duration(infusion.ended_at - infusion.started_at) if infusion.ended_at else "",
            "picture": picture_of(monitored, readings, findings) if monitored else None,
            "variables": [(label, unit) for _name, label, unit in after_infusion.VARIABLES],
            "rows": after_infusion.table_of(infusion, readings),
            "checks": after_infusion.checks_of(monitored) if monitored else [],
            "criteria": after_infusion.criteria_of(monitored) if monitored else [],
            "interruption": interruption_words(infusion),
            "findings": [finding_line(finding, plan) for finding in findings] if plan else [],
            "window_hours": plan.window_hours.normalize() if plan else None,
            "back_url": back if back else self.way_back(request),
            "wished_back": self.way_back(request) if back else "",
            "can_correct": self._may_enter(request, infusion),
        }
