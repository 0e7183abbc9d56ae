"""From rows to what the rules judge: an adverse event's facts, and what they are held against."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.models.vocabulary import CtcaeTerm
from events.rules.adverse_events import (
    Criteria,
    EventContext,
    EventFacts,
    EventSpans,
    StartedInfusion,
    spans_of_event,
)
from events.rules.ctcae import Term
from partial_dates import PartialMoment, exact_moment, local_date, parse_partial
from partial_dates.refusals import Refusal, RefusalError
from trials.choices import TimePrecision
from trials.models import Infusion, Participant, ProtocolVersion
from trials.rules.course_bounds import latest_moments
from trials.rules.protocol import Protocol
from webkit.refusals import validation_error

if TYPE_CHECKING:
    from events.models.adverse_events import AdverseEvent

PARTIAL_DATES = ("onset", "worsened", "ended")
CRITERIA = (
    "results_in_death",
    "life_threatening",
    "hospitalisation",
    "disability",
    "congenital_anomaly",
    "medically_important",
)
"""The six questions of ICH E2A, in its order."""
ASSESSED = (
    "grade",
    "present_grade",
    "severity",
    "serious",
    *CRITERIA,
    "causality",
    "expectedness",
    "action_taken",
    "outcome",
    "narrative",
    "aware_at",
    "sponsor_informed_at",
)
"""How bad an event is, where it comes from, what was done and how it is now."""
ENTERED = (
    "reported_term",
    "ctcae_term",
    "specify",
    "dictionary_term",
    "dictionary_soc",
    "onset",
    "worsened",
    "ended",
    "ongoing",
    "after_infusion",
    *ASSESSED,
)
"""What people enter. Everything else of an event is derived, or says how the record came about."""

FAR_AHEAD = datetime(9999, 1, 1, tzinfo=UTC)


def keep_moments(event: "AdverseEvent", zone: str) -> None:
    """Bring the derived columns up to the dates as written, in `zone`; ValidationError names all that
    are none.
    """
    refusals: list[Refusal] = []
    for name in PARTIAL_DATES:
        try:
            moment = event_moment(event, name, zone)
        except RefusalError as error:
            refusals += error.refusals
            continue
        setattr(event, name, moment.text if moment else "")
        setattr(event, f"{name}_earliest_at", moment.earliest if moment else None)
        setattr(event, f"{name}_latest_at", moment.latest if moment else None)
    if refusals:
        raise validation_error(refusals, type(event))


def event_moment(event: "AdverseEvent", name: str, zone: str) -> PartialMoment | None:
    """One of the event's partial dates, read in `zone`. Raises RefusalError when it is no date."""
    written = getattr(event, name)
    return parse_partial(written, zone, field=name) if written else None


def event_facts(event: "AdverseEvent", zone: str) -> EventFacts:
    """What is said of the event, in the words of the rules."""
    term = event.ctcae_term
    return EventFacts(
        term=term_of(term),
        term_version=term.ctcae_version if term else "",
        reported_term=event.reported_term,
        specify=event.specify,
        grade=event.grade,
        present_grade=event.present_grade,
        severity=event.severity,
        serious=event.serious,
        criteria=Criteria(**{name: getattr(event, name) for name in CRITERIA}),
        causality=event.causality,
        outcome=event.outcome,
        ongoing=event.ongoing,
        aware_at=event.aware_at,
        sponsor_informed_at=event.sponsor_informed_at,
        after_infusion=started(event.after_infusion, zone) if event.after_infusion else None,
        onset=event_moment(event, "onset", zone),
        worsened=event_moment(event, "worsened", zone),
        ended=event_moment(event, "ended", zone),
    )


def spans_of(event: "AdverseEvent") -> EventSpans:
    """When the event can have begun, worsened and ended, by everything on record; no query where participant and trial
    are there already.
    """
    return spans_of_event(
        event_facts(event, event.zone),
        participant=latest_moments(event.participant.course_dates()),
        known_at=event.changed_at,
    )


def context_of(
    participant: Participant,
    *,
    protocol: Protocol,
    infusions: Iterable[Infusion],
    other_fatal_events: int,
    at: datetime | None,
) -> EventContext:
    """What an event of this participant is judged against; `at` None judges no date as lying in the
    future.
    """
    zone = participant.site.timezone
    begun = [series.started for series in infusion_series(infusions, zone)]
    return EventContext(
        at=at or FAR_AHEAD,
        dictionary_version=protocol.dictionary.version,
        grades_version=protocol.dictionary.grades,
        causality=protocol.causality,
        consent=exact_moment(participant.consented_at) if participant.consented_at else None,
        enrolled=exact_moment(participant.enrolled_at) if participant.enrolled_at else None,
        first_infusion=min(begun, key=lambda moment: moment.earliest, default=None),
        is_dead=participant.has_died,
        death=parse_partial(participant.died, zone, field="died") if participant.died else None,
        other_fatal_events=other_fatal_events,
    )


def protocol_for(trial_id: int, on: date | None) -> Protocol:
    """The protocol in force on a day; the newest when no day is named."""
    return ProtocolVersion.objects.protocol_of(trial_id=trial_id, on=on)


def protocol_when_recorded(participant: Participant, recorded_at: datetime | None) -> Protocol:
    """The protocol in force on the day, in the trial's zone, on which an event was first recorded; the newest when it
    is not recorded yet.
    """
    day = local_date(recorded_at, participant.trial.timezone) if recorded_at else None
    return protocol_for(participant.trial_id, day)


def infusion_series(infusions: Iterable[Infusion], zone: str) -> list[StartedInfusion]:
    """The infusions that were started, in the words of the rules."""
    return [StartedInfusion(row.number, started(row, zone)) for row in infusions if row.started_at]


def started(infusion: Infusion, zone: str) -> PartialMoment:
    """The start of an infusion: exact, or a whole day of `zone` when only the day is known."""
    begun = infusion.started_at
    if begun is None:
        raise ValidationError(
            {"after_infusion": _("After infusion: it was not given, so nothing follows it.")}
        )
    if infusion.start_precision == TimePrecision.DAY:
        return parse_partial(begun.astimezone(ZoneInfo(zone)).date().isoformat(), zone)
    return exact_moment(begun)


def term_of(row: CtcaeTerm | None) -> Term | None:
    """A term's row in the words of the rules."""
    return None if row is None else Term(row.code, row.soc, row.term, tuple(row.grades))
