"""From rows to what the haemodynamic rules judge: readings, pumps, infusions."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from django.core.exceptions import ValidationError

from haemodynamics.choices import Vasopressor
from haemodynamics.rules import MEASUREMENTS, SIGNS, ObservedInfusion, Reading, RunningVasopressor
from partial_dates import Span
from trials.choices import Salt, TimePrecision
from trials.models import Infusion, Participant, ProtocolVersion
from trials.rules.course_bounds import death_span
from trials.rules.protocol import HaemodynamicPlan, Plausibility

if TYPE_CHECKING:
    from haemodynamics.models.readings import VasopressorRate as RateRow


def haemodynamic_plan_for(participant: Participant) -> HaemodynamicPlan | None:
    """What the participant's protocol (in force on day 0) says of haemodynamic checks; `None` when nothing."""
    protocol = ProtocolVersion.objects.protocol_of(trial_id=participant.trial_id, on=participant.day0_date)
    return protocol.haemodynamics


def pharmacy_salt(participant: Participant, agent: str) -> str:
    """What the pharmacy of the participant's site labels an agent in; unknown for every agent but norepinephrine."""
    if agent != Vasopressor.NOREPINEPHRINE:
        return Salt.UNKNOWN.value
    return str(participant.site.norepinephrine_salt)


def limits_for(participant: Participant) -> Mapping[str, Plausibility]:
    """The plausible limits of the participant's protocol; none when it has no checks or is not loaded."""
    try:
        plan = haemodynamic_plan_for(participant)
    except ValidationError:
        return {}
    return plan.plausibility if plan else {}


def line_of(row: "RateRow") -> RunningVasopressor:
    """One pump in the words of the rules."""
    return RunningVasopressor(row.agent, Decimal(row.rate), row.unit, row.salt)


class ReadingColumns(Protocol):
    """What a reading's row offers, be it a model's instance or a plain row of its columns."""

    taken_at: datetime
    taken_precision: str
    respiratory_support: str
    vasopressors_checked: bool | None


def reading_of(row: ReadingColumns, lines: Iterable[RunningVasopressor]) -> Reading:
    """A reading in the words of the rules. Without a line and without "checked", vasopressors were not recorded."""
    given = tuple(lines)
    measured = {name: _decimal(getattr(row, name)) for name in MEASUREMENTS}
    return Reading(
        at=row.taken_at,
        is_exact=row.taken_precision == TimePrecision.MINUTE,
        respiratory_support=row.respiratory_support or None,
        signs_seen=frozenset(name for name in SIGNS if getattr(row, name) is True),
        signs_excluded=frozenset(name for name in SIGNS if getattr(row, name) is False),
        vasopressors=given if given or row.vasopressors_checked else None,
        **measured,
    )


def _decimal(value: int | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def infusion_of(
    row: Infusion,
    participant: Participant,
    *,
    observed_until: datetime | None,
    died_after: datetime | None = None,
) -> ObservedInfusion:
    """An infusion in the words of the rules, with what is known of the participant's death.

    A death without any date lies between the last infusion (`died_after`; without it this one), which the participant
    outlived the others to receive, and the moment at which it was on record. A date that is known in part is bounded in
    the same way.
    """
    starts = [start for start in (row.started_at, died_after) if start is not None]
    death = death_span(participant.course_dates(starts)) if participant.has_died else None
    died = death or Span()
    return ObservedInfusion(
        started_at=row.started_at,
        is_exact=row.start_precision == TimePrecision.MINUTE,
        ended_at=row.ended_at if row.end_precision == TimePrecision.MINUTE else None,
        observed_until=observed_until,
        died_earliest=died.earliest,
        died_latest=died.latest,
    )
