"""Quality control: controls, counts and the lot's limits at and around each limit; control charts."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from immunology.rules.control_charts import BASELINE_RUNS, ChartFlag, control_chart
from immunology.rules.files.eds import read_lot_file
from immunology.rules.files.parts import Bead, BeadRole, Kit, LotLimits, SerumRun, Vendor
from immunology.rules.quality import QualityCheck, RunStatus, judge_all, judge_serum, limits_of
from tests.unit.immunology.antibody_plans import make_antibody_plan
from tests.unit.immunology.laboratory_files import ABSENT, SHARED

PLAN = make_antibody_plan()


def serum(
    pc: str | None = "9000",
    nc: str | None = "80",
    count: int | None = 150,
    mfi: str | None = "100",
    rejected: bool = False,
) -> SerumRun:
    def value(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    controls = [
        Bead("1", BeadRole.NEGATIVE, "", "NC", value(nc), count=150),
        Bead("2", BeadRole.POSITIVE, "", "PC", value(pc), count=150),
    ]
    target = Bead("3", BeadRole.TARGET, "A*02:01", "A*02:01", value(mfi), count=count)
    others = [
        Bead(str(n), BeadRole.TARGET, f"A*02:{n:02}", "x", Decimal(50), count=150) for n in range(10, 30)
    ]
    kit = Kit(Vendor.ONE_LAMBDA, "LS1A04", "013", "I")
    return SerumRun("S1", "R1", None, kit, (*controls, target, *others), is_rejected=rejected)


@pytest.mark.parametrize(
    ("given_serum", "status", "checks"),
    [
        (serum(), RunStatus.PASSED, set()),
        (serum(pc="499.99", nc="10"), RunStatus.FAILED, {QualityCheck.POSITIVE_CONTROL}),
        (serum(pc="500", nc="10"), RunStatus.PASSED, set()),
        (serum(nc="1500", pc="40000"), RunStatus.WARNED, {QualityCheck.NEGATIVE_CONTROL}),
        (serum(nc="1500.01", pc="40000"), RunStatus.FAILED, {QualityCheck.NEGATIVE_CONTROL}),
        (serum(nc="500", pc="10000"), RunStatus.PASSED, set()),
        (serum(pc="999", nc="100"), RunStatus.FAILED, {QualityCheck.RATIO}),
        (serum(pc="1000", nc="100"), RunStatus.WARNED, {QualityCheck.RATIO}),
        (serum(pc="2000", nc="100"), RunStatus.PASSED, set()),
        (serum(nc="0"), RunStatus.PASSED, set()),
        (serum(pc=None), RunStatus.UNKNOWN, {QualityCheck.CONTROLS_MISSING}),
        (serum(count=59), RunStatus.WARNED, {QualityCheck.BEAD_COUNT}),
        (serum(count=60), RunStatus.WARNED, {QualityCheck.BEAD_COUNT}),
        (serum(count=100), RunStatus.PASSED, set()),
        (serum(count=None), RunStatus.PASSED, set()),
        (serum(rejected=True), RunStatus.FAILED, {QualityCheck.REJECTED}),
    ],
)
def test_a_serum_by_its_controls_and_counts(
    given_serum: SerumRun, status: RunStatus, checks: set[QualityCheck]
) -> None:
    quality = judge_serum(given_serum, limits_of(PLAN, None))

    assert quality.status is status
    assert {finding.check for finding in quality.findings} == checks


@pytest.mark.parametrize(
    ("count", "mfi", "failed"),
    [(59, "100", {"3"}), (60, "100", set()), (150, None, {"3"}), (None, "1", set())],
)
def test_a_bead_with_too_few_counted_or_without_a_value_fails_alone(
    count: int | None, mfi: str | None, failed: set[str]
) -> None:
    quality = judge_serum(serum(count=count, mfi=mfi), limits_of(PLAN, None))

    assert quality.failed_beads == failed
    assert quality.status is not RunStatus.FAILED


def test_a_tenth_of_failed_beads_passes_and_more_fails_the_serum() -> None:
    whole = serum()

    def with_failed(count: int) -> SerumRun:
        beads = [
            b._replace(count=5) if n < count + 2 and b.role is BeadRole.TARGET else b
            for n, b in enumerate(whole.beads)
        ]
        return replace(whole, beads=tuple(beads))

    limits = limits_of(PLAN, None)

    assert judge_serum(with_failed(2), limits).status is RunStatus.WARNED
    assert judge_serum(with_failed(3), limits).status is RunStatus.FAILED


def test_limits_of_the_lot_stand_before_those_of_the_protocol() -> None:
    lot = LotLimits(
        "L",
        "I",
        nc_warn=Decimal(100),
        nc_fail=Decimal(180),
        pc_warn=Decimal(15000),
        pc_fail=Decimal(13000),
        per_bead_count=30,
    )
    limits = limits_of(PLAN, lot)

    assert judge_serum(serum(pc="12999", nc="90"), limits).status is RunStatus.FAILED
    assert judge_serum(serum(pc="13000", nc="90"), limits).status is RunStatus.WARNED
    assert judge_serum(serum(pc="15000", nc="181"), limits).status is RunStatus.FAILED
    assert judge_serum(serum(pc="15000", nc="100"), limits).status is RunStatus.PASSED
    assert judge_serum(serum(pc="15000", nc="90", count=30), limits).failed_beads == set()
    assert limits.source == "lot L"


@pytest.mark.skipif(not SHARED.exists(), reason=ABSENT)
def test_the_limits_of_a_real_lot_file() -> None:
    lot = read_lot_file("lot.eds", (SHARED / "hlapro" / "3012456_3065421-SA1.eds").read_bytes())

    assert (lot.nc_warn, lot.nc_fail, lot.pc_fail, lot.pc_warn, lot.hla_class) == (
        100,
        180,
        13000,
        15000,
        "I",
    )


@given(st.permutations([serum(), serum(pc="10"), serum(pc=None), serum(nc="5000")]))
def test_an_invalid_serum_changes_nothing_of_the_others(sera: list[SerumRun]) -> None:
    limits = limits_of(PLAN, None)

    together = judge_all(sera, limits)

    assert [one.status for one in together] == [judge_serum(one, limits).status for one in sera]


BASELINE = [("b", Decimal(9000 + 100 * (n % 5))) for n in range(BASELINE_RUNS)]


def flags_after(*values: str) -> list[tuple[ChartFlag, ...]]:
    points = control_chart([*BASELINE, *(("x", Decimal(value)) for value in values)])
    return [point.flags for point in points[BASELINE_RUNS:]]


def test_charts_flag_what_leaves_the_baseline() -> None:
    assert flags_after("9200") == [()]
    assert flags_after("20000") == [(ChartFlag.ONE_3S,)]
    assert flags_after("9700", "9700")[-1] == (ChartFlag.TWO_2S, ChartFlag.ONE_2S)
    assert ChartFlag.RANGE_4S in flags_after("9750", "8700")[-1]
    assert ChartFlag.FOUR_1S in flags_after(*["9480"] * 4)[-1]
    assert flags_after(*["9250"] * 9)[-1] == ()
    assert flags_after(*["9250"] * 10)[-1] == (ChartFlag.TEN_X,)


def test_without_enough_runs_nothing_is_flagged_and_missing_is_left_out() -> None:
    assert all(point.z is None for point in control_chart(BASELINE))
    assert all(not point.flags for point in control_chart([*BASELINE, ("x", None), ("y", Decimal(0))]))


@given(st.integers(1, 50))
def test_a_constant_factor_changes_no_flag(factor: int) -> None:
    values = [*BASELINE, ("x", Decimal(20000)), ("y", Decimal(9700)), ("z", Decimal(9700))]

    scaled = control_chart([(run, value * factor) for run, value in values])

    assert [point.flags for point in scaled] == [point.flags for point in control_chart(values)]
