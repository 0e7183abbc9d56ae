"""Calls, changes and classes of series: boundaries and what is missing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from immunology.rules.calls import Assay, Call, Relation, Serum, call_of, invalid_because, is_above_threshold
from immunology.rules.changes import fold_of, has_risen
from immunology.rules.classification import classify
from immunology.rules.codes import Code, Flag
from immunology.rules.sensitisers import Sensitiser
from immunology.rules.trajectories import Anchor, SerumSeries
from tests.unit.immunology.antibody_plans import PLAN, make_antibody_plan

T0 = datetime(2020, 4, 7, 10, 0, tzinfo=UTC)
EDTA = Assay(kit="LS1A04", lot="013", treatment="EDTA")


def make_serum(day: float, mfi: str | None, **fields: Any) -> Serum:
    at = T0 + timedelta(days=day)
    values = {"assay": EDTA, "positive_control_mfi": Decimal(9000), "negative_control_mfi": Decimal(80)}
    return Serum(at, at, None if mfi is None else Decimal(mfi), **{**values, "bead_count": 100, **fields})


def code_of(*sera: Serum, **fields: Any) -> Code:
    return classify(make_series(*sera, **fields), PLAN).code


def make_series(*sera: Serum, **fields: Any) -> SerumSeries:
    return SerumSeries(**{"hla_class": "I", "anchor": Anchor(T0, T0), "sera": sera, **fields})


@pytest.mark.parametrize(
    ("mfi", "call"),
    [
        ("0", Call.NEGATIVE),
        ("499.99", Call.NEGATIVE),
        ("500", Call.GREY),
        ("999.99", Call.GREY),
        ("1000", Call.POSITIVE),
        ("99999", Call.POSITIVE),
        (None, Call.INVALID),
    ],
)
def test_call(mfi: str | None, call: Call) -> None:
    assert call_of(make_serum(0, mfi), PLAN) is call


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, ""),
        ({"is_rejected": True}, "rejected"),
        ({"positive_control_mfi": Decimal("499.9")}, "pc_low"),
        ({"positive_control_mfi": Decimal(500), "negative_control_mfi": Decimal(50)}, ""),
        ({"negative_control_mfi": Decimal(1500), "positive_control_mfi": Decimal(15000)}, ""),
        ({"negative_control_mfi": Decimal("1500.1"), "positive_control_mfi": Decimal(20000)}, "nc_high"),
        ({"positive_control_mfi": Decimal(799)}, "pc_nc_low"),
        ({"positive_control_mfi": Decimal(800)}, ""),
        ({"negative_control_mfi": Decimal(0)}, ""),
        ({"bead_count": 59}, "beads_low"),
        ({"bead_count": 60}, ""),
        ({"bead_count": None}, ""),
        ({"positive_control_mfi": None, "negative_control_mfi": None}, ""),
    ],
)
def test_validity_of_a_serum(fields: dict[str, Any], reason: str) -> None:
    assert invalid_because(make_serum(0, "100", **fields), PLAN) == reason


def test_serum_without_value_is_invalid_and_not_zero() -> None:
    trajectory = classify(make_series(make_serum(-1, "100"), make_serum(13, None)), PLAN)

    assert trajectory.code is Code.NEGATIVE_NO_FOLLOWUP
    assert "INVALID:no_value" in trajectory.flags


@pytest.mark.parametrize(("cv", "fold"), [("0.25", 2.0), ("0.62", 4.86), ("0", 2.0)])
def test_fold_is_the_larger_of_minimum_and_reference_change(cv: str, fold: float) -> None:
    assert fold_of(make_antibody_plan(assay_cv=Decimal(cv))) == pytest.approx(fold, abs=0.005)


@pytest.mark.parametrize(
    ("before", "after", "risen"),
    [
        ("300", "799.99", False),
        ("300", "800", True),
        ("500", "999.99", False),
        ("500", "1000", True),
        ("0", "499.99", False),
        ("0", "500", True),
        ("5000", "9999.99", False),
        ("5000", "10000", True),
    ],
)
def test_rise_needs_both_fold_and_difference(before: str, after: str, risen: bool) -> None:
    assert has_risen(make_serum(-1, before), make_serum(13, after), PLAN) is risen


@pytest.mark.parametrize(
    ("mfi", "in_class", "conjugate", "above"),
    [
        ("4999.99", "I", "IgG", False),
        ("5000", "I", "IgG", False),
        ("5000.01", "I", "IgG", True),
        ("9000", "II", "IgG", False),
        ("9000", "I", "C1q", False),
    ],
)
def test_threshold_is_strict_and_for_its_classes_only(
    mfi: str, in_class: str, conjugate: str, above: bool
) -> None:
    serum = make_serum(13, mfi, assay=Assay(conjugate=conjugate))

    assert is_above_threshold(serum, in_class, PLAN) is above


def test_threshold_is_not_assessed_where_it_does_not_apply() -> None:
    sera = (make_serum(-1, "100"), make_serum(13, "9000"))

    class_two = classify(make_series(*sera, hla_class="II"), PLAN)
    nothing = classify(make_series(), PLAN)

    assert class_two.above_threshold is None
    assert Flag.ABOVE_CDC not in class_two.flags
    assert nothing.above_threshold is None


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("100", "400", Code.NEGATIVE),
        ("100", "600", Code.INDETERMINATE_GREY),
        ("100", "1000", Code.DE_NOVO),
        ("600", "600", Code.GREY_PERSISTENT),
        ("600", "100", Code.GREY_CLEARED),
        ("600", "1100", Code.INDETERMINATE_WITHIN_VARIATION),
        ("600", "1200", Code.INDETERMINATE_GREY_BASELINE_RISE),
        ("1000", "1999", Code.PREFORMED_PERSISTENT),
        ("1000", "2000", Code.PREFORMED_BOOSTED),
        ("4000", "2001", Code.PREFORMED_PERSISTENT),
        ("4000", "2000", Code.PREFORMED_DECLINED),
        ("1000", "499.99", Code.PREFORMED_CLEARED),
    ],
)
def test_class_of_two_sera(before: str, after: str, code: Code) -> None:
    assert code_of(make_serum(-1, before), make_serum(13, after)) is code


@pytest.mark.parametrize(
    ("sera", "code"),
    [
        ((), Code.NOT_EVALUABLE_NO_SERUM),
        ((make_serum(-1, "700"),), Code.GREY_NO_FOLLOWUP),
        ((make_serum(13, "100"),), Code.NEGATIVE_NO_BASELINE),
        ((make_serum(13, "1000"),), Code.POSITIVE_ORIGIN_UNKNOWN),
    ],
)
def test_class_without_one_side(sera: tuple[Serum, ...], code: Code) -> None:
    assert code_of(*sera) is code


def test_cleared_is_indeterminate_when_the_prozone_is_possible() -> None:
    untreated = Assay(kit="LS1A04", lot="013", treatment="UNKNOWN")

    code = code_of(make_serum(-1, "4000", assay=untreated), make_serum(13, "100", assay=untreated))

    assert code is Code.INDETERMINATE_PROZONE


def test_historic_positive_that_stays_away_is_not_de_novo() -> None:
    trajectory = classify(
        make_series(make_serum(-400, "2500"), make_serum(-1, "100"), make_serum(13, "120")), PLAN
    )

    assert trajectory.code is Code.HISTORIC_NOT_RECALLED
    assert trajectory.flags == (Flag.HISTORIC_ONLY,)


@pytest.mark.parametrize(
    ("minutes", "relation", "code"),
    [
        (-1, None, Code.DE_NOVO),
        (0, None, Code.POSITIVE_ORIGIN_UNKNOWN),
        (1, None, Code.POSITIVE_ORIGIN_UNKNOWN),
        (0, Relation.BEFORE, Code.DE_NOVO),
    ],
)
def test_baseline_is_before_the_moment_of_the_first_infusion(
    minutes: int, relation: Relation | None, code: Code
) -> None:
    same_day = make_serum(minutes / 1440, "100", relation=relation)

    assert code_of(same_day, make_serum(13, "1800")) is code


@pytest.mark.parametrize(
    ("day", "sera_after", "early"),
    [
        (6.99, (), True),
        (7.0, (), False),
        (2, ((13, "1900"),), True),
    ],
)
def test_early_is_said_of_the_serum_that_decided(
    day: float, sera_after: tuple[tuple[float, str], ...], early: bool
) -> None:
    later = [make_serum(after, mfi) for after, mfi in sera_after]

    trajectory = classify(make_series(make_serum(-1, "100"), make_serum(day, "1800"), *later), PLAN)

    assert (Flag.EARLY in trajectory.flags) == early


@pytest.mark.parametrize(
    ("kind", "day", "flag"),
    [
        ("IVIG", 3, Flag.POSSIBLE_PASSIVE),
        ("PLASMA", 3, Flag.POSSIBLE_PASSIVE),
        ("PLATELETS", 3, Flag.OTHER_SENSITISER),
        ("PLATELETS", -5, None),
        ("PLATELETS", 20, None),
        ("RITUXIMAB", 3, None),
    ],
)
def test_other_causes_between_baseline_and_the_positive_serum(kind: str, day: int, flag: Flag | None) -> None:
    at = T0 + timedelta(days=day)
    series = make_series(
        make_serum(-1, "100"), make_serum(13, "1800"), sensitisers=(Sensitiser(kind, at, at),)
    )

    assert classify(series, PLAN).flags == (() if flag is None else (flag,))


def test_negative_series_blames_nothing() -> None:
    at = T0 + timedelta(days=3)
    series = make_series(
        make_serum(-1, "100"), make_serum(13, "90"), sensitisers=(Sensitiser("RBC", at, at),)
    )

    assert classify(series, PLAN).flags == ()


def test_comparable_positive_confirms_beside_an_incomparable_one() -> None:
    other_lot = make_serum(13, "1800", assay=Assay(kit="LS1A04", lot="014", treatment="EDTA"))

    trajectory = classify(make_series(make_serum(-1, "100"), other_lot, make_serum(27, "1700")), PLAN)

    assert trajectory.code is Code.DE_NOVO
    assert Flag.NOT_COMPARABLE in trajectory.flags


def test_controls_that_nobody_reported_are_flagged() -> None:
    bare = {"positive_control_mfi": None, "negative_control_mfi": None, "bead_count": None}

    trajectory = classify(make_series(make_serum(-1, "100", **bare), make_serum(13, "90", **bare)), PLAN)

    assert trajectory.code is Code.NEGATIVE
    assert Flag.CONTROLS_NOT_REPORTED in trajectory.flags


def test_values_of_the_series_are_kept() -> None:
    trajectory = classify(
        make_series(make_serum(-1, "100"), make_serum(13, "6000"), make_serum(27, "1500")), PLAN
    )

    assert (trajectory.baseline_mfi, trajectory.peak_mfi, trajectory.last_mfi) == (100, 6000, 1500)
    assert trajectory.above_threshold is True


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"locus_is_untyped": True}, Code.NOT_EVALUABLE_UNTYPED),
        ({"has_bead": False}, Code.NOT_EVALUABLE_NO_BEAD),
        ({"anchor": None}, Code.NOT_EVALUABLE_NO_ANCHOR),
    ],
)
def test_what_cannot_be_evaluated_stays_so_whatever_the_values(fields: dict[str, Any], code: Code) -> None:
    assert code_of(make_serum(-1, "100"), make_serum(13, "9000"), **fields) is code
