"""Which planned sera are owed: the same question for every participant, whatever the arm."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from immunology.models import Specimen
from immunology.rules.sampling import SampleDue, SampleState, judge_samples
from partial_dates import local_date
from trials.models import Participant, ProtocolVersion


@dataclass(frozen=True)
class SampleOwed:
    """One planned serum that is due or overdue."""

    participant: Participant
    sample: SampleDue


def samples_due(*, trial_id: int, site_codes: frozenset[str] | None, at: datetime) -> list[SampleOwed]:
    """Sera due or overdue at `at` in the trial (at these sites; `None` = all), the most urgent first. Three queries.

    Nobody is asked for a serum of the dead or of those who have withdrawn.
    """
    plan = ProtocolVersion.objects.protocol_of(trial_id=trial_id, on=None).antibodies
    if plan is None:
        return []
    people = (
        Participant.objects.enrolled()
        .filter(trial=trial_id, has_died=False, withdrawn_date=None, day0_date__isnull=False)
        .at_sites(site_codes)
        .select_related("trial", "site")
    )
    taken = _taken_days(trial_id)
    owed = [
        SampleOwed(person, sample)
        for person in people
        if person.day0_date is not None
        for sample in judge_samples(
            plan,
            day0=person.day0_date,
            taken_days=taken[person.pk],
            today=local_date(at, person.trial.timezone),
        )
        if sample.state in (SampleState.DUE, SampleState.OVERDUE)
    ]
    return sorted(owed, key=lambda item: (item.sample.closes_date, item.participant.code))


def _taken_days(trial_id: int) -> defaultdict[int, set[int]]:
    rows = Specimen.objects.filter(trial=trial_id, voided_at=None, planned_day__isnull=False)
    taken: defaultdict[int, set[int]] = defaultdict(set)
    for participant_id, planned_day in rows.values_list("participant_id", "planned_day"):
        if planned_day is not None:
            taken[participant_id].add(planned_day)
    return taken
