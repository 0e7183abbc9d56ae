"""Due work about adverse events and findings: clocks, drafts, follow-up, signatures, decisions."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from events.choices import Grade, Outcome
from events.models import AdverseEvent
from events.models.adverse_events import spans_of
from events.queries.adverse_events import Due, EventWork, event_work
from events.queries.deaths import deaths_without_fatal_event
from events.queries.sponsor_updates import updates_due
from events.queries.suggestions import open_suggestions
from haemodynamics.choices import FindingState
from haemodynamics.models import HaemodynamicFinding
from trials.choices import Source
from trials.models import Participant
from webkit.admin.display import clock, day, duration, partial
from webkit.admin.timeline import day_within
from worklist.pages.bedside import BACK, participant_url
from worklist.pages.items import DUE, DUE_NOW, OPEN, OVERDUE, SOON, Harm, WorkItem
from worklist.pages.scope import WorklistScope

ROWS = 40
CLOCK_IS_SHORT = timedelta(hours=4)
"""From here on a running clock is shown as due now (our own choice: half a shift)."""


def work_at(place: WorklistScope) -> EventWork:
    """Open work about the site's events; nothing before a protocol is loaded."""
    if place.protocol is None:
        return EventWork((), (), (), ())
    return event_work(trial_id=place.trial.pk, site_codes=place.sites, at=place.at, protocol=place.protocol)


def event_name(event: AdverseEvent) -> str:
    """The dictionary's term, else the reported words."""
    return event.ctcae_term.term if event.ctcae_term else event.dictionary_term or event.reported_term


def event_title(event: AdverseEvent) -> str:
    """The event's name with its grade, as a line shows it."""
    name = _("“%(term)s”") % {"term": event_name(event)}
    return (
        name if event.grade is None else _("%(name)s, grade %(grade)d") % {"name": name, "grade": event.grade}
    )


def _event_item(
    event: AdverseEvent,
    harm: Harm,
    *,
    at: datetime,
    action: str,
    title: str,
    detail: str,
    due_at: datetime | None = None,
) -> WorkItem:
    state = (
        OPEN if due_at is None else OVERDUE if at > due_at else SOON if due_at - at <= CLOCK_IS_SHORT else DUE
    )
    return WorkItem(
        harm,
        state,
        _when_of(event, due_at),
        title,
        due_at or event.changed_at,
        event.participant.code,
        participant_url(event.participant_id),
        detail,
        action,
        reverse("admin:events_adverseevent_change", args=[event.pk]) + BACK,
        is_now=due_at is not None,
    )


def _when_of(event: AdverseEvent, due_at: datetime | None) -> str:
    if due_at is not None:
        return clock(due_at)
    onset = spans_of(event).onset
    return day_within(event.participant.day0_date, onset.earliest, onset.latest) or "–"


def serious_clocks(place: WorklistScope, work: EventWork) -> Iterator[WorkItem]:
    """Serious events that were not reported to the sponsor: the protocol's hours begin when the site learns of them."""
    return (item for item, _event in clocks_with_events(place, work))


def worsenings_to_tell(place: WorklistScope) -> Iterator[WorkItem]:
    """Serious events that became worse since the sponsor was told: each worsening has a clock of its own."""
    return (item for item, _event in worsenings_with_events(place))


def worsenings_with_events(place: WorklistScope) -> Iterator[tuple[WorkItem, AdverseEvent]]:
    """The same, each with its event, for roles that only read it."""
    if place.protocol is None:
        return
    for due in updates_due(
        trial_id=place.trial.pk, site_codes=place.sites, at=place.at, protocol=place.protocol
    ):
        due_at = due.deadline.due_at or due.update.known_at
        left = _("%(time)s left") if place.at <= due_at else _("%(time)s late")
        item = _event_item(
            due.event,
            Harm.SERIOUS_CLOCK,
            at=place.at,
            due_at=due_at,
            action=_("View"),
            title=_("Tell the sponsor that it became worse: %(event)s") % {"event": event_title(due.event)},
            detail=f"{due.update.news_label} · {left % {'time': duration(due_at - place.at)}}",
        )
        yield item, due.event


def clocks_with_events(place: WorklistScope, work: EventWork) -> Iterator[tuple[WorkItem, AdverseEvent]]:
    """The same, each with its event, for roles that only read it."""
    for due in work.sponsor_to_inform:
        due_at = _due_at(due)
        left = _("%(time)s left") if place.at <= due_at else _("%(time)s late")
        item = _event_item(
            due.event,
            Harm.SERIOUS_CLOCK,
            at=place.at,
            due_at=due_at,
            action=_("View"),
            title=_("Tell the sponsor: %(event)s") % {"event": event_title(due.event)},
            detail=f"{left % {'time': duration(due_at - place.at)}} · {day(due_at)}",
        )
        yield item, due.event


def drafts(place: WorklistScope, work: EventWork) -> Iterator[WorkItem]:
    """Events that are drafts."""
    for event in work.drafts:
        yield _event_item(
            event,
            Harm.DRAFT,
            at=place.at,
            action=_("Complete"),
            title=_("Draft of %(event)s") % {"event": event_title(event)},
            detail=_("begun %(time)s ago") % {"time": duration(place.at - event.recorded_at)},
        )


def follow_ups(place: WorklistScope, work: EventWork) -> Iterator[WorkItem]:
    """Events without an end and without a review for the protocol's number of days."""
    days = place.protocol.reporting.followup_days if place.protocol else 1
    for event in (due.event for due in work.to_follow_up):
        if place.at - event.changed_at >= timedelta(days=days):
            yield _event_item(
                event,
                Harm.FOLLOW_UP,
                at=place.at,
                action=_("Update"),
                title=_("Follow-up of %(event)s") % {"event": event_title(event)},
                detail=_("open, last looked at %(time)s ago")
                % {"time": duration(place.at - event.changed_at)},
            )


def proposals(place: WorklistScope) -> Iterator[WorkItem]:
    """What measured values propose as events, until a person records or dismisses it."""
    for row in open_suggestions(trial_id=place.trial.pk, site_codes=place.sites)[:ROWS]:
        words = {"term": row.term.term, "grade": row.grade}
        title = (
            _("Worse: “%(term)s”, grade %(grade)d")
            if row.event_id
            else _("An event? “%(term)s”, grade %(grade)d")
        )
        yield WorkItem(
            Harm.FINDING,
            OPEN,
            clock(row.last_at),
            title % words,
            row.last_at,
            row.participant.code,
            participant_url(row.participant_id),
            f"{row.test} {row.value} · {day(row.last_at)}",
            _("Answer"),
            reverse("admin:events_suggestedevent_change", args=[row.pk]) + BACK,
        )


def signatures(place: WorklistScope, work: EventWork) -> Iterator[WorkItem]:
    """Serious events without the investigator's signature, by the protocol's clock."""
    return (item for item, _event in signatures_with_events(place, work))


def signatures_with_events(place: WorklistScope, work: EventWork) -> Iterator[tuple[WorkItem, AdverseEvent]]:
    """The same, each with its event, for roles that only read it."""
    for due in work.to_sign:
        if due.event.serious:
            due_at = _due_at(due)
            item = _event_item(
                due.event,
                Harm.SIGNATURE,
                at=place.at,
                due_at=due_at,
                action=_("Read and sign"),
                title=_("Sign %(event)s") % {"event": event_title(due.event)},
                detail=_("signature due %(day)s") % {"day": day(due_at)},
            )
            yield item, due.event


def deaths_without_event(place: WorklistScope) -> Iterator[WorkItem]:
    """Participants who died and have no fatal event: the death alone is no complete record."""
    graded = bool(place.protocol and place.protocol.dictionary.is_graded)
    rows = deaths_without_fatal_event(trial_id=place.trial.pk, site_codes=place.sites)
    for person in rows.filter(source=Source.ENTRY)[:ROWS]:
        died = partial(person.died) if person.died else _("on an unknown day")
        yield WorkItem(
            Harm.SERIOUS_CLOCK,
            DUE_NOW,
            partial(person.died) if person.died else "–",
            _("Fatal event to be recorded"),
            person.died_earliest_at or place.at,
            person.code,
            participant_url(person.pk),
            _(
                "died %(day)s, and no event says of what: record it, or give the event that led to it the outcome fatal"
            )
            % {"day": died},
            _("Record"),
            _fatal_event_url(person, graded),
            is_now=True,
        )


def _fatal_event_url(person: Participant, graded: bool) -> str:
    """The address of a new event with the values that follow from the death (R2)."""
    said = {"participant": person.pk, "outcome": Outcome.FATAL, "serious": True, "results_in_death": True}
    if graded:
        said["grade"] = Grade.DEATH
    if person.died:
        said["ended"] = person.died
    return f"{reverse('admin:events_adverseevent_add')}?{urlencode(said)}&{BACK[1:]}"


def _due_at(due: Due) -> datetime:
    """A serious event has a clock from its record on at the latest."""
    assert due.deadline.due_at is not None
    return due.deadline.due_at


def open_findings(place: WorklistScope) -> Iterator[WorkItem]:
    """Findings after an infusion that a clinician has not confirmed or refuted."""
    rows = HaemodynamicFinding.objects.filter(trial=place.trial, state=FindingState.CANDIDATE).select_related(
        "participant", "infusion"
    )
    if place.sites is not None:
        rows = rows.filter(participant__site__code__in=place.sites)
    labels = (
        {c.id: _(c.label) for c in place.protocol.haemodynamics.criteria}
        if place.protocol and place.protocol.haemodynamics
        else {}
    )
    for finding in rows.order_by("first_hit_at")[:100]:
        yield WorkItem(
            Harm.FINDING,
            DUE_NOW,
            clock(finding.first_hit_at),
            labels.get(finding.criterion, finding.criterion),
            finding.first_hit_at,
            finding.participant.code,
            participant_url(finding.participant_id),
            _("met after infusion %(number)d on %(day)s; an event of the trial, or not?")
            % {"number": finding.infusion.number, "day": day(finding.first_hit_at)},
            _("Assess"),
            reverse("admin:haemodynamics_haemodynamicfinding_change", args=[finding.pk]) + BACK,
            is_now=True,
        )
