"""The pages of adverse events: the list, and the one page on which an event is recorded."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.admin import RoleScopedAdmin
from accounts.admin.display import duration, moment, partial
from accounts.choices import Action
from accounts.queries import site_codes_for, trial_codes_for, user_may
from events.admin.event_form import CRITERIA, EventForm
from events.admin.event_verbs import VERBS
from events.choices import EventStatus, Grade
from events.models import AdverseEvent, CtcaeTerm
from events.services import adverse_events as services
from trials.choices import ParticipantStatus
from trials.models import Infusion, Participant, ProtocolVersion
from trials.rules.protocol import Protocol

ASK_SERIOUSNESS_FROM = Grade.SEVERE
"""From this grade on the six questions stand open (pages of the paper form; safety.md R3)."""


def name_of_event(event: AdverseEvent) -> str:
    """The dictionary's term, else the words reported."""
    return event.ctcae_term.term if event.ctcae_term else event.dictionary_term or event.reported_term


@admin.register(AdverseEvent)
class AdverseEventAdmin(RoleScopedAdmin):
    view_action = Action.VIEW_EVENTS
    add_action = change_action = Action.RECORD_EVENT
    site_path = "participant__site"
    verbs = VERBS
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
    sortable_by: ClassVar[Sequence[str]] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[AdverseEvent]:
        return (
            super()
            .get_queryset(request)
            .select_related("participant__site", "participant__trial", "ctcae_term", "after_infusion")
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

    @admin.display(description=_lazy("Now"))
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
        why = ["reason", "seen_version"] if obj and self.has_change_permission(request, obj) else []
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
                _group_terms(form)

        return Form

    def _participants(self, request: HttpRequest) -> QuerySet[Participant]:
        rows = Participant.objects.none()
        for code in sorted(trial_codes_for(request.user, Action.RECORD_EVENT)):  # type: ignore[arg-type]
            sites = site_codes_for(request.user, Action.RECORD_EVENT, trial_code=code)  # type: ignore[arg-type]
            rows = rows | Participant.objects.filter(trial__code=code).at_sites(sites)
        return rows.exclude(status=ParticipantStatus.SCREEN_FAILURE).order_by("code")

    def _protocol(
        self, request: HttpRequest, obj: AdverseEvent | None, participants: QuerySet[Participant]
    ) -> Protocol | None:
        chosen = request.POST.get("participant") or request.GET.get("participant") or ""
        person = (
            obj.participant
            if obj
            else (participants.filter(pk=chosen).first() if chosen.isdigit() else None)
            or participants.first()
        )
        return ProtocolVersion.objects.protocol_of(trial_id=person.trial_id, on=None) if person else None

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
            criteria=[form[name] for name in CRITERIA if name in form.fields],
            seriousness_open=is_seriousness_open(form, event),
            starts=starts_of(form, event),
            follows=follows_infusion(event),
            facts=facts_of(event) if event else [],
            remarks=remarks_of(event),
            is_recorded=bool(event and event.status == EventStatus.RECORDED),
            grades_url=reverse("admin:events_ctcaeterm_grades", args=[0]),
            hours=self._hours(event),
        )
        return super().render_change_form(request, context, *args, **kwargs)

    def _hours(self, event: AdverseEvent | None) -> int:
        """The protocol's hours from the site's knowledge of a serious event to the investigator's signature."""
        protocol = ProtocolVersion.objects.protocol_of(trial_id=event.trial_id, on=None) if event else None
        return protocol.reporting.signature_hours if protocol else 24

    # Saving -----------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: AdverseEvent, form: EventForm, change: bool) -> None:
        said = {"by": request.user, "at": timezone.now(), "reason": form.stated_reason}
        if not change:
            write = services.save_draft if form.is_draft else services.record_adverse_event
            obj.pk = write(participant=obj.participant, values=form.values(), **said).pk  # type: ignore[operator]
            return
        event = AdverseEvent.objects.get(pk=obj.pk)
        seen = {"seen_version": form.cleaned_data.get("seen_version") or event.version}
        change_it = services.correct_adverse_event
        if event.status == EventStatus.DRAFT:
            change_it = services.change_draft if form.is_draft else services.complete_draft
        change_it(event=event, values=form.values(), **seen, **said)

    def say_saved(self, request: HttpRequest, obj: AdverseEvent, *, is_new: bool) -> str:
        name = self.name_of(AdverseEvent.objects.select_related("participant", "ctcae_term").get(pk=obj.pk))
        if "_draft" in request.POST:
            return _("Draft kept: %(event)s. It is in no report until it is recorded.") % {"event": name}
        if obj.serious:
            return _("Recorded: %(event)s. It is serious: tell the sponsor now; the investigator signs within %(hours)d h.") % {
                "event": name, "hours": self._hours(obj),
            }  # fmt: skip
        return (
            _("Recorded: %(event)s.") % {"event": name}
            if is_new
            else _("Changed: %(event)s. The version before stays in its history.") % {"event": name}
        )


def _group_terms(form: EventForm) -> None:
    """The terms under their system organ classes, as a list that also works without scripts."""
    field: Any = form.fields.get("ctcae_term")
    if field is None:
        return
    rows = field.queryset.order_by("soc", "term").values_list("soc", "pk", "term")
    groups = [
        (soc, [(pk, term) for _soc, pk, term in terms])
        for soc, terms in groupby(rows, key=lambda row: row[0])
    ]
    field.choices = [("", "---------"), *groups]
    field.widget.attrs.update(
        {
            "data-combo": _("Type a few letters: kidney, atrial …"),
            "data-combo-empty": _("No term with these letters"),
        }
    )


def _value(form: EventForm, name: str) -> Any:
    return form[name].value() if name in form.fields else None


def grade_rows(form: EventForm, event: AdverseEvent | None) -> list[dict[str, Any]]:
    """One row per grade: its wording once it was loaded, or why it cannot be chosen."""
    if "grade" not in form.fields and event is None:
        return []
    chosen = str(_value(form, "ctcae_term") or (event.ctcae_term_id if event else "") or "")
    term = CtcaeTerm.objects.filter(pk=chosen).first() if chosen.isdigit() else None
    current = str(_value(form, "grade") or "")
    return [
        {
            "value": grade.value,
            "label": grade.label,
            "is_chosen": current == str(grade.value),
            "is_available": term is None or grade.value in term.grades,
            "wording": (term.grade_wording.get(str(grade.value), "") if term else ""),
        }
        for grade in Grade
    ]


def is_seriousness_open(form: EventForm, event: AdverseEvent | None) -> bool:
    """Open from grade 3, when serious, and whenever one of the six was answered: an answer is never hidden."""
    grade = str(_value(form, "grade") or (event.grade if event else "") or "")
    answered = any(_value(form, name) not in (None, "") for name in CRITERIA)
    said_serious = str(_value(form, "serious")) == "True"
    return (
        answered
        or said_serious
        or (grade.isdigit() and int(grade) >= ASK_SERIOUSNESS_FROM)
        or any(name in form.errors for name in CRITERIA)
    )


def starts_of(form: EventForm, event: AdverseEvent | None) -> list[dict[str, Any]]:
    """When the infusions of the participants on offer started, so that the page can say "after infusion 2, by 3 h 40"."""
    if event:
        people = Participant.objects.filter(pk=event.participant_id)
    elif "participant" in form.fields:
        people = form.fields["participant"].queryset  # type: ignore[attr-defined]
    else:
        return []
    rows = (
        Infusion.objects.given()
        .filter(participant__in=people, start_precision="minute")
        .order_by("started_at")
    )
    return [
        {
            "participant": participant,
            "number": number,
            "wall": timezone.localtime(started).strftime("%Y-%m-%dT%H:%M"),
        }
        for participant, number, started in rows.values_list("participant_id", "number", "started_at")[:2000]
    ]


def follows_infusion(event: AdverseEvent | None) -> str:
    """ "After infusion 2, by 3 h 40", when the onset is known well enough to say so."""
    if (
        event is None
        or event.after_infusion is None
        or event.onset_earliest_at is None
        or event.after_infusion.started_at is None
    ):
        return ""
    text = _("After infusion %(number)d") % {"number": event.after_infusion.number}
    if "T" not in event.onset or event.onset_earliest_at < event.after_infusion.started_at:
        return text
    return _("%(infusion)s, by %(time)s") % {
        "infusion": text,
        "time": duration(event.onset_earliest_at - event.after_infusion.started_at),
    }


def facts_of(event: AdverseEvent) -> list[tuple[str, str]]:
    """What stands beside the form of an event that exists."""
    signed = f"{event.signed_by}, {moment(event.signed_at)}" if event.signed_at else _("not signed")
    return [
        (_("Participant"), event.participant.code),
        (
            _("State"),
            str(event.get_status_display())
            if not event.voided_at
            else _("void: %(why)s") % {"why": event.void_reason},
        ),
        (_("Recorded"), moment(event.recorded_at)),
        (_("Investigator"), signed),
    ]


def remarks_of(event: AdverseEvent | None) -> list[str]:
    """What the rules ask about an event that stands: never a refusal, always a question."""
    if event is None or event.voided_at:
        return []
    verdict = event.verdict()
    return [_(remark.message) % dict(remark.params) for remark in (*verdict.warnings, *verdict.prompts)]
