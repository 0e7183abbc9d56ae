"""Which planned sera are due: the same query for every participant in every arm."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from immunology.models import Specimen
from immunology.rules.plates import StoredSerum
from immunology.rules.sampling import SampleDue, SerumJourney, judge_journey, judge_samples
from trials.models import Participant
from trials.rules.protocol import AntibodyPlan


@dataclass(frozen=True)
class ParticipantSample:
    """One planned serum of one participant."""

    participant: Participant
    sample: SampleDue


def samples_due(
    *, participants: Sequence[Participant], plan: AntibodyPlan | None, today: date
) -> list[ParticipantSample]:
    """The sera due from these participants on a day, in the order of the participants. One query.

    The caller gives the participants who are still followed: no serum is due from the dead or the withdrawn. A serum
    whose window closed stays due for one more week.
    """
    planned = planned_samples(participants=participants, plan=plan, today=today)
    return [one for one in planned if one.sample.is_asked_for(today)]


def planned_samples(
    *, participants: Sequence[Participant], plan: AntibodyPlan | None, today: date
) -> list[ParticipantSample]:
    """Every planned serum of these participants as it stands on a day, in their order. One query.

    Those without a day 0 have none.
    """
    if plan is None:
        return []
    taken = _taken_days(participants)
    return [
        ParticipantSample(person, sample)
        for person in participants
        if person.day0_date is not None
        for sample in judge_samples(plan, day0=person.day0_date, taken_days=taken[person.pk], today=today)
    ]


def _taken_days(participants: Sequence[Participant]) -> defaultdict[int, set[int]]:
    rows = Specimen.objects.filter(participant__in=participants, voided_at=None, planned_day__isnull=False)
    taken: defaultdict[int, set[int]] = defaultdict(set)
    for participant_id, planned_day in rows.values_list("participant_id", "planned_day"):
        if planned_day is not None:
            taken[participant_id].add(planned_day)
    return taken


def stored_sera(*, trial_id: int) -> list[StoredSerum]:
    """The sera that the laboratory has received, of every participant, whatever was measured in them. One query."""
    rows = Specimen.objects.filter(trial=trial_id, voided_at=None, received_at__isnull=False)
    ordered = rows.order_by("collected_at", "pk").values_list("code", "participant__code", "planned_day")
    return [StoredSerum(*row, order=place) for place, row in enumerate(ordered)]


def sera_on_the_way(*, trial_id: int, at: datetime) -> list[tuple[Specimen, SerumJourney]]:
    """The tubes that were taken and not received, with whether they are still on their way or lost. One query."""
    rows = Specimen.objects.filter(trial=trial_id, voided_at=None, received_at=None)
    return [
        (row, judge_journey(row.collected_at, at))
        for row in rows.select_related("participant__site").order_by("collected_at", "pk")
    ]
