"""Questions about trials: the plan and state of infusions, and participants per site.

Each uses a number of SQL queries that does not grow with the number of rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.services import TrialPlace
from audit.models import FollowedModel
from partial_dates import WindowMembership, exact_moment, local_date, parse_partial
from trials.choices import InfusionStatus, ParticipantStatus, TimePrecision
from trials.models import DataLock, Infusion, Participant, ProtocolVersion, Site, Trial
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


@dataclass(frozen=True)
class ClosedTable:
    """A table whose rows are closed with a participant's data: the column that leads there, and through which table."""

    model: type[FollowedModel]
    column: str
    parent_table: str = ""

    def rows_of(self, participant_id: int) -> QuerySet[Any]:
        """The rows about one participant."""
        path = f"{self.model.trail_part_of}__participant" if self.parent_table else "participant"
        path = "pk" if self.model is Participant else path
        return self.model._default_manager.filter(**{path: participant_id})


def tables_closed_by_locks() -> list[ClosedTable]:
    """Every open table that closes when a participant's data are frozen or locked, by name.

    A new table with a participant is among them unless its model says `stays_open_when_locked`.
    """
    found = [closed for model in apps.get_models() if (closed := _closed(model)) is not None]
    return sorted(found, key=lambda closed: closed.model._meta.db_table)


def _closed(model: Any) -> ClosedTable | None:
    if not issubclass(model, FollowedModel) or model.trail_sealed or model.stays_open_when_locked:
        return None
    if model is Participant:
        return ClosedTable(model, "id")
    if _leads_to_participant(model):
        return ClosedTable(model, "participant_id")
    if not model.trail_part_of:
        return None
    part_of = model._meta.get_field(model.trail_part_of)
    parent = part_of.related_model
    if _leads_to_participant(parent) and not parent.stays_open_when_locked:
        return ClosedTable(model, part_of.attname, parent._meta.db_table)
    return None


def _leads_to_participant(model: Any) -> bool:
    return any(
        field.name == "participant" and field.related_model is Participant
        for field in model._meta.concrete_fields
    )


def standing_lock(*, participant_id: int) -> DataLock | None:
    """The closing of a participant's data that stands; None while the data are open."""
    return DataLock.objects.standing().filter(participant=participant_id).first()


def closed_records(*, participant_id: int) -> dict[str, list[list[int]]]:
    """The id and version of every row that is closed with a participant's data, by table: what a lock's signature is of.

    A row that is never changed has the version 1. One query for each table.
    """
    return {
        closed.model._meta.db_table: [
            [row.pk, getattr(row, "version", 1)] for row in closed.rows_of(participant_id).order_by("pk")
        ]
        for closed in tables_closed_by_locks()
    }
