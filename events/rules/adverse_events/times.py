"""Rule R7: the order of consent, onset, end and death; the infusion that an event follows.

Partial dates are judged only where every completion agrees: "2014" is neither before nor after a day of 2014.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from events.choices import Outcome
from events.rules.adverse_events.facts import EventContext, EventFacts
from events.rules.remarks import Remark
from partial_dates import PartialMoment, surely_before
from partial_dates.refusals import gettext_noop

RESOLVED = frozenset({Outcome.RECOVERED, Outcome.RECOVERED_WITH_SEQUELAE})
STILL_GOING_ON = frozenset({Outcome.NOT_RECOVERED, Outcome.RECOVERING})
SECONDS_PER_HOUR = 3600
ONE_MINUTE = timedelta(minutes=1)


BEFORE_ONSET = {
    "ended": gettext_noop("End: %(value)s is before onset (%(onset)s); no event ends before it starts (R7)."),
    "worsened": gettext_noop("Worsened: %(value)s is before onset (%(onset)s); it cannot be earlier (R7)."),
}
IN_THE_FUTURE = {
    "onset": gettext_noop("Onset: %(value)s lies in the future; only what has happened is recorded (R7)."),
    "worsened": gettext_noop(
        "Worsened: %(value)s lies in the future; only what has happened is recorded (R7)."
    ),
    "ended": gettext_noop("End: %(value)s lies in the future; only what has happened is recorded (R7)."),
    "aware_at": gettext_noop(
        "Site aware at: %(value)s lies in the future; give when the site learnt of it (R7)."
    ),
    "sponsor_informed_at": gettext_noop(
        "Sponsor informed at: %(value)s lies in the future; give when the sponsor was told (R7)."
    ),
}


class FollowsInfusion(StrEnum):
    """Whether an event follows an infusion: with partial dates "unknown" is a separate answer."""

    AFTER = "after"
    BEFORE_FIRST = "before_first"
    CANNOT_BE_TOLD = "cannot_be_told"


@dataclass(frozen=True)
class StartedInfusion:
    """An infusion that was started, by its number in the participant's series."""

    number: int
    started: PartialMoment


@dataclass(frozen=True)
class PrecedingInfusion:
    """The last infusion started at or before an event's onset. `number` is None unless `follows` is AFTER."""

    follows: FollowsInfusion
    number: int | None = None


@dataclass(frozen=True)
class HoursSince:
    """Hours between the start of an infusion and an onset: the fewest and the most that the dates allow."""

    fewest: float
    most: float

    @property
    def is_exact(self) -> bool:
        """Whether the dates allow one value only."""
        return self.most == self.fewest


def onset_is_recorded(facts: EventFacts, _: EventContext) -> Iterator[Remark]:
    """R7: an event has an onset, at least its year."""
    if facts.onset is None:
        yield Remark(
            "R7", "onset_missing", "onset", gettext_noop("Onset: not recorded; give at least the year (R7).")
        )


def onset_in_trial(facts: EventFacts, context: EventContext) -> Iterator[Remark]:
    """R7: an event starts at or after the first of consent, enrolment and first infusion.

    The rest is history.
    """
    since = context.in_trial_since
    if facts.onset and since and surely_before(facts.onset, since):
        message = gettext_noop(
            "Onset: %(onset)s is before consent, enrolment and first infusion, the first of which was at %(since)s; "
            "earlier illness is medical history (R7)."
        )
        params = {"onset": facts.onset.text, "since": since.text}
        yield Remark("R7", "onset_before_consent", "onset", message, params)


def onset_before_death(facts: EventFacts, context: EventContext) -> Iterator[Remark]:
    """R7: nothing starts after death."""
    if facts.onset and context.death and surely_before(context.death, facts.onset):
        yield Remark(
            "R7",
            "onset_after_death",
            "onset",
            gettext_noop("Onset: %(onset)s is after death (%(death)s); no event starts after death (R7)."),
            {"onset": facts.onset.text, "death": context.death.text},
        )


def end_after_onset(facts: EventFacts, _: EventContext) -> Iterator[Remark]:
    """R7: an event ends at or after its onset, and worsens at or after it."""
    for name, moment in (("ended", facts.ended), ("worsened", facts.worsened)):
        if facts.onset and moment and surely_before(moment, facts.onset):
            params = {"value": moment.text, "onset": facts.onset.text}
            yield Remark("R7", f"{name}_before_onset", name, BEFORE_ONSET[name], params)


def nothing_lies_ahead(facts: EventFacts, context: EventContext) -> Iterator[Remark]:
    """R7: no date of an event is after the time of recording."""
    moments = (("onset", facts.onset), ("worsened", facts.worsened), ("ended", facts.ended))
    dates: list[tuple[str, object, datetime]] = [
        (name, moment.text, moment.earliest) for name, moment in moments if moment
    ]
    told = (("aware_at", facts.aware_at), ("sponsor_informed_at", facts.sponsor_informed_at))
    dates += [(name, moment, moment) for name, moment in told if moment is not None]
    for name, written, earliest in dates:
        if earliest > context.at:
            yield Remark("R7", "in_the_future", name, IN_THE_FUTURE[name], {"value": written})


def aware_after_onset(facts: EventFacts, _: EventContext) -> Iterator[Remark]:
    """R7: the site cannot be aware of an event before it starts."""
    if facts.aware_at is not None and facts.onset is not None and facts.aware_at < facts.onset.earliest:
        yield Remark(
            "R7",
            "aware_before_onset",
            "aware_at",
            gettext_noop("Aware: %(aware)s is before onset (%(onset)s); nobody knows earlier (R7)."),
            {"aware": facts.aware_at, "onset": facts.onset.text},
        )


def sponsor_told_after_awareness(facts: EventFacts, _: EventContext) -> Iterator[Remark]:
    """R9: the sponsor cannot be informed before the site is aware.

    An earlier time would stop the 24 h unnoticed.
    """
    aware, told = facts.aware_at, facts.sponsor_informed_at
    if aware is not None and told is not None and told < aware:
        message = gettext_noop(
            "Sponsor informed at: %(told)s is before the site was aware (%(aware)s); one of the two is wrong (R9)."
        )
        yield Remark(
            "R9", "sponsor_before_aware", "sponsor_informed_at", message, {"told": told, "aware": aware}
        )


def follows_its_infusion(facts: EventFacts, _: EventContext) -> Iterator[Remark]:
    """R7: an event starts at or after the start of the recorded preceding infusion."""
    started = facts.after_infusion
    if started is not None and facts.onset is not None and surely_before(facts.onset, started):
        message = gettext_noop(
            "After infusion: it started %(started)s, after onset (%(onset)s); an event follows its infusion (R7)."
        )
        params = {"started": started.text, "onset": facts.onset.text}
        yield Remark("R7", "infusion_after_onset", "after_infusion", message, params)


def ongoing_has_no_end(facts: EventFacts, _: EventContext) -> Iterator[Remark]:
    """R7: an event that continues has no end, and is neither resolved nor fatal."""
    if facts.ongoing is not True:
        return
    if facts.ended is not None:
        message = gettext_noop(
            "End: %(end)s, but the event is said to be ongoing; one of the two is wrong (R7)."
        )
        yield Remark("R7", "ongoing_with_end", "ended", message, {"end": facts.ended.text})
    if facts.outcome in RESOLVED or facts.outcome == Outcome.FATAL:
        message = gettext_noop("Ongoing: yes, but the outcome is %(outcome)s; one of the two is wrong (R7).")
        yield Remark("R7", "ongoing_with_outcome", "ongoing", message, {"outcome": facts.outcome})


def resolved_has_end(facts: EventFacts, _: EventContext) -> Iterator[Remark]:
    """R7: an event that is resolved has an end."""
    if facts.outcome in RESOLVED and facts.ended is None:
        message = gettext_noop(
            "End: not recorded, but the outcome is %(outcome)s; give the end, at least its year (R7)."
        )
        yield Remark("R7", "resolved_without_end", "ended", message, {"outcome": facts.outcome})


def unresolved_has_no_end(facts: EventFacts, _: EventContext) -> Iterator[Remark]:
    """R7, soft: an end beside "not recovered" may mean the end of observation; it causes a question."""
    if facts.outcome in STILL_GOING_ON and facts.ended is not None and facts.ongoing is not True:
        yield Remark(
            "R7",
            "unresolved_with_end",
            "ended",
            gettext_noop(
                "End: %(end)s, but the outcome is %(outcome)s; an event that goes on has no end (R7)."
            ),
            {"end": facts.ended.text, "outcome": facts.outcome},
        )


def preceding_infusion(onset: PartialMoment, infusions: Sequence[StartedInfusion]) -> PrecedingInfusion:
    """The infusion whose start is the last at or before `onset`; unknown when the dates allow two answers.

    A time given to the minute counts as that minute, so that an onset in the minute of a start follows it by 0 h.
    """
    series_in_order = sorted(infusions, key=lambda infusion: (infusion.started.earliest, infusion.number))
    surely = [infusion for infusion in series_in_order if _latest(infusion.started) <= onset.earliest]
    possibly = [infusion for infusion in series_in_order if infusion.started.earliest <= _latest(onset)]
    if len(surely) != len(possibly):
        return PrecedingInfusion(FollowsInfusion.CANNOT_BE_TOLD)
    if not surely:
        return PrecedingInfusion(FollowsInfusion.BEFORE_FIRST)
    return PrecedingInfusion(FollowsInfusion.AFTER, surely[-1].number)


def hours_since_infusion(onset: PartialMoment, started: PartialMoment) -> HoursSince | None:
    """Hours from the start of an infusion to an onset; None when the onset may be before the start.

    A time given to the minute counts as that minute; a day alone gives the fewest and the most possible hours.
    """
    if onset.earliest < _latest(started):
        return None
    return HoursSince(_hours(_latest(started), onset.earliest), _hours(started.earliest, _latest(onset)))


def _latest(moment: PartialMoment) -> datetime:
    """The latest possible time; a minute counts as its beginning."""
    return moment.earliest if moment.latest - moment.earliest < ONE_MINUTE else moment.latest


def _hours(begin: datetime, end: datetime) -> float:
    return (end - begin).total_seconds() / SECONDS_PER_HOUR
