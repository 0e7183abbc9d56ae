"""The possible times of an event's begin, worsening and end: its dates as written, cut to all bounds.

An onset is at or before the event's worsening, its end, the site's awareness, the participant's death, withdrawal and
completion, and the time at which it was on record (contracts, SDTM in). An onset that is not recorded is bounded by the
same facts, but not by the time of recording: a date made from the cut-off alone would move with every report.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt

from events.rules.adverse_events.facts import EventFacts
from partial_dates import PartialMoment, Span, narrowed
from partial_dates.narrowing import NO_BOUND_ABOVE, NO_BOUND_BELOW, Integers, column_of

Flags = npt.NDArray[np.bool_]
UNKNOWN_SPAN = Span()


@dataclass(frozen=True)
class EventSpans:
    """The possible times of one event's begin, worsening and end."""

    onset: Span
    worsened: Span
    ended: Span


def is_emergent_column(
    *,
    given: Integers,
    onset_latest: Integers,
    worsened_latest: Integers,
    first_infusion: Integers,
    treated: Flags,
) -> Flags:
    """Whether events are treatment-emergent: onset or worsening at or after the first infusion (FDA ST&F IG v2.0 p. 2).

    `given` is the source's own flag, 1 or 0, else -1; a given flag is used. Otherwise the latest time of the narrowed
    onset, or worsening, decides. An unknown date excludes nothing: an onset without any bound, or a first infusion
    without a date, makes an event of the treated emergent. No event of the untreated is.
    """
    unknown = (onset_latest == NO_BOUND_ABOVE) | (first_infusion == NO_BOUND_BELOW)
    worsened = (worsened_latest != NO_BOUND_ABOVE) & (worsened_latest >= first_infusion)
    derived = treated & (unknown | worsened | (onset_latest >= first_infusion))
    treatment_emergent: Flags = np.where(given >= 0, given == 1, derived)
    return treatment_emergent


def spans_of_event(
    facts: EventFacts, *, participant: Sequence[datetime | None], known_at: datetime | None
) -> EventSpans:
    """The possible times of begin, worsening and end.

    A worsening or an end that is not recorded stays unknown.

    `participant`: the latest times of the participant's course (death, withdrawal, completion). `known_at`: when the
    event was on record. `None` where there is no such time.
    """
    onset, worsened, ended = (each or UNKNOWN_SPAN for each in (facts.onset, facts.worsened, facts.ended))
    later = (*participant, known_at)
    return EventSpans(
        onset=narrowed(
            onset,
            not_after=(
                worsened.latest, ended.latest, facts.aware_at, *participant, known_at if facts.onset else None,
            ),
        ),
        worsened=narrowed(worsened, not_before=(onset.earliest,), not_after=(ended.latest, *later))
        if facts.worsened
        else UNKNOWN_SPAN,
        ended=narrowed(ended, not_before=(onset.earliest, worsened.earliest), not_after=later)
        if facts.ended
        else UNKNOWN_SPAN,
    )  # fmt: skip


def narrowed_onset(facts: EventFacts, spans: EventSpans) -> PartialMoment | None:
    """The onset as written, with the remaining possible times; None when none was written."""
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
