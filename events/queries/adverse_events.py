"""Questions about adverse events: terms, open work, contradictions, hours since the infusion."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from events.choices import STILL_OPEN
from events.models import AdverseEvent, CtcaeTerm
from events.models.adverse_event_sets import AdverseEventQuerySet
from events.models.adverse_events import FAR_AHEAD, context_of, spans_of
from events.rules.adverse_events import (
    HoursSince,
    hours_since_infusion,
    is_treatment_emergent,
    narrowed_onset,
    not_in_dictionary,
)
from events.rules.adverse_events.rows import event_facts, infusion_start
from events.rules.clocks import (
    ClockState,
    Deadline,
    clock_state,
    follow_up_clock,
    sae_clock,
    signature_clock,
)
from events.rules.ctcae import Term
from events.rules.reconciliation import Mismatch, ReconciledEvent, ReconciledParticipant, reconcile
from trials.choices import ParticipantStatus, Source
from trials.models import Infusion, Participant, ProtocolVersion, Trial
from trials.rules.protocol import CausalityCategory, Protocol
from webkit.refusals import validation_error

Row = TypeVar("Row", AdverseEvent, Infusion)

NO_PARTICIPANT = _("Participant: no participant within your reach has the code %(code)s.")
AT_MOST = 100
"""Events of one kind that a worklist reads: more than it shows (our own choice)."""


@dataclass(frozen=True)
class Due:
    """Open work on an event: its due time and the state of its clock.

    `is_assumed`: awareness was not recorded, so the clock runs from the time of the event.
    """

    event: AdverseEvent
    deadline: Deadline
    state: ClockState
    is_assumed: bool = False


@dataclass(frozen=True)
class EventWork:
    """What is still to do about events, at most `AT_MOST` events of each kind.

    The earliest due first, events without a clock last, drafts by their last change. `serious_to_sign` counts all
    serious events without a signature.
    """

    sponsor_to_inform: tuple[Due, ...]
    to_sign: tuple[Due, ...]
    to_follow_up: tuple[Due, ...]
    drafts: tuple[AdverseEvent, ...]
    serious_to_sign: int = 0


def ctcae_terms(*, version: str) -> tuple[Term, ...]:
    """Every term of a CTCAE version (one query); empty when the version was never loaded."""
    rows = CtcaeTerm.objects.filter(ctcae_version=version).values_list("code", "soc", "term", "grades")
    return tuple(Term(code, soc, term, tuple(grades)) for code, soc, term, grades in rows)


def event_work(
    *, trial_id: int, site_codes: frozenset[str] | None, at: datetime, protocol: Protocol
) -> EventWork:
    """What is still to do at the sites (None: all) about events that were entered here (five queries).

    Imported events are looked after where they come from. Followed up are open events of participants who are still in
    the trial, without an end.
    """
    entered = AdverseEvent.objects.filter(trial=trial_id, source=Source.ENTRY).at_sites(site_codes)
    recorded, known = entered.recorded(), Coalesce("aware_at", "recorded_at")
    unsigned = recorded.unsigned()
    followed = Q(outcome__in=STILL_OPEN, ended="", participant__status=ParticipantStatus.ENROLLED)
    uninformed = recorded.serious().filter(sponsor_informed_at=None).order_by(known, "pk")
    to_sign = unsigned.order_by(F("serious").desc(nulls_last=True), known, "pk")
    return EventWork(
        sponsor_to_inform=_by_due(_inform(row, protocol, at) for row in _first(uninformed)),
        to_sign=_by_due(_sign(row, protocol, at) for row in _first(to_sign)),
        to_follow_up=_by_due(
            _follow_up(row, protocol, at)
            for row in _first(recorded.filter(followed).order_by("changed_at", "pk"))
        ),
        drafts=tuple(_first(entered.drafts().order_by("changed_at", "pk"))),
        serious_to_sign=unsigned.serious().count(),
    )


def mismatches(
    *, trial_id: int, at: datetime, participant_ids: Collection[int] | None = None
) -> tuple[Mismatch, ...]:
    """Every contradiction in recorded events and deaths at `at` (R12), by participant (four queries).

    Without `participant_ids` of the whole trial.
    """
    protocol = ProtocolVersion.objects.protocol_of(trial_id=trial_id, on=None)
    of_trial = Q(trial=trial_id)
    theirs = of_trial if participant_ids is None else of_trial & Q(participant__in=participant_ids)
    infusions = _grouped(Infusion.objects.given().filter(theirs))
    events = _grouped(
        AdverseEvent.objects.recorded().filter(theirs).select_related("ctcae_term").order_by("number")
    )
    chosen = of_trial if participant_ids is None else of_trial & Q(pk__in=participant_ids)
    participants = Participant.objects.filter(chosen).select_related("site").order_by("code")
    records = (
        _record(each, protocol, infusions.get(each.pk, []), events.get(each.pk, []), at)
        for each in participants
    )
    return reconcile(records, plan=protocol.reporting)


def categories_of(*, trial_codes: Iterable[str]) -> Mapping[int, tuple[CausalityCategory, ...]]:
    """The causality categories of each trial's newest protocol, by the trial's id.

    One query, and one per trial.
    """
    ids = Trial.objects.filter(code__in=trial_codes, protocol_versions__isnull=False).distinct()
    return {
        pk: ProtocolVersion.objects.protocol_of(trial_id=pk, on=None).causality
        for pk in ids.values_list("pk", flat=True)
    }


def hours_to_inform(*, trial_codes: Iterable[str]) -> Mapping[int, int]:
    """The hours within which the sponsor has to learn of a serious event, by the trial's id.

    They are those of the newest protocol of each trial.
    """
    ids = Trial.objects.filter(code__in=trial_codes, protocol_versions__isnull=False).distinct()
    return {
        pk: ProtocolVersion.objects.protocol_of(trial_id=pk, on=None).reporting.sae_hours
        for pk in ids.values_list("pk", flat=True)
    }


def participant_with(*, code: str, trial_codes: Iterable[str]) -> Participant:
    """The one participant with that code in these trials.

    Raises ValidationError when there is none, or several.
    """
    found = list(
        Participant.objects.select_related("trial", "site").filter(code=code, trial__code__in=trial_codes)[:2]
    )
    if len(found) == 1:
        return found[0]
    sentence = _("Participant: %(code)s is in several trials; name the trial.") if found else NO_PARTICIPANT
    raise ValidationError({"participant": ValidationError(sentence, params={"code": code})})


def term_with(*, text: str, protocol: Protocol) -> CtcaeTerm:
    """The term of the protocol's CTCAE version with that code or name.

    Raises ValidationError when there is none.
    """
    version = protocol.dictionary.version or ""
    named = CtcaeTerm.objects.filter(ctcae_version=version).filter(Q(code=text) | Q(term__iexact=text))
    term = named.first()
    if term is None:
        raise validation_error([not_in_dictionary(text, version)], AdverseEvent)
    return term


def hours_after_infusion(event: AdverseEvent) -> HoursSince | None:
    """Hours from the start of the preceding infusion to the event's onset; None when unknown."""
    if not event.onset or event.after_infusion is None:
        return None
    onset = narrowed_onset(event_facts(event, event.zone), spans_of(event))
    start = infusion_start(event.after_infusion, event.zone)
    return None if onset is None or start is None else hours_since_infusion(onset, start)


def emergence_of(event: AdverseEvent) -> bool:
    """Whether an event is treatment-emergent, by the rule of the board's report.

    One query unless the event was read with `with_first_infusion`.
    """
    if not hasattr(event, "first_infusion_at"):
        event = AdverseEvent.objects.with_relations().with_first_infusion().get(pk=event.pk)
    first: datetime | None = getattr(event, "first_infusion_at", None)
    flagged = event.participant.in_safety_population
    return is_treatment_emergent(
        spans_of(event),
        given=event.treatment_emergent,
        first_infusion=first,
        is_treated=first is not None or bool(flagged),
    )


def _first(rows: AdverseEventQuerySet) -> AdverseEventQuerySet:
    return rows.with_relations()[:AT_MOST]


def _inform(row: AdverseEvent, protocol: Protocol, at: datetime) -> Due:
    deadline = sae_clock(row.aware_at or row.recorded_at, protocol.reporting)
    return Due(row, deadline, clock_state(deadline, done_at=None, at=at), row.aware_at is None)


def _sign(row: AdverseEvent, protocol: Protocol, at: datetime) -> Due:
    """A serious event has a clock for its signature; another event has none."""
    known_at = (row.aware_at or row.recorded_at) if row.serious else None
    deadline = signature_clock(known_at, protocol.reporting)
    is_assumed = bool(row.serious) and row.aware_at is None
    return Due(row, deadline, clock_state(deadline, done_at=None, at=at), is_assumed)


def _follow_up(row: AdverseEvent, protocol: Protocol, at: datetime) -> Due:
    deadline = follow_up_clock(row.changed_at, protocol.reporting, protocol.timezone)
    return Due(row, deadline, clock_state(deadline, done_at=None, at=at))


def _by_due(dues: Iterable[Due]) -> tuple[Due, ...]:
    """The earliest due first, those without a clock last."""
    return tuple(sorted(dues, key=lambda due: due.deadline.due_at or FAR_AHEAD))


def _grouped(rows: Iterable[Row]) -> Mapping[int, list[Row]]:
    """Rows by the id of their participant, in the order given."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.participant_id].append(row)
    return grouped


def _record(
    participant: Participant,
    protocol: Protocol,
    infusions: list[Infusion],
    events: list[AdverseEvent],
    at: datetime,
) -> ReconciledParticipant:
    context = context_of(participant, protocol=protocol, infusions=infusions, other_fatal_events=0, at=at)
    zone = participant.site.timezone
    facts = (ReconciledEvent(str(event.number), event_facts(event, zone)) for event in events)
    return ReconciledParticipant(participant.code, context, tuple(facts))
