"""Targets and their beads, the weighing of surrogates, planned sera, the report's counts."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from immunology.rules.calls import Call, Serum, call_of, span_of
from immunology.rules.codes import (
    BASELINE_NEGATIVE_CODES,
    DE_NOVO_CODES,
    INDETERMINATE_CODES,
    NOT_DE_NOVO_CODES,
    NOT_EVALUABLE_CODES,
    PREFORMED_CODES,
    Code,
)
from immunology.rules.matching import MatchLevel
from immunology.rules.panels import weigh
from immunology.rules.rollup import (
    FindingLine,
    Summary,
    any_positive,
    calls_around,
    summarise_participant,
)  # fmt: skip
from immunology.rules.sampling import SampleState, judge_samples
from immunology.rules.targets import coverage_of, targets_of, untyped_loci
from immunology.rules.trajectories import Anchor
from tests.unit.immunology.antibody_plans import PLAN

AT = datetime(2020, 4, 6, tzinfo=UTC)


def texts(typing: list[str], panel: list[str]) -> list[str]:
    return [target.text for target in targets_of(typing, panel)]


def test_homozygous_donor_has_one_target_and_null_alleles_none() -> None:
    assert texts(["A*02:01", "A*02:01:01:01", "A*24:09N", "B7"], []) == ["A*02:01", "B7"]


def test_dimers_are_targets_when_the_panel_has_dimer_beads() -> None:
    typing = ["DQA1*05:01", "DQB1*02:01", "DQB1*03:01"]

    single = texts(typing, ["DQB1*02:01"])
    paired = texts(typing, ["DQA1*05:01~DQB1*02:01"])

    assert single == ["DQA1*05:01", "DQB1*02:01", "DQB1*03:01"]
    assert paired == ["DQA1*05:01~DQB1*02:01", "DQA1*05:01~DQB1*03:01"]


def test_dimer_bead_of_both_chains_is_exact_and_of_one_chain_is_none() -> None:
    panel = ["DQA1*05:01~DQB1*02:01", "DQA1*02:01~DQB1*02:01", "DQA1*05:01~DQB1*03:01"]
    (target,) = targets_of(["DQA1*05:01", "DQB1*02:01"], panel)

    coverage = coverage_of(target, panel)

    assert (coverage.level, coverage.beads) == (MatchLevel.EXACT, {"DQA1*05:01~DQB1*02:01"})


def test_dimer_beads_stand_in_for_a_chain_whose_partner_is_not_typed() -> None:
    panel = ["DQA1*05:01~DQB1*02:01", "DQA1*02:01~DQB1*02:01", "DQA1*05:01~DQB1*03:01"]
    (target,) = targets_of(["DQB1*02:01"], panel)

    coverage = coverage_of(target, panel)
    serum = weigh([make_bead("3000"), make_bead("120")], is_surrogate=coverage.is_surrogate, plan=PLAN)

    assert coverage.beads == {"DQA1*05:01~DQB1*02:01", "DQA1*02:01~DQB1*02:01"}
    assert serum is not None
    assert call_of(serum, PLAN) is Call.GREY


@pytest.mark.parametrize(
    ("target", "panel", "level", "beads", "surrogate"),
    [
        ("A*02:01", ["A*02:01", "A*02:06"], MatchLevel.EXACT, {"A*02:01"}, False),
        ("A*02:01", ["A*02:03", "A*02:06"], MatchLevel.SAME_ANTIGEN, {"A*02:03", "A*02:06"}, True),
        ("B*44:02", ["B12", "B*45:01"], MatchLevel.BROAD_OR_PARENT, {"B12"}, True),
        ("A*23:01", ["A*24:02"], MatchLevel.NONE, set(), False),
        ("A*02:01", [], MatchLevel.NONE, set(), False),
    ],
)
def test_best_beads_stand_for_the_target(
    target: str, panel: list[str], level: MatchLevel, beads: set[str], surrogate: bool
) -> None:
    (found,) = targets_of([target], panel)

    coverage = coverage_of(found, panel)

    assert (coverage.level, set(coverage.beads), coverage.is_surrogate) == (level, beads, surrogate)


def test_loci_that_the_panel_looks_at_and_nobody_typed() -> None:
    assert untyped_loci(["A2", "DR17"], ["A*02:01", "Cw7", "DRB1*03:01", "DPB1*04:01", "Bw4"]) == (
        "C",
        "DPB1",
    )


def make_bead(mfi: str | None) -> Serum:
    return Serum(AT, AT, None if mfi is None else Decimal(mfi))


@pytest.mark.parametrize(
    ("values", "surrogate", "call", "mfi"),
    [
        (["3000", "120"], False, Call.POSITIVE, 3000),
        (["3000", "1200"], True, Call.POSITIVE, 3000),
        (["300", "120"], True, Call.NEGATIVE, 300),
        (["3000", "120"], True, Call.GREY, 3000),
        ([None, "120"], False, Call.NEGATIVE, 120),
        ([None], False, Call.INVALID, None),
    ],
)
def test_beads_are_weighed(values: list[str | None], surrogate: bool, call: Call, mfi: int | None) -> None:
    serum = weigh([make_bead(value) for value in values], is_surrogate=surrogate, plan=PLAN)

    assert serum is not None
    assert (call_of(serum, PLAN), serum.mfi) == (call, mfi)


def test_no_bead_is_no_serum() -> None:
    assert weigh([], is_surrogate=False, plan=PLAN) is None


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2020, 4, 17), SampleState.UPCOMING),
        (date(2020, 4, 18), SampleState.DUE),
        (date(2020, 4, 23), SampleState.DUE),
        (date(2020, 4, 24), SampleState.OVERDUE),
    ],
)
def test_planned_serum_of_day_14_by_the_calendar(today: date, state: SampleState) -> None:
    samples = judge_samples(PLAN, day0=date(2020, 4, 6), taken_days=[0], today=today)

    assert [sample.state for sample in samples] == [SampleState.TAKEN, state]


def test_every_code_has_its_place() -> None:
    placed = PREFORMED_CODES | DE_NOVO_CODES | INDETERMINATE_CODES | NOT_EVALUABLE_CODES
    rest = {Code.NEGATIVE, Code.NEGATIVE_NO_BASELINE, Code.NEGATIVE_NO_FOLLOWUP}

    assert placed | rest == set(Code)
    assert not DE_NOVO_CODES & INDETERMINATE_CODES
    assert not PREFORMED_CODES & BASELINE_NEGATIVE_CODES
    assert not DE_NOVO_CODES & NOT_DE_NOVO_CODES


def make_summary(*codes: Code, exposed: bool = True, days: tuple[int, ...] = (0, 14)) -> Summary:
    return summarise_participant(
        is_exposed=exposed,
        evaluable_days=days,
        before=[Call.NEGATIVE],
        after=[Call.POSITIVE],
        findings=[FindingLine(code, Decimal(1500), False) for code in codes],
    )


@pytest.mark.parametrize(
    ("codes", "preformed", "de_novo", "indeterminate"),
    [
        ((), None, None, None),
        ((Code.NEGATIVE,), False, False, False),
        ((Code.NEGATIVE, Code.PREFORMED_PERSISTENT), True, False, False),
        ((Code.PREFORMED_PERSISTENT, Code.DE_NOVO), True, True, False),
        ((Code.NEGATIVE, Code.DE_NOVO_TRANSIENT), False, True, False),
        ((Code.NEGATIVE, Code.DE_NOVO_UNCONFIRMED), None, None, True),
        ((Code.NEGATIVE_NO_FOLLOWUP,), False, None, False),
        ((Code.PREFORMED_NO_FOLLOWUP,), True, None, False),
        ((Code.NEGATIVE_NO_BASELINE,), None, None, False),
        ((Code.NEGATIVE, Code.POSITIVE_ORIGIN_UNKNOWN), None, None, True),
        ((Code.NOT_EVALUABLE_UNTYPED,), None, None, False),
        ((Code.NEGATIVE, Code.NOT_EVALUABLE_UNTYPED), False, False, False),
    ],
)
def test_participant_is_summed_up(
    codes: tuple[Code, ...], preformed: bool | None, de_novo: bool | None, indeterminate: bool | None
) -> None:
    summary = make_summary(*codes)

    assert (summary.preformed_dsa, summary.de_novo_dsa, summary.indeterminate) == (
        preformed,
        de_novo,
        indeterminate,
    )


@pytest.mark.parametrize(
    ("calls", "answer"),
    [
        ([], None),
        ([Call.INVALID], None),
        ([Call.NEGATIVE, Call.INVALID], False),
        ([Call.NEGATIVE, Call.GREY], None),
        ([Call.GREY, Call.POSITIVE], True),
    ],
)
def test_any_anti_hla(calls: list[Call], answer: bool | None) -> None:
    summary = summarise_participant(is_exposed=True, evaluable_days=[], before=calls, after=[], findings=[])

    assert summary.anti_hla_before is answer


def test_any_anti_hla_is_asked_of_valid_sera_whose_order_to_the_first_infusion_is_known() -> None:
    high, started = Decimal(6000), AT + timedelta(hours=9)
    day_of_infusion = Serum(*span_of(AT, "day"), mfi=high)
    sera = [
        Serum(AT, AT, mfi=Decimal(100)),
        Serum(AT, AT, mfi=high, bead_count=PLAN.min_bead_count - 1),
        Serum(AT, AT, mfi=high, negative_control_mfi=PLAN.nc_max_mfi + 1),
        day_of_infusion,
        Serum(AT + timedelta(days=14), AT + timedelta(days=14), mfi=high, is_rejected=True),
    ]

    before, after = calls_around(sera, Anchor(started, started), PLAN)

    assert before == [Call.NEGATIVE, Call.INVALID, Call.INVALID]
    assert (any_positive(before), any_positive(after)) == (False, None)
    assert calls_around([day_of_infusion], None, PLAN) == ([Call.POSITIVE], [])


def test_planned_day_before_day_0_opens_before_it() -> None:
    (sample, _) = judge_samples(PLAN, day0=AT.date(), taken_days=[], today=AT.date() - timedelta(days=3))

    assert sample.state is SampleState.DUE
