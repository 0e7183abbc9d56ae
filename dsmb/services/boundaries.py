"""The live check: where every coded arm stands at every boundary, written down whenever it has changed.

What a check does to be seen from outside does not depend on what it finds: as many clearances with the same purpose,
a row for every change of counts whether it prompts or not, the same tasks afterwards. Only the notices differ, and
they go to those who may see alerts.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from django.db.models import Max

from accounts.choices import Action, ClearanceGround
from accounts.models import User
from accounts.queries import user_ids_with
from accounts.services import cleared, system_user
from audit.services import attributed, first_version
from dsmb.choices import ReportTrigger
from dsmb.models import BoundaryState, PortalNotice, SealedReport
from dsmb.queries.boundaries import Key, counts_of, latest_states, treated_by_arm
from dsmb.rules.boundaries import BoundaryCounts, UndesignedError, design_of, is_alert, states_of
from dsmb.rules.boundaries.designs import Flags
from trials.models import ProtocolVersion, Trial
from trials.rules.dates import local_date
from trials.rules.protocol import Boundary, Protocol

PURPOSE = "Check the safety boundaries"
REASON = "The safety boundaries were checked."
BOUNDARY_REASON = "A safety boundary prompts the board."

Found = tuple[Boundary, BoundaryCounts]


def check_boundaries(*, trial_id: int, at: datetime) -> None:
    """Write down every boundary's state that has changed, tell whoever may see alerts of new ones; run twice,
    writes once.

    The trial's row is locked meanwhile; should that fail, the unique sequence of states refuses the second. Says
    nothing about what it found: not by a value, not in the log.
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
        _tell(trial, protocol, [row for row in rows if row.is_alert], at)


def trials_with_boundaries(*, at: datetime) -> tuple[int, ...]:
    """The trials whose protocol in force names boundaries: what a sweep checks."""
    known = ProtocolVersion.objects.order_by("trial_id").values_list("trial_id", flat=True).distinct()
    return tuple(pk for pk in known if _protocol(pk, at).boundaries)


@contextmanager
def checking(trial_id: int, at: datetime) -> Iterator[None]:
    """The clearance of a check, the same in each of its steps, and who writes."""
    system = system_user()
    opening = cleared(ground=ClearanceGround.REPORT, by=system, trial_id=trial_id, purpose=PURPOSE, at=at)
    with opening, attributed(by=system, reason=REASON, at=at):
        yield


def _today(trial_id: int, at: datetime) -> date:
    return local_date(at, Trial.objects.values_list("timezone", flat=True).get(pk=trial_id))


def _protocol(trial_id: int, at: datetime) -> Protocol:
    return ProtocolVersion.objects.protocol_of(trial_id=trial_id, on=_today(trial_id, at))


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
    """The states of a boundary; one that cannot be computed has none, and its page says why."""
    try:
        return states_of(design_of(boundary, protocol.looks), arms)
    except UndesignedError:
        return ()


def _key(found: Found) -> Key:
    boundary, state = found
    return boundary.id, state.arm, state.against


def _has_changed(found: Found, before: Mapping[Key, BoundaryState]) -> bool:
    """Whether counts or verdict differ from what was written last (an amendment may change the verdict alone)."""
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


def _tell(trial: Trial, protocol: Protocol, alerts: Sequence[BoundaryState], at: datetime) -> None:
    """A notice to each who may see alerts, however many there are; and the report that they call for."""
    if not alerts:
        return
    tell_readers(Action.VIEW_ALERTS, trial, at=at)
    if protocol.ad_hoc is not None and protocol.ad_hoc.on_boundary:
        # One report for all alerts of one check: they share its moment, and it shows them all.
        owe_sealed_report(
            trial=trial, trigger=ReportTrigger.BOUNDARY, alert=alerts[0], reason=BOUNDARY_REASON, at=at
        )


def tell_readers(action: Action, trial: Trial, *, at: datetime) -> None:
    """Put a notice into the outbox for everybody who may do this: something waits in the portal, and no more."""
    readers = user_ids_with(action, trial_code=trial.code)
    PortalNotice.objects.bulk_create(PortalNotice(recipient_id=reader, created_at=at) for reader in readers)


def owe_sealed_report(
    *,
    trial: Trial,
    trigger: ReportTrigger,
    reason: str,
    at: datetime,
    alert: BoundaryState | None = None,
    asked_by: User | None = None,
) -> SealedReport:
    """Write down that a sealed report of all data to this moment is owed. Needs the trial's lock and a clearance."""
    last = SealedReport.objects.filter(trial=trial).aggregate(last=Max("number"))["last"] or 0
    report = SealedReport(
        trial=trial,
        number=last + 1,
        trigger=trigger,
        alert=alert,
        asked_by=asked_by,
        reason=reason,
        data_cutoff_at=at,
    )
    first_version(report, at=at)
    report.full_clean(exclude=("trial",))
    report.save()
    return report
