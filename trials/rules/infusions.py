"""Whether an infusion can have been given as recorded: numbers, order of times, interruption, volume.

An infusion outside its planned days is a deviation. It is recorded and reported, never refused. Source: the protocol's
plan.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal

from partial_dates import PartialMoment, local_date
from partial_dates.refusals import Refusal, gettext_noop
from trials.choices import InfusionStatus, TimePrecision
from trials.rules.protocol import InfusionPlan


@dataclass(frozen=True)
class InfusionFacts:
    """One infusion as recorded; times aware, a time known to the day is the first instant of that day."""

    number: int
    status: str
    started_at: datetime | None
    start_precision: str
    ended_at: datetime | None
    interrupted: bool | None
    interruption_reason: str
    volume_ml: Decimal | None
    interrupted_at: datetime | None = None
    resumed_at: datetime | None = None
    end_precision: str = TimePrecision.MINUTE


@dataclass(frozen=True)
class OtherInfusion:
    """Another given infusion of the same participant that is not void."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    by_day: bool


@dataclass(frozen=True)
class Recipient:
    """The facts of the participant that concern an infusion; days in the trial's zone."""

    enrolled_at: datetime | None
    withdrawn_date: date | None
    died: PartialMoment | None
    zone: str | tzinfo


def infusion_refusals(
    facts: InfusionFacts, *, plan: InfusionPlan, recipient: Recipient, others: Sequence[OtherInfusion]
) -> tuple[Refusal, ...]:
    """Every contradiction in one infusion; nothing when there is none."""
    found = [*_number_refusals(facts, plan), *_detail_refusals(facts)]
    if facts.status == InfusionStatus.GIVEN and facts.started_at:
        found += _recipient_refusals(facts, facts.started_at, recipient)
        found += [r for other in others if (r := _order_refusal(facts, facts.started_at, other))]
    return tuple(found)


def _number_refusals(facts: InfusionFacts, plan: InfusionPlan) -> list[Refusal]:
    planned = [dose.number for dose in plan.doses]
    if not planned or facts.number in planned:
        return []
    message = gettext_noop("Infusion number: %(value)s is not planned; the protocol plans %(allowed)s.")
    params = {"value": facts.number, "allowed": ", ".join(str(number) for number in planned)}
    return [Refusal("number", message, params)]


def _detail_refusals(facts: InfusionFacts) -> list[Refusal]:
    found = []
    if facts.ended_at and facts.started_at and facts.ended_at < facts.started_at:
        message = gettext_noop("Ended at: %(value)s is before the start at %(start)s.")
        found.append(Refusal("ended_at", message, {"value": facts.ended_at, "start": facts.started_at}))
    if facts.interruption_reason and not facts.interrupted:
        message = gettext_noop("Why interrupted: given only for an infusion that was interrupted.")
        found.append(Refusal("interruption_reason", message))
    found += _interruption_refusals(facts)
    if facts.volume_ml is not None and facts.volume_ml < 0:
        message = gettext_noop("Volume given (mL): %(value)s is below 0.")
        found.append(Refusal("volume_ml", message, {"value": facts.volume_ml}))
    return found


def _interruption_refusals(facts: InfusionFacts) -> list[Refusal]:
    """An interruption is inside the infusion, and ends after it began; an unknown time may be left out."""
    began, over = facts.interrupted_at, facts.resumed_at
    times = (("interrupted_at", began), ("resumed_at", over))
    given = [(name, at) for name, at in times if at is not None]
    if given and not facts.interrupted:
        message = gettext_noop("%(field)s: given only for an infusion that was interrupted.")
        return [Refusal(name, message, {"field": name}) for name, _ in given]
    found = []
    for name, at in given:
        params = {"field": name, "value": at, "start": facts.started_at, "end": facts.ended_at}
        if facts.started_at and at < facts.started_at and facts.start_precision != TimePrecision.DAY:
            message = gettext_noop("%(field)s: %(value)s is before the start of the infusion at %(start)s.")
            found.append(Refusal(name, message, params))
        elif facts.ended_at and at > facts.ended_at and facts.end_precision != TimePrecision.DAY:
            message = gettext_noop("%(field)s: %(value)s is after the end of the infusion at %(end)s.")
            found.append(Refusal(name, message, params))
    if began and over and over < began:
        message = gettext_noop("Interrupted to: %(value)s is before the interruption began at %(start)s.")
        found.append(Refusal("resumed_at", message, {"value": over, "start": began}))
    return found


def _recipient_refusals(facts: InfusionFacts, started_at: datetime, recipient: Recipient) -> list[Refusal]:
    day = local_date(started_at, recipient.zone)
    params = {"value": day if facts.start_precision == TimePrecision.DAY else started_at}
    found = []
    if recipient.enrolled_at is None:
        found.append(
            Refusal("participant", gettext_noop("Participant: only an enrolled participant is infused."))
        )
    elif day < local_date(recipient.enrolled_at, recipient.zone):
        message = gettext_noop("Started at: %(value)s is before the enrolment at %(enrolled)s.")
        found.append(Refusal("started_at", message, {**params, "enrolled": recipient.enrolled_at}))
    if recipient.died and started_at > recipient.died.latest:
        message = gettext_noop("Started at: %(value)s is after the participant's death (%(died)s).")
        found.append(Refusal("started_at", message, {**params, "died": recipient.died.text}))
    if recipient.withdrawn_date and day > recipient.withdrawn_date:
        message = gettext_noop(
            "Started at: %(value)s is after the participant's withdrawal on %(withdrawn)s."
        )
        found.append(Refusal("started_at", message, {**params, "withdrawn": recipient.withdrawn_date}))
    return found


def _order_refusal(facts: InfusionFacts, started_at: datetime, other: OtherInfusion) -> Refusal | None:
    """Infusions follow each other in the order of their numbers.

    Those known to the day may have the same day.
    """
    by_day = other.by_day or facts.start_precision == TimePrecision.DAY
    params = {"value": started_at, "number": other.number, "other": other.started_at}
    if other.number < facts.number:
        end = other.started_at if by_day else other.ended_at or other.started_at
        early = gettext_noop(
            "Started at: %(value)s is before infusion %(number)s was over (started %(other)s)."
        )
        return Refusal("started_at", early, params) if started_at < end else None
    end = started_at if by_day else facts.ended_at or started_at
    late = gettext_noop(
        "Started at: %(value)s, or its end, is after infusion %(number)s started (%(other)s)."
    )
    return (
        Refusal("started_at", late, params)
        if other.number > facts.number and end > other.started_at
        else None
    )
