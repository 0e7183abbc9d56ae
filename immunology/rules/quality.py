"""Whether a serum's run is valid: its controls, their ratio, the numbers of beads, and the limits of the lot.

A failed serum is not counted until two persons excuse it. The limits that fail are the protocol's (`pc_min_mfi`,
`nc_max_mfi`, `pc_nc_ratio_min`, `min_bead_count`), replaced by those of the lot where its file (`.eds`) has them. The
limits that warn are those of `QualityRules`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from immunology.rules.files.parts import Bead, BeadRole, LotLimits, SerumRun
from trials.rules.protocol import AntibodyPlan


class RunStatus(StrEnum):
    """The status of a serum in a run. Unknown: the file has no controls, so nothing proves the run."""

    PASSED = "passed"
    WARNED = "warned"
    UNKNOWN = "unknown"
    FAILED = "failed"


class QualityCheck(StrEnum):
    """The kind of check."""

    POSITIVE_CONTROL = "positive_control"
    NEGATIVE_CONTROL = "negative_control"
    RATIO = "ratio"
    BEAD_COUNT = "bead_count"
    BEADS_FAILED = "beads_failed"
    CONTROLS_MISSING = "controls_missing"
    REJECTED = "rejected"
    NOT_READ = "not_read"


@dataclass(frozen=True)
class QualityRules:
    """Limits that warn, and the permitted number of failed beads.

    Versioned; a changed number is a new version.
    """

    version: str
    nc_warn_mfi: Decimal
    ratio_warn: Decimal
    bead_count_warn: int
    failed_beads_max_part: Decimal
    source: str


QUALITY_1 = QualityRules(
    version="quality-1",
    nc_warn_mfi=Decimal(500),
    ratio_warn=Decimal(20),
    bead_count_warn=100,
    failed_beads_max_part=Decimal("0.1"),
    source=(
        "negative control above 500 warns: BeadWatch (Oxford); ratio below 20, fewer than 100 beads and more "
        "than a tenth of the beads failed: proposals, for review by an immunogeneticist"
    ),
)


@dataclass(frozen=True)
class Limits:
    """The limits of one run, and the source of the failing ones."""

    pc_fail: Decimal
    nc_fail: Decimal
    ratio_fail: Decimal
    count_fail: int
    nc_warn: Decimal
    pc_warn: Decimal
    rules: QualityRules
    source: str


@dataclass(frozen=True)
class QualityFinding:
    """One check that did not pass.

    `limit` is the one that was missed; `bead_id` is "" when the whole serum is meant.
    """

    check: QualityCheck
    status: RunStatus
    value: str
    limit: str
    bead_id: str = ""


@dataclass(frozen=True)
class Quality:
    """The quality of one serum: `failed_beads` are not counted even when the serum passed."""

    status: RunStatus
    findings: tuple[QualityFinding, ...]
    failed_beads: frozenset[str]


def limits_of(plan: AntibodyPlan, lot: LotLimits | None, rules: QualityRules = QUALITY_1) -> Limits:
    """The protocol's limits, replaced by those of the lot where its file has them."""
    limits = Limits(
        pc_fail=plan.pc_min_mfi,
        nc_fail=plan.nc_max_mfi,
        ratio_fail=plan.pc_nc_ratio_min,
        count_fail=plan.min_bead_count,
        nc_warn=rules.nc_warn_mfi,
        pc_warn=plan.pc_min_mfi,
        rules=rules,
        source=f"protocol: {plan.assay_source}",
    )
    if lot is None:
        return limits
    said = {
        "pc_fail": lot.pc_fail,
        "pc_warn": lot.pc_warn,
        "nc_fail": lot.nc_fail,
        "nc_warn": lot.nc_warn,
        "count_fail": lot.per_bead_count,
    }
    given = {name: value for name, value in said.items() if value is not None}
    return replace(limits, **given, source=f"lot {lot.lot}" if given else limits.source)  # type: ignore[arg-type]


def judge_serum(serum: SerumRun, limits: Limits) -> Quality:
    """The quality of a serum by its controls and beads. A value at the limit passes.

    Below `pc_fail` and above `nc_fail` fail.
    """
    failed_beads = frozenset(bead.bead_id for bead in serum.targets if _has_failed(bead, limits))
    findings = (*_of_controls(serum, limits), *_of_beads(serum, limits, failed_beads))
    order = list(RunStatus)
    worst = max((finding.status for finding in findings), key=order.index, default=RunStatus.PASSED)
    return Quality(worst, findings, failed_beads)


def _has_failed(bead: Bead, limits: Limits) -> bool:
    return bead.mfi_raw is None or (bead.count is not None and bead.count < limits.count_fail)


def _of_controls(serum: SerumRun, limits: Limits) -> Iterator[QualityFinding]:
    if serum.is_rejected:
        yield QualityFinding(QualityCheck.REJECTED, RunStatus.FAILED, serum.reject_reason, "")
    pc, nc = serum.control(BeadRole.POSITIVE), serum.control(BeadRole.NEGATIVE)
    if pc is None or nc is None:
        yield QualityFinding(QualityCheck.CONTROLS_MISSING, RunStatus.UNKNOWN, "", "")
    if pc is not None:
        yield from _below(QualityCheck.POSITIVE_CONTROL, pc, limits.pc_fail, limits.pc_warn)
    if nc is not None and nc > limits.nc_warn:
        status = RunStatus.FAILED if nc > limits.nc_fail else RunStatus.WARNED
        missed = limits.nc_fail if status is RunStatus.FAILED else limits.nc_warn
        yield QualityFinding(QualityCheck.NEGATIVE_CONTROL, status, str(nc), str(missed))
    if pc is not None and nc is not None and nc > 0:
        yield from _below(QualityCheck.RATIO, pc / nc, limits.ratio_fail, limits.rules.ratio_warn)


def _below(check: QualityCheck, value: Decimal, fail: Decimal, warn: Decimal) -> Iterator[QualityFinding]:
    if value < fail:
        yield QualityFinding(check, RunStatus.FAILED, f"{value:.2f}", str(fail))
    elif value < warn:
        yield QualityFinding(check, RunStatus.WARNED, f"{value:.2f}", str(warn))


def _of_beads(serum: SerumRun, limits: Limits, failed: frozenset[str]) -> Iterator[QualityFinding]:
    for bead in serum.beads:
        if bead.count is not None and bead.count < max(limits.rules.bead_count_warn, limits.count_fail):
            too_few = bead.count < limits.count_fail
            is_control = bead.role is not BeadRole.TARGET
            status = RunStatus.FAILED if too_few and is_control else RunStatus.WARNED
            limit = limits.count_fail if too_few else limits.rules.bead_count_warn
            yield QualityFinding(QualityCheck.BEAD_COUNT, status, str(bead.count), str(limit), bead.bead_id)
    for bead in serum.targets:
        if not bead.specificity:
            yield QualityFinding(QualityCheck.NOT_READ, RunStatus.WARNED, bead.target_raw, "", bead.bead_id)
    if serum.targets and len(failed) > limits.rules.failed_beads_max_part * len(serum.targets):
        part = f"{len(failed)} of {len(serum.targets)}"
        yield QualityFinding(
            QualityCheck.BEADS_FAILED, RunStatus.FAILED, part, str(limits.rules.failed_beads_max_part)
        )


def judge_all(sera: Sequence[SerumRun], limits: Limits) -> tuple[Quality, ...]:
    """The sera of a file, each independently: a failed serum changes nothing for the others."""
    return tuple(judge_serum(serum, limits) for serum in sera)
