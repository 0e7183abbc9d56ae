"""Questions about trials: the plan and state of infusions, and participants per site.

Each uses a number of SQL queries that does not grow with the number of rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q

from accounts.services import TrialPlace
from partial_dates import WindowMembership, exact_moment, local_date, parse_partial
from trials.choices import InfusionStatus, ParticipantStatus, TimePrecision
from trials.models import Infusion, Participant, ProtocolVersion, Site, Trial
from trials.rules.protocol import InfusionPlan, Protocol
from trials.rules.schedule import PlannedInfusion, PlannedState, planned_infusions, state_at, timing_of_dose


@dataclass(frozen=True)
class ScheduledInfusion:
    """A planned infusion and its outcome: its row, its state, whether it was in its days (None: not given)."""

    planned: PlannedInfusion
    infusion_id: int | None
    state: PlannedState
    timing: WindowMembership | None


@dataclass(frozen=True)
class SiteCounts:
    """Participants of one site. Treated = enrolled with at least one infusion given."""

    site_code: str
    screened: int
    screen_failures: int
    enrolled: int
    treated: int
    completed: int
    withdrawn: int
    died: int


def places() -> tuple[TrialPlace, ...]:
    """Every trial with its sites, by code, for giving roles."""
    sites: dict[int, list[tuple[str, str]]] = {}
    for trial_id, code, name in Site.objects.order_by("code").values_list("trial_id", "code", "name"):
        sites.setdefault(trial_id, []).append((code, name))
    trials = Trial.objects.order_by("code").values_list("pk", "code", "title")
    return tuple(TrialPlace(pk, code, title, tuple(sites.get(pk, ()))) for pk, code, title in trials)


COUNTED = ("screened", "screen_failures", "enrolled", "treated", "completed", "withdrawn", "died")


def protocol_in_force(*, trial_id: int, on: date | None) -> Protocol:
    """The protocol in force on a day (None: the newest version). Raises ValidationError when none is loaded."""
    return ProtocolVersion.objects.protocol_of(trial_id=trial_id, on=on)


def infusion_schedules(
    *, participants: Sequence[Participant], at: datetime
) -> Mapping[int, tuple[ScheduledInfusion, ...]]:
    """The planned infusions of participants of one trial, by participant id, as they stand at `at`.

    Empty for those without a day 0; nothing is due after leaving the trial. Three queries.
    """
    if not participants:
        return {}
    trial = participants[0].trial
    plan = protocol_in_force(trial_id=trial.pk, on=local_date(at, trial.timezone)).infusions
    rows = Infusion.objects.standing().filter(participant__in=[p.pk for p in participants])
    recorded = {(row.participant_id, row.number): row for row in rows}
    return {p.pk: _schedule(p, plan, recorded, at, trial.timezone) for p in participants}


def infusion_schedule(*, participant: Participant, at: datetime) -> tuple[ScheduledInfusion, ...]:
    """The planned infusions of one participant as they stand at `at`."""
    return infusion_schedules(participants=[participant], at=at)[participant.pk]


def site_counts(*, trial: Trial, site_codes: frozenset[str] | None) -> tuple[SiteCounts, ...]:
    """The number of participants per site; None = every site. Screened counts all. One query."""
    given = Infusion.objects.given().filter(participant=OuterRef("pk"))
    participants = Participant.objects.filter(trial=trial).at_sites(site_codes)
    rows = (
        participants.annotate(is_treated=Exists(given))
        .values("site__code")
        .annotate(
            screened=Count("pk"),
            screen_failures=_with_status(ParticipantStatus.SCREEN_FAILURE),
            enrolled=Count("pk", filter=Q(enrolment_number__isnull=False)),
            treated=Count("pk", filter=Q(enrolment_number__isnull=False, is_treated=True)),
            completed=_with_status(ParticipantStatus.COMPLETED),
            withdrawn=_with_status(ParticipantStatus.WITHDRAWN),
            died=Count("pk", filter=Q(has_died=True)),
        )
        .order_by("site__code")
        .values_list("site__code", *COUNTED)
    )
    return tuple(SiteCounts(*row) for row in rows)


def _with_status(status: ParticipantStatus) -> Count:
    return Count("pk", filter=Q(status=status))


def _schedule(
    participant: Participant,
    plan: InfusionPlan,
    recorded: Mapping[tuple[int, int], Infusion],
    at: datetime,
    zone: str,
) -> tuple[ScheduledInfusion, ...]:
    if participant.day0_date is None:
        return ()
    return tuple(
        _scheduled(participant, planned, recorded.get((participant.pk, planned.number)), plan, at, zone)
        for planned in planned_infusions(plan, participant.day0_date, zone)
    )


def _scheduled(
    participant: Participant,
    planned: PlannedInfusion,
    row: Infusion | None,
    plan: InfusionPlan,
    at: datetime,
    zone: str,
) -> ScheduledInfusion:
    if row is not None:
        timing = _timing(participant, row, plan, zone)
        return ScheduledInfusion(planned, row.pk, PlannedState.DONE, timing)
    followed = participant.status in (ParticipantStatus.SCREENED, ParticipantStatus.ENROLLED)
    state = state_at(planned.window, at) if followed else PlannedState.LAPSED
    return ScheduledInfusion(planned, None, state, None)


def _timing(
    participant: Participant, row: Infusion, plan: InfusionPlan, zone: str
) -> WindowMembership | None:
    """Whether a given infusion was in its planned days."""
    if row.status != InfusionStatus.GIVEN or row.started_at is None or participant.day0_date is None:
        return None
    by_day = row.start_precision == TimePrecision.DAY
    day = local_date(row.started_at, zone).isoformat()
    moment = parse_partial(day, zone) if by_day else exact_moment(row.started_at)
    return timing_of_dose(plan, row.number, day0=participant.day0_date, moment=moment, zone=zone)
