"""Judging all participants against every donor: the same rows and the same work in every arm.

The donor of a participant's cells is read only here, inside the seal, to mark the reference rows and to find t0.
Findings are updated in place (the trail keeps the earlier content), with the rule set's version.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from django.db import connection

from accounts.choices import Action, ClearanceGround
from accounts.models import User
from accounts.services import cleared, require, system_user
from audit.choices import standing_reason
from audit.services import attributed, first_version, next_version
from immunology.models import DsaFinding
from immunology.queries.dsa_inputs import DonorTarget, DsaInputs, load_dsa_inputs
from immunology.queries.judging_basis import AdoptedBasis, basis_in_force
from immunology.rules.classification import classify
from immunology.rules.codes import NOT_EVALUABLE_CODES, Code
from immunology.rules.trajectories import Trajectory
from immunology.services.first_rules import adopt_first_rules
from partial_dates import local_date
from trials.models import Infusion, Trial

BATCH_SIZE = 2000  # rows per statement: one statement is one pass of the audit trigger
SYSTEM_REASON = standing_reason("judged by the rules")
JUDGED = (
    "hla_class",
    "is_reference",
    "classification",
    "flags",
    "baseline_mfi",
    "peak_mfi",
    "last_mfi",
    "above_threshold",
    "beyond_evidence",
    "rule_set",
    "rules_sha256",
    "nomenclature_release",
)
"""The columns that a judgement sets."""
NO_SERUM: Mapping[str, object] = {
    "classification": Code.NOT_EVALUABLE_NO_SERUM.value,
    "flags": [],
    "baseline_mfi": None,
    "peak_mfi": None,
    "last_mfi": None,
    "above_threshold": None,
    "beyond_evidence": [],
}
"""The content of a finding whose sera were all voided."""

Key = tuple[int, str, str]
"""Participant id, donor, specificity."""


def judge_participants(
    *, trial: Trial, by: User, at: datetime, reason: str, participant_ids: Iterable[int] | None = None
) -> int:
    """Judge participants (`None`: all with results) against every typed donor.

    Returns how many findings changed.

    Needs the right to see antibodies; the system's own account has it. A fixed number of queries.
    """
    require(by=by, action=Action.VIEW_ANTIBODIES, trial_code=trial.code)
    return _judge(trial, participant_ids, by=by, at=at, reason=reason)


def judge_as_system(*, trial: Trial, participant_ids: Iterable[int] | None, at: datetime) -> None:
    """Judge in the system's name after a person's write; returns nothing, so that the person learns nothing."""
    _judge(trial, participant_ids, by=system_user(), at=at, reason=SYSTEM_REASON)


def judge_infused_participant(*, infusion_id: int, at: datetime) -> None:
    """Judge the participant of an infusion again, in the system's name, if there are results."""
    infusion = Infusion.objects.select_related("trial").get(pk=infusion_id)
    judge_as_system(trial=infusion.trial, participant_ids={infusion.participant_id}, at=at)


def judge_again_as_system(*, trial_id: int, participant_id: int | None, at: datetime) -> None:
    """Judge one participant of a trial again, or all of them, in the system's name: another dose, another donor."""
    participant_ids = None if participant_id is None else {participant_id}
    judge_as_system(trial=Trial.objects.get(pk=trial_id), participant_ids=participant_ids, at=at)


def judge_every_trial(*, at: datetime) -> None:
    """Judge every trial that has specimens, in the system's name."""
    for trial in Trial.objects.filter(specimens__voided_at=None, specimens__isnull=False).distinct():
        judge_as_system(trial=trial, participant_ids=None, at=at)


def _judge(
    trial: Trial, participant_ids: Iterable[int] | None, *, by: User, at: datetime, reason: str
) -> int:
    ids = None if participant_ids is None else frozenset(participant_ids)
    with (
        attributed(by=by, reason=reason, at=at),
        cleared(ground=ClearanceGround.REPORT, by=by, trial_id=trial.pk, purpose=reason, at=at),
    ):
        _wait_for_other_judgements(trial.pk)
        on = local_date(at, trial.timezone)
        basis = basis_in_force(trial_id=trial.pk, on=on)
        inputs = load_dsa_inputs(trial_id=trial.pk, participant_ids=ids, on=on, basis=basis)
        if basis is None or inputs is None:
            return 0
        if basis.rules_id is None and inputs.people:
            basis = _freeze_first_rules(trial, basis, on, at)
        return _write(trial.pk, inputs, _standing(trial.pk, ids), basis, at)


def _freeze_first_rules(trial: Trial, basis: AdoptedBasis, on: date, at: datetime) -> AdoptedBasis:
    """The rule set of the first judgement stays the one in use until another one is adopted."""
    change = adopt_first_rules(trial=trial, on=on, at=at)
    return replace(basis, rules_id=change.pk, rules_sha256=change.proposal_sha256)


def _wait_for_other_judgements(trial_id: int) -> None:
    """Take a lock until the transaction ends, so that one judgement runs at a time.

    Otherwise a judgement could overwrite findings from a newer panel with results from older rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"immunology judging {trial_id}"]
        )


def _write(
    trial_id: int, inputs: DsaInputs, standing: dict[Key, DsaFinding], basis: AdoptedBasis, at: datetime
) -> int:
    """Findings brought up to the inputs: `standing` are those that there are of the participants judged."""
    judged_by = {
        "rule_set": f"{inputs.plan.rule_set}/{basis.serology.release}"[:60],
        "rules_sha256": basis.rules_sha256,
        "nomenclature_release": basis.serology.release,
    }
    new: list[DsaFinding] = []
    wanted: list[tuple[DsaFinding, Mapping[str, object]]] = []
    for target in inputs.every_target():
        fields = _fields(classify(target.series, inputs.plan)) | {
            "hla_class": target.series.hla_class,
            "is_reference": target.is_reference,
            **judged_by,
        }
        row = standing.pop((target.participant_id, target.donor_code, target.specificity), None)
        if row is None:
            new.append(_new(trial_id, target, fields, at))
        else:
            wanted.append((row, fields))
    wanted += [(row, {**NO_SERUM, **judged_by}) for row in standing.values() if _rests_on_sera(row)]
    changed = [_changed(row, fields, at) for row, fields in wanted if _differs(row, fields)]
    DsaFinding.objects.bulk_create(new, batch_size=BATCH_SIZE)
    columns = (*JUDGED, "judged_at", "changed_at", "version")
    DsaFinding.objects.bulk_update(changed, columns, batch_size=BATCH_SIZE)
    return len(new) + len(changed)


def _standing(trial_id: int, participant_ids: frozenset[int] | None) -> dict[Key, DsaFinding]:
    """The findings of these participants (`None`: all), also of those without results now."""
    rows = DsaFinding.objects.filter(trial_id=trial_id)
    if participant_ids is not None:
        rows = rows.filter(participant__in=participant_ids)
    return {(row.participant_id, row.donor_code, row.specificity): row for row in rows.select_for_update()}


def _rests_on_sera(row: DsaFinding) -> bool:
    return row.classification not in NOT_EVALUABLE_CODES


def _differs(row: DsaFinding, fields: Mapping[str, object]) -> bool:
    return any(getattr(row, name) != value for name, value in fields.items())


def _fields(trajectory: Trajectory) -> dict[str, object]:
    return {
        "classification": str(trajectory.code),
        "flags": [str(flag) for flag in trajectory.flags],
        "baseline_mfi": trajectory.baseline_mfi,
        "peak_mfi": trajectory.peak_mfi,
        "last_mfi": trajectory.last_mfi,
        "above_threshold": trajectory.above_threshold,
        "beyond_evidence": list(trajectory.beyond_evidence),
    }


def _new(trial_id: int, target: DonorTarget, fields: Mapping[str, object], at: datetime) -> DsaFinding:
    row = DsaFinding(
        trial_id=trial_id,
        participant_id=target.participant_id,
        donor_code=target.donor_code,
        specificity=target.specificity,
        judged_at=at,
        **fields,
    )
    first_version(row, at=at)
    return row


def _changed(row: DsaFinding, fields: Mapping[str, object], at: datetime) -> DsaFinding:
    for name, value in fields.items():
        setattr(row, name, value)
    row.judged_at = at
    next_version(row, at=at)
    return row
