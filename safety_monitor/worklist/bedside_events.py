"""What is due about adverse events and findings: clocks, drafts, follow-up, signatures, decisions."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.admin.display import clock, day, duration, study_day
from events.choices import EventStatus, FindingState, Outcome
from events.models import AdverseEvent, HaemodynamicFinding
from safety_monitor.worklist.bedside import BACK, participant_url
from safety_monitor.worklist.items import DUE, DUE_NOW, OPEN, OVERDUE, SOON, Harm, WorkItem
from safety_monitor.worklist.place import Place
from trials.choices import ParticipantStatus, Source

CLOCK_IS_SHORT = timedelta(hours=4)
"""From here on a running clock is shown as due now (our own choice: half a shift)."""
CLOSED_OUTCOMES = (Outcome.FATAL, Outcome.RECOVERED, Outcome.RECOVERED_WITH_SEQUELAE)


def events_at(place: Place) -> list[AdverseEvent]:
    """Standing events of the place that something is still to be done about, at most 300."""
    wanted = (
        Q(status=EventStatus.DRAFT)
        | Q(signed_at=None)
        | ~Q(outcome__in=CLOSED_OUTCOMES, ended__gt="")
        | Q(serious=True, sponsor_informed_at=None)
    )
    rows = (
        AdverseEvent.objects.standing()
        .filter(wanted, trial=place.trial, source=Source.ENTRY)
        .select_related("participant", "ctcae_term")
    )
    if place.sites is not None:
        rows = rows.filter(participant__site__code__in=place.sites)
    return list(rows.order_by("-changed_at")[:300])


def event_name(event: AdverseEvent) -> str:
    """The dictionary's term, else the words that were reported."""
    return event.ctcae_term.term if event.ctcae_term else event.dictionary_term or event.reported_term


def _event_title(event: AdverseEvent) -> str:
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
    return (
        study_day(event.participant.day0_date, timezone.localtime(event.onset_earliest_at).date())
        if event.onset_earliest_at
        else "–"
    )


def serious_clocks(place: Place, events: Sequence[AdverseEvent]) -> Iterator[WorkItem]:
    """Serious events of which the sponsor has not been told: the protocol's hours run from the site's knowledge."""
    hours = place.protocol.reporting.sae_hours if place.protocol else 24
    for event in events:
        if event.serious and event.sponsor_informed_at is None and event.status == EventStatus.RECORDED:
            due_at = (event.aware_at or event.recorded_at) + timedelta(hours=hours)
            left = _("%(time)s left") if place.at <= due_at else _("%(time)s late")
            yield _event_item(
                event,
                Harm.SERIOUS_CLOCK,
                at=place.at,
                due_at=due_at,
                action=_("View"),
                title=_("Tell the sponsor: %(event)s") % {"event": _event_title(event)},
                detail=f"{left % {'time': duration(due_at - place.at)}} · {day(due_at)}",
            )


def drafts(place: Place, events: Sequence[AdverseEvent]) -> Iterator[WorkItem]:
    for event in events:
        if event.status == EventStatus.DRAFT:
            yield _event_item(
                event,
                Harm.DRAFT,
                at=place.at,
                action=_("Complete"),
                title=_("Draft of %(event)s") % {"event": _event_title(event)},
                detail=_("begun %(time)s ago") % {"time": duration(place.at - event.recorded_at)},
            )


def follow_ups(place: Place, events: Sequence[AdverseEvent]) -> Iterator[WorkItem]:
    """Recorded events of participants still followed, without an end, that nobody has looked at for the protocol's
    number of days."""
    days = place.protocol.reporting.followup_days if place.protocol else 1
    for event in events:
        is_followed = event.participant.status == ParticipantStatus.ENROLLED
        is_open = (
            event.status == EventStatus.RECORDED and not event.ended and event.outcome not in CLOSED_OUTCOMES
        )
        if is_followed and is_open and place.at - event.changed_at >= timedelta(days=days):
            yield _event_item(
                event,
                Harm.FOLLOW_UP,
                at=place.at,
                action=_("Update"),
                title=_("Follow-up of %(event)s") % {"event": _event_title(event)},
                detail=_("open, last looked at %(time)s ago")
                % {"time": duration(place.at - event.changed_at)},
            )


def signatures(place: Place, events: Sequence[AdverseEvent]) -> Iterator[WorkItem]:
    """Serious events that wait for the investigator's signature, by the protocol's clock."""
    hours = place.protocol.reporting.signature_hours if place.protocol else 24
    for event in events:
        if event.status == EventStatus.RECORDED and event.serious and event.signed_at is None:
            due_at = (event.aware_at or event.recorded_at) + timedelta(hours=hours)
            yield _event_item(
                event,
                Harm.SIGNATURE,
                at=place.at,
                due_at=due_at,
                action=_("Read and sign"),
                title=_("Sign %(event)s") % {"event": _event_title(event)},
                detail=_("signature due %(day)s") % {"day": day(due_at)},
            )


def findings(place: Place) -> Iterator[WorkItem]:
    """Criteria met after an infusion that a clinician has not confirmed or refuted."""
    rows = HaemodynamicFinding.objects.filter(trial=place.trial, state=FindingState.CANDIDATE).select_related(
        "participant", "infusion"
    )
    if place.sites is not None:
        rows = rows.filter(participant__site__code__in=place.sites)
    labels = (
        {c.id: c.label for c in place.protocol.haemodynamics.criteria}
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
            reverse("admin:events_haemodynamicfinding_change", args=[finding.pk]) + BACK,
            is_now=True,
        )
