"""Loading what an evaluation needs, for many participants in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from events.models.haemodynamic_judging import line_of, reading_of
from events.models.haemodynamics import HaemodynamicReading
from events.rules.haemodynamics import Reading
from trials.models import Infusion, Participant, ProtocolVersion
from trials.rules.protocol import HaemodynamicPlan


@dataclass(frozen=True)
class Case:
    """One infusion with its participant, its plan and the participant's standing readings in order of time."""

    infusion: Infusion
    participant: Participant
    plan: HaemodynamicPlan
    readings: Sequence[Reading]


def cases_of(participants: Iterable[Participant]) -> list[Case]:
    """The given infusions of those participants whose protocol has haemodynamic checks.

    Three queries for infusions, readings and pumps, and one per day on which a protocol has to be looked up.
    """
    plans = _plans_of(participants)
    if not plans:
        return []
    readings = readings_of(plans)
    infusions = Infusion.objects.given().filter(participant__in=plans).order_by("participant_id", "number")
    people = {participant.pk: (participant, plan) for participant, plan in plans.items()}
    return [
        Case(row, *people[row.participant_id], readings[row.participant_id])
        for row in infusions
        if row.started_at is not None
    ]


def _plans_of(participants: Iterable[Participant]) -> dict[Participant, HaemodynamicPlan]:
    """Each participant's plan, by the protocol in force on day 0; participants without one are left out."""
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
    """The standing readings by participant, in order of time, in the words of the rules."""
    rows = HaemodynamicReading.objects.standing().filter(participant__in=participants)
    by_participant: dict[int, list[Reading]] = defaultdict(list)
    for row in rows.prefetch_related("vasopressors").order_by("taken_at", "pk"):
        lines = [line_of(line) for line in row.vasopressors.all()]
        by_participant[row.participant_id].append(reading_of(row, lines))
    return by_participant
