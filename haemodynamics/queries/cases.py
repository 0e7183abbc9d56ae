"""Loading the input of an evaluation, for many participants in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, prefetch_related_objects

from haemodynamics.models import HaemodynamicReading, VasopressorRate
from haemodynamics.rules import MEASUREMENTS, SIGNS, ObservedInfusion, Reading
from haemodynamics.rules import RunningVasopressor as RateValue
from haemodynamics.rules.rows import reading_of
from partial_dates import Span
from trials.choices import TimePrecision
from trials.models import Infusion, Participant, ProtocolVersion
from trials.rules.course_bounds import death_span
from trials.rules.protocol import HaemodynamicPlan

COLUMNS = (
    "id",
    "participant_id",
    "taken_at",
    "taken_precision",
    "respiratory_support",
    "vasopressors_checked",
    *MEASUREMENTS,
    *SIGNS,
)
"""The columns of a reading for an evaluation: plain rows, because thousands are read at once."""


@dataclass(frozen=True)
class InfusionCase:
    """One infusion with its participant, its plan and the participant's readings that are not void, in order of time.

    `last_started_at`: the start of the participant's last infusion, a participant who died was still alive at that
    time.
    """

    infusion: Infusion
    participant: Participant
    plan: HaemodynamicPlan
    readings: Sequence[Reading]
    last_started_at: datetime | None = None

    @property
    def may_hold_a_hit(self) -> bool:
        """Whether anything is known of the time after the start: a reading, or a death."""
        start = self.infusion.started_at
        if start is None:
            return False
        death = death_span(self.participant.course_dates([start])) if self.participant.has_died else None
        died = None if death is None else death.latest
        return (died is not None and died >= start) or any(reading.at >= start for reading in self.readings)


def infusion_cases(participants: Iterable[Participant]) -> list[InfusionCase]:
    """The given infusions of those participants whose protocol has haemodynamic checks.

    Three queries for infusions, readings and pumps, and one per day on which a protocol has to be looked up.
    """
    plans = _plans_of(participants)
    infusions = Infusion.objects.given().filter(participant__in=plans).order_by("participant_id", "number")
    return _cases(plans, infusions) if plans else []


def cases_of_infusions(infusions: Iterable[Infusion]) -> list[InfusionCase]:
    """The cases of these infusions, with loaded participants, where the protocol has haemodynamic checks."""
    rows = list(infusions)
    plans = _plans_of({row.participant_id: row.participant for row in rows}.values())
    return _cases(plans, [row for row in rows if row.participant in plans]) if plans else []


def cases_around(
    participant: Participant, plan: HaemodynamicPlan, moments: Iterable[datetime]
) -> list[InfusionCase]:
    """The participant's infusions whose window or baseline can contain a reading at one of the times."""
    longest = max((criterion.window_hours for criterion in plan.criteria), default=plan.window_hours)
    earliest = min(moments) - timedelta(hours=float(longest))
    rows = Infusion.objects.given().filter(participant=participant).order_by("number")
    late = [row for row in rows if _may_reach(row, plan, earliest)]
    return _cases({participant: plan}, late) if late else []


def _may_reach(infusion: Infusion, plan: HaemodynamicPlan, earliest: datetime) -> bool:
    """Whether the last window of the infusion can still be open at `earliest` plus that window."""
    anchor = infusion.started_at if plan.anchor == "infusion_start" else infusion.ended_at
    return anchor is not None and anchor >= earliest


def _cases(
    plans: Mapping[Participant, HaemodynamicPlan], infusions: Iterable[Infusion]
) -> list[InfusionCase]:
    readings = readings_of(plans)
    people = {participant.pk: (participant, plan) for participant, plan in plans.items()}
    last = _last_starts([person for person in plans if person.has_died])
    return [
        InfusionCase(
            row,
            *people[row.participant_id],
            readings.get(row.participant_id, ()),
            last.get(row.participant_id),
        )
        for row in infusions
        if row.started_at is not None
    ]


def _last_starts(participants: Sequence[Participant]) -> Mapping[int, datetime]:
    """The start of the last infusion given to each of them; queried only for those who died."""
    if not participants:
        return {}
    given = Infusion.objects.given().filter(participant__in=participants)
    return dict(given.values_list("participant_id").annotate(last=Max("started_at")))


def _plans_of(participants: Iterable[Participant]) -> dict[Participant, HaemodynamicPlan]:
    """Each participant's plan, by the protocol in force on day 0; participants without one are left out."""
    participants = list(participants)
    # The trial's zone bounds the date of a death.
    prefetch_related_objects([each for each in participants if each.has_died], "trial")
    known: dict[tuple[int, date | None], HaemodynamicPlan | None] = {}
    plans = {}
    for participant in participants:
        key = (participant.trial_id, participant.day0_date)
        if key not in known:
            known[key] = ProtocolVersion.objects.protocol_of(trial_id=key[0], on=key[1]).haemodynamics
        plan = known[key]
        if plan is not None:
            plans[participant] = plan
    return plans


def readings_of(participants: Iterable[Participant]) -> Mapping[int, list[Reading]]:
    """The readings that are not void, by participant, in order of time, as rules use them. Two queries."""
    rows = HaemodynamicReading.objects.standing().filter(participant__in=participants)
    lines = _lines_of(participants)
    by_participant: dict[int, list[Reading]] = defaultdict(list)
    for row in rows.order_by("taken_at", "pk").values_list(*COLUMNS, named=True):
        by_participant[row.participant_id].append(reading_of(row, lines.get(row.id, ())))
    return by_participant


def _lines_of(participants: Iterable[Participant]) -> Mapping[int, list[RateValue]]:
    """The pumps of readings that are not void, by reading."""
    rows = VasopressorRate.objects.filter(reading__participant__in=participants, reading__voided_at=None)
    lines: dict[int, list[RateValue]] = defaultdict(list)
    for reading_id, agent, rate, unit, salt in rows.values_list(
        "reading_id", "agent", "rate", "unit", "salt"
    ):
        lines[reading_id].append(RateValue(agent, rate, unit, salt))
    return lines


def infusion_of(
    row: Infusion,
    participant: Participant,
    *,
    observed_until: datetime | None,
    died_after: datetime | None,
) -> ObservedInfusion:
    """An infusion as rules use it, with what is known of the participant's death.

    A death without any date, or with a partial one, is after the last infusion (`died_after`), at which the participant
    was alive, and before it was on record. The report uses the same span.
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
