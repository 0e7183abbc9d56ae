"""The pages of adverse events: the list, and the form of one event."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.queries import site_codes_for, trial_codes_for
from events.admin.course_lines import course_section
from events.admin.course_verbs import COURSE_VERBS, answer_proposal
from events.admin.event_form import EventForm
from events.admin.event_page import (
    cause_of,
    course_lines,
    course_rows,
    event_page_facts,
    follows_infusion,
    grade_rows,
    group_terms,
    is_seriousness_open,
    note_on_limits,
    notices_in_words,
    recipients_in_words,
    recorded_worst,
    remarks_of,
    similar_events,
    starts_of,
)
from events.admin.event_verbs import VERBS
from events.choices import EventStatus
from events.models import AdverseEvent
from events.models.adverse_events import protocol_when_recorded
from events.rules.adverse_events.entered import CRITERIA
from events.services import adverse_events as services
from events.wording import name_of_event
from trials.choices import ParticipantStatus
from trials.models import Participant, Trial
from trials.rules.protocol import Protocol
from webkit.admin import RoleScopedAdmin
from webkit.admin.combo import TYPED
from webkit.admin.display import partial
from webkit.admin.requests import attribution, person_of


@admin.register(AdverseEvent)
class AdverseEventAdmin(RoleScopedAdmin):
    view_action = Action.VIEW_EVENTS
    add_label = _lazy("New adverse event")
    add_action = change_action = Action.RECORD_EVENT
    site_path = "participant__site"
    verbs = (*COURSE_VERBS, *VERBS)
    form = EventForm
    change_form_template = "admin/events/adverseevent/change_form.html"
    list_display = (
        "participant",
        "event",
        "grade_shown",
        "serious_shown",
        "began",
        "outcome_shown",
        "state_shown",
    )
    list_display_links = ("event",)
    list_filter = ("serious", "grade", "status", "outcome")
    search_fields = ("participant__code", "reported_term", "ctcae_term__term", "dictionary_term")
    search_help_text = _lazy("Participant or event")
    list_select_related = ("participant", "ctcae_term")
    ordering = ("-onset_earliest_at", "-id")
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[AdverseEvent]:
        return (
            super()
            .get_queryset(request)
            .select_related(
                "participant__site", "participant__trial", "ctcae_term", "after_infusion", "reopens"
            )
        )

    def name_of(self, obj: AdverseEvent) -> str:
        return f"{obj.participant.code} · {name_of_event(obj)}"

    # The list ---------------------------------------------------------------

    @admin.display(description=_lazy("Event"))
    def event(self, obj: AdverseEvent) -> str:
        return name_of_event(obj)

    @admin.display(description=_lazy("Grade"))
    def grade_shown(self, obj: AdverseEvent) -> str:
        return str(obj.grade) if obj.grade else _("not recorded")

    @admin.display(description=_lazy("Serious"))
    def serious_shown(self, obj: AdverseEvent) -> str:
        return {True: _("yes"), False: _("no"), None: _("not recorded")}[obj.serious]

    @admin.display(description=_lazy("Began"))
    def began(self, obj: AdverseEvent) -> str:
        return partial(obj.onset)

    @admin.display(description=_lazy("How it is"))
    def outcome_shown(self, obj: AdverseEvent) -> str:
        return obj.get_outcome_display() or _("not recorded")

    @admin.display(description=_lazy("State"))
    def state_shown(self, obj: AdverseEvent) -> str:
        if obj.voided_at:
            return _("void")
        if obj.status == EventStatus.DRAFT:
            return _("draft")
        return _("signed") if obj.signed_at else _("recorded")

    # The form -----------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: AdverseEvent | None = None) -> Any:
        names = [name for name in self.form.Meta.fields if obj is None or name != "participant"]
        why = (
            ["lowering", "reason", "seen_version"] if obj and self.has_change_permission(request, obj) else []
        )
        return [(None, {"fields": [*names, *why]})]

    def get_form(
        self, request: HttpRequest, obj: AdverseEvent | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        base = super().get_form(request, obj, change, **kwargs)
        participants = self._participants(request)
        protocol = self._protocol(request, obj, participants)

        class Form(base):  # type: ignore[misc,valid-type]
            def __init__(form, *form_args: Any, **form_kwargs: Any) -> None:  # noqa: N805
                super().__init__(*form_args, **form_kwargs)
                form.for_trial(protocol, participants)
                group_terms(form)

        return Form

    def _participants(self, request: HttpRequest) -> QuerySet[Participant]:
        rows = Participant.objects.none()
        for code in sorted(trial_codes_for(person_of(request), Action.RECORD_EVENT)):
            sites = site_codes_for(person_of(request), Action.RECORD_EVENT, trial_code=code)
            rows = rows | Participant.objects.filter(trial__code=code).at_sites(sites)
        return rows.exclude(status=ParticipantStatus.SCREEN_FAILURE).order_by("code")

    def _protocol(
        self, request: HttpRequest, obj: AdverseEvent | None, participants: QuerySet[Participant]
    ) -> Protocol | None:
        chosen = request.POST.get("participant") or request.GET.get("participant") or ""
        person = (
            obj.participant
            if obj
            else (participants.filter(pk=chosen).first() if chosen.isdecimal() else None)
            or participants.first()
        )
        return protocol_when_recorded(person, obj.recorded_at if obj else timezone.now()) if person else None

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        form: EventForm = context["adminform"].form
        event: AdverseEvent | None = context.get("original")
        context.update(
            event_form=form,
            can_write=self.has_add_permission(request)
            if event is None
            else self.has_change_permission(request, event),
            title=_("New adverse event") if event is None else name_of_event(event),
            grade_rows=grade_rows(form, event),
            limits_note=note_on_limits(form, event),
            criteria=[form[name] for name in CRITERIA if name in form.fields],
            course=course_section(
                event, request, may_write=event is not None and self.has_change_permission(request, event)
            ),
            similar=similar_events(form),
            course_rows=course_rows(form),
            course_lines=course_lines(event),
            seriousness_open=is_seriousness_open(form, event),
            starts=starts_of(form, event),
            follows=follows_infusion(event),
            recorded_worst=recorded_worst(event),
            told=notices_in_words(event),
            cause=cause_of(event) if event else "",
            to_tell=recipients_in_words(self._trial(request, event)),
            facts=event_page_facts(event) if event else [],
            remarks=remarks_of(event),
            is_recorded=bool(event and event.status == EventStatus.RECORDED),
            grades_url=reverse("admin:events_ctcaeterm_grades", args=[0]),
            hours=self._hours(event),
        )
        return super().render_change_form(request, context, *args, **kwargs)

    def _trial(self, request: HttpRequest, event: AdverseEvent | None) -> Trial | None:
        """The trial whose people are notified; for a new event that of the first possible participant."""
        if event is not None:
            return event.trial
        first = self._participants(request).select_related("trial").first()
        return first.trial if first else None

    def _hours(self, event: AdverseEvent | None) -> int:
        """The protocol's hours from the site's awareness of a serious event to the investigator's signature."""
        protocol = protocol_when_recorded(event.participant, event.recorded_at) if event else None
        return protocol.reporting.signature_hours if protocol else 24

    # Saving -----------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: AdverseEvent, form: EventForm, change: bool) -> None:
        said = attribution(request, reason=form.stated_reason)
        if not change:
            write = services.save_draft if form.is_draft else services.record_adverse_event
            event = write(participant=obj.participant, values=form.values(), **said)
            obj.pk = event.pk
            if not form.is_draft:
                answer_proposal(request, event)
            return
        event = AdverseEvent.objects.get(pk=obj.pk)
        seen_version: int = form.cleaned_data.get("seen_version") or event.version
        change_it: Any = services.correct_adverse_event
        if event.status == EventStatus.DRAFT:
            change_it = services.change_draft if form.is_draft else services.complete_draft
        else:
            said["lowering"] = form.cleaned_data.get("lowering", "")
        change_it(event=event, values=form.values(), seen_version=seen_version, **said)

    def say_saved(self, request: HttpRequest, obj: AdverseEvent, *, is_new: bool) -> str:
        name = self.name_of(AdverseEvent.objects.select_related("participant", "ctcae_term").get(pk=obj.pk))
        if "_draft" in request.POST:
            kept = _("Draft kept: %(event)s. It is in no report until it is recorded.") % {"event": name}
            typed = " ".join(request.POST.get("ctcae_term" + TYPED, "").split())
            if not typed or request.POST.get("ctcae_term"):
                return kept
            uncoded = _("“%(typed)s” is not coded yet: choose a term later.") % {"typed": typed}
            return f"{kept} {uncoded}"
        if obj.serious:
            said = recipients_in_words(obj.participant.trial)
            words = {"event": name, "hours": self._hours(obj), "who": said["who"]}
            if said["missing"]:
                messages.error(request, said["missing"])
                text = _("Recorded: %(event)s. It is serious: the investigator signs within %(hours)d h.")
            else:
                text = _(
                    "Recorded: %(event)s. It is serious: %(who)s are told within a minute; the investigator signs within "
                    "%(hours)d h."
                )
            return text % words
        return (
            _("Recorded: %(event)s.") % {"event": name}
            if is_new
            else _("Changed: %(event)s. The version before stays in its history.") % {"event": name}
        )
