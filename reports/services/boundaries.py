"""The live check: the state of every coded arm at every boundary, stored whenever it has changed.

The visible effects of a check do not depend on its result: the same number of clearances with the same purpose, a row
for every change of counts whether it prompts or not, the same tasks afterwards. Only the notices differ, and they go to
those who may see alerts.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Max, Q

from accounts.choices import Action
from accounts.models import Clearance
from audit.choices import standing_reason
from audit.models import AuditedModel
from audit.services import first_version
from events.models import AdverseEvent
from partial_dates import local_date
from reports.choices import ReportTrigger
from reports.models import BoundaryState
from reports.queries.boundaries import Key, counts_of, latest_states, treated_by_arm
from reports.rules.boundaries import BoundaryCounts, UndesignedError, design_of, is_alert, states_of
from reports.rules.boundaries.designs import Flags
from reports.services.clearances import CHECKING, checking
from reports.services.sealed_reports import create_sealed_report, notify_portal_readers
from trials.models import Infusion, Participant, ProtocolVersion, Trial
from trials.rules.protocol import Boundary, Protocol

BOUNDARY_REASON = standing_reason("A safety boundary prompts the board.")

LONGEST_WITHOUT_CHECK = timedelta(hours=1)
"""A lost message about an allocation, which no blinded row shows, costs this much at most (own choice)."""
WRITING_TIME = timedelta(minutes=2)
"""A row has the time of its request and is committed a little later, possibly after the next check."""
COUNTED: tuple[type[AuditedModel], ...] = (AdverseEvent, Infusion, Participant)

Found = tuple[Boundary, BoundaryCounts]


def check_boundaries(*, trial_id: int, at: datetime) -> None:
    """Store every changed state of a boundary, and notify those who may see alerts of new ones; idempotent.

    The trial's row is locked; should that fail, the unique sequence of states refuses a second run. The result is
    neither returned nor logged.
    """
    version = ProtocolVersion.objects.version_of(trial_id=trial_id, on=_today(trial_id, at))
    protocol = version.protocol()
    if not protocol.boundaries:
        return
    with checking(trial_id, at):
        trial = Trial.objects.select_for_update(no_key=True).get(pk=trial_id)
        before = latest_states(trial_id=trial_id)
        found = _found(protocol, trial_id)
        rows = [_row(trial, version.label, each, before, at) for each in found if _has_changed(each, before)]
        BoundaryState.objects.bulk_create(rows)
        _notify(trial, protocol, [row for row in rows if row.is_alert], at)


def trials_to_check(*, at: datetime) -> tuple[int, ...]:
    """The trials in which something that boundaries count was recorded since their last check.

    Also those whose last check is `LONGEST_WITHOUT_CHECK` ago (what is sealed may have changed as well).
    """
    known = ProtocolVersion.objects.order_by("trial_id").values_list("trial_id", flat=True).distinct()
    return tuple(pk for pk in known if _is_due(pk, at))


def last_check(*, trial_id: int) -> datetime | None:
    """When the trial's boundaries were checked last: the clearance of a failed check is rolled back."""
    checks = Clearance.objects.filter(trial_id=trial_id, purpose=CHECKING)
    last: datetime | None = checks.aggregate(last=Max("opened_at"))["last"]
    return last


def _is_due(trial_id: int, at: datetime) -> bool:
    last = last_check(trial_id=trial_id)
    if last is None or last <= at - LONGEST_WITHOUT_CHECK:
        return True
    since = last - WRITING_TIME
    return any(
        model._default_manager.filter(Q(trial_id=trial_id), changed_at__gt=since).exists()
        for model in COUNTED
    )


def _today(trial_id: int, at: datetime) -> date:
    return local_date(at, Trial.objects.values_list("timezone", flat=True).get(pk=trial_id))


def _found(protocol: Protocol, trial_id: int) -> Sequence[Found]:
    arms = treated_by_arm(trial_id=trial_id, protocol=protocol)
    return [
        (boundary, state)
        for boundary in protocol.boundaries
        for state in _states(
            boundary, protocol, {letter: arm.flags(boundary.measure) for letter, arm in arms.items()}
        )
    ]


def _states(boundary: Boundary, protocol: Protocol, arms: Mapping[str, Flags]) -> Sequence[BoundaryCounts]:
    """The states of a boundary; one that cannot be computed has none, and its page gives the reason."""
    try:
        return states_of(design_of(boundary, protocol.looks), arms)
    except UndesignedError:
        return ()


def _key(found: Found) -> Key:
    boundary, state = found
    return boundary.id, state.arm, state.against


def _has_changed(found: Found, before: Mapping[Key, BoundaryState]) -> bool:
    """Whether counts or verdict differ from the stored ones (an amendment may change the verdict only)."""
    last = before.get(_key(found))
    return last is None or _compared(counts_of(last)) != _compared(found[1])


def _compared(state: BoundaryCounts) -> tuple[object, ...]:
    return (state.affected, state.evaluable, state.affected_against, state.evaluable_against, state.prompts)


def _row(
    trial: Trial, version: str, found: Found, before: Mapping[Key, BoundaryState], at: datetime
) -> BoundaryState:
    boundary, state = found
    last = before.get(_key(found))
    row = BoundaryState(
        trial=trial,
        boundary=boundary.id,
        protocol_version=version,
        sequence=1 if last is None else last.sequence + 1,
        is_alert=is_alert(state, None if last is None else counts_of(last)),
        **vars(state),
    )
    first_version(row, at=at)
    return row


def _notify(trial: Trial, protocol: Protocol, alerts: Sequence[BoundaryState], at: datetime) -> None:
    """Send a notice to each person who may see alerts, one for any number of alerts; and create the report."""
    if not alerts:
        return
    notify_portal_readers(Action.VIEW_ALERTS, trial, at=at)
    if protocol.ad_hoc is not None and protocol.ad_hoc.on_boundary:
        # One report for all alerts of one check: they have the same time, and it shows them all.
        create_sealed_report(
            trial=trial, trigger=ReportTrigger.BOUNDARY, alert=alerts[0], reason=BOUNDARY_REASON, at=at
        )
