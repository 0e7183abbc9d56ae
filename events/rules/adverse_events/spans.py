"""When an event can have begun, worsened and ended: its dates as written, cut to everything that bounds them.

An onset is at or before the event's worsening, its end, the site's awareness, the participant's death, withdrawal and
completion, and the moment at which it was on record (contracts, SDTM in). An onset that is not recorded is bounded by the
same facts, but not by the moment of recording: a date made of the cut-off alone would move with every report.

Columns of microseconds, one element per event; a single event is a column of one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt

from events.rules.adverse_events.facts import EventFacts
from partial_dates import PartialMoment, Span, narrowed_columns
from partial_dates.narrowing import NO_BOUND_ABOVE, NO_BOUND_BELOW, Integers, column_of, span_in

Flags = npt.NDArray[np.bool_]
Pair = tuple[Integers, Integers]
"""The earliest and the latest moment; `NO_BOUND_BELOW` and `NO_BOUND_ABOVE` where nobody knows."""


@dataclass(frozen=True)
class WrittenDates:
    """The dates of events as written, and what bounds them.

    `aware` is the site's awareness, `participant` the latest moments of the participants' courses (death, withdrawal,
    completion), `known` when the event was on record; `NO_BOUND_ABOVE` where there is no such moment.
    """

    onset: Pair
    worsened: Pair
    ended: Pair
    aware: Integers
    participant: Sequence[Integers]
    known: Integers


@dataclass(frozen=True)
class NarrowedDates:
    """The dates of events after narrowing; a worsening or an end that is not recorded stays unknown on both sides."""

    onset: Pair
    worsened: Pair
    ended: Pair


@dataclass(frozen=True)
class EventSpans:
    """When one event can have begun, worsened and ended."""

    onset: Span
    worsened: Span
    ended: Span


def narrowed_events(dates: WrittenDates) -> NarrowedDates:
    """Every event's dates, cut to its bounds."""
    (onset_first, onset_last), (worse_first, worse_last) = dates.onset, dates.worsened
    end_first, end_last = dates.ended
    later = (*dates.participant, dates.known)
    is_written = onset_last != NO_BOUND_ABOVE
    known = np.where(is_written, dates.known, NO_BOUND_ABOVE)
    return NarrowedDates(
        onset=narrowed_columns(
            onset_first, onset_last, not_after=(worse_last, end_last, dates.aware, *dates.participant, known)
        ),
        worsened=_if_written(
            dates.worsened, narrowed_columns(
                worse_first, worse_last, not_before=(onset_first,), not_after=(end_last, *later)
            )
        ),
        ended=_if_written(
            dates.ended,
            narrowed_columns(end_first, end_last, not_before=(onset_first, worse_first), not_after=later),
        ),
    )  # fmt: skip


def _if_written(given: Pair, found: Pair) -> Pair:
    is_written = given[1] != NO_BOUND_ABOVE
    return np.where(is_written, found[0], given[0]), np.where(is_written, found[1], given[1])


def is_emergent_column(
    *,
    given: Integers,
    onset_latest: Integers,
    worsened_latest: Integers,
    first_infusion: Integers,
    treated: Flags,
) -> Flags:
    """Whether events are treatment-emergent: onset or worsening at or after the first infusion (FDA ST&F IG v2.0 p. 2).

    `given` is the source's own flag, 1 or 0, else -1: what was given is honoured. Else the latest moment decides that the
    narrowed onset, or worsening, allows. What nobody knows excludes nothing: an onset without any bound, or a first
    infusion without a date, makes an event of the treated emergent. Of the untreated none is.
    """
    unknown = (onset_latest == NO_BOUND_ABOVE) | (first_infusion == NO_BOUND_BELOW)
    worsened = (worsened_latest != NO_BOUND_ABOVE) & (worsened_latest >= first_infusion)
    derived = treated & (unknown | worsened | (onset_latest >= first_infusion))
    return np.where(given >= 0, given == 1, derived)


def spans_of_event(
    facts: EventFacts, *, participant: Sequence[datetime | None], known_at: datetime | None
) -> EventSpans:
    """One event's spans; `participant` and `known_at` as in `WrittenDates`, `None` where there is no such moment."""
    found = narrowed_events(
        WrittenDates(
            onset=_pair(facts.onset),
            worsened=_pair(facts.worsened),
            ended=_pair(facts.ended),
            aware=column_of(facts.aware_at, NO_BOUND_ABOVE),
            participant=[column_of(moment, NO_BOUND_ABOVE) for moment in participant],
            known=column_of(known_at, NO_BOUND_ABOVE),
        )
    )
    return EventSpans(span_in(*found.onset), span_in(*found.worsened), span_in(*found.ended))


def narrowed_onset(facts: EventFacts, spans: EventSpans) -> PartialMoment | None:
    """The onset as written, with the moments that are left of it; None when none was written."""
    earliest, latest = spans.onset.earliest, spans.onset.latest
    if facts.onset is None or earliest is None or latest is None:
        return facts.onset
    return replace(facts.onset, earliest=earliest, latest=latest)


def is_treatment_emergent(
    spans: EventSpans, *, given: bool | None, first_infusion: datetime | None, is_treated: bool
) -> bool:
    """Whether one event is treatment-emergent, as `is_emergent_column` decides it."""
    (answer,) = is_emergent_column(
        given=np.array([-1 if given is None else int(given)]),
        onset_latest=column_of(spans.onset.latest, NO_BOUND_ABOVE),
        worsened_latest=column_of(spans.worsened.latest, NO_BOUND_ABOVE),
        first_infusion=column_of(first_infusion, NO_BOUND_BELOW),
        treated=np.array([is_treated]),
    )
    return bool(answer)


def _pair(moment: PartialMoment | None) -> Pair:
    return (
        column_of(None if moment is None else moment.earliest, NO_BOUND_BELOW),
        column_of(None if moment is None else moment.latest, NO_BOUND_ABOVE),
    )
