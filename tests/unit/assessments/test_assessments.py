"""A day in intensive care: refusals, doubts, derived values."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from assessments.rules import (
    AssessedParticipant,
    AssessmentFacts,
    PfRatio,
    assessment_doubts,
    assessment_refusals,
    mmhg_of_kpa,
    pf_ratio,
    sofa_total,
)
from partial_dates import parse_partial
from trials.rules.protocol import Plausibility

DAY0 = date(2020, 4, 6)
ZONE = "Europe/Paris"
PERSON = AssessedParticipant(day0=DAY0, died=None, has_died=False, zone=ZONE)
DAY = AssessmentFacts(assessed_date=date(2020, 4, 9))
SIX = dict.fromkeys(("respiration", "coagulation", "liver", "cardiovascular", "cns", "renal"), 2)


def limit(unit: str, *ladder: str) -> Plausibility:
    hard_low, soft_low, soft_high, hard_high = (Decimal(rung) for rung in ladder)
    return Plausibility(unit, hard_low, hard_high, soft_low, soft_high, "for a test")


LIMITS = {
    "pao2_mmhg": limit("mmHg", "20", "45", "300", "700"),
    "fio2_fraction": limit("fraction", "0.21", "0.21", "1", "1"),
    "pf_ratio_mmhg": limit("mmHg", "20", "45", "550", "900"),
    "peep_cmh2o": limit("cmH2O", "0", "3", "24", "30"),
}


def refused(facts: AssessmentFacts, person: AssessedParticipant = PERSON) -> list[str]:
    return [str(refusal) for refusal in assessment_refusals(facts, person=person, limits=LIMITS)]


@pytest.mark.parametrize(
    ("field", "value", "is_refused"),
    [
        ("pao2_mmhg", "20", False),
        ("pao2_mmhg", "19.9", True),
        ("pao2_mmhg", "700", False),
        ("pao2_mmhg", "700.1", True),
        ("fio2_fraction", "0.21", False),
        ("fio2_fraction", "0.20", True),
        ("fio2_fraction", "1", False),
        ("fio2_fraction", "1.01", True),
        ("fio2_fraction", "60", True),
        ("peep_cmh2o", "0", False),
        ("peep_cmh2o", "30.1", True),
        ("pf_ratio_given", "20", False),
        ("pf_ratio_given", "901", True),
        ("pao2_mmhg", "-5", True),
        ("pao2_mmhg", "NaN", True),
    ],
)
def test_a_value_outside_its_hard_limits_is_refused(field: str, value: str, is_refused: bool) -> None:
    found = refused(replace(DAY, **{field: Decimal(value)}))

    assert bool(found) is is_refused


def test_a_fraction_in_percent_is_refused_with_the_fraction_that_was_meant() -> None:
    assert refused(replace(DAY, fio2_fraction=Decimal(60))) == [
        "FiO2: 60 is not a fraction from 0.21 to 1.00; if it is percent, write 0.6 instead."
    ]


def test_a_pressure_that_is_most_likely_kpa_is_refused_with_its_mmhg() -> None:
    (sentence,) = refused(replace(DAY, pao2_mmhg=Decimal("12.0")))

    assert "if it is kPa, choose kPa: it is then kept as 90.0 mmHg" in sentence


def test_kpa_and_mmhg_that_say_different_pressures_are_refused() -> None:
    agreeing = replace(DAY, pao2_kpa=Decimal("12.0"), pao2_mmhg=Decimal("90.0"))

    assert refused(agreeing) == []
    assert refused(replace(agreeing, pao2_mmhg=Decimal("80"))) != []


@pytest.mark.parametrize(("points", "is_refused"), [(0, False), (4, False), (5, True), (-1, True)])
def test_a_component_has_0_to_4_points(points: int, is_refused: bool) -> None:
    assert bool(refused(replace(DAY, sofa={"renal": points}))) is is_refused


def test_an_unusual_value_is_asked_about_and_kept() -> None:
    facts = replace(DAY, pao2_mmhg=Decimal(44), fio2_fraction=Decimal("1"))

    doubts = [str(doubt) for doubt in assessment_doubts(facts, limits=LIMITS)]

    assert refused(facts) == []
    assert [sentence.split(":")[0] for sentence in doubts] == ["PaO2", "PaO2/FiO2"]


def test_a_day_before_day_0_and_one_after_the_death_are_refused() -> None:
    dead = replace(PERSON, died=parse_partial("2020-04-10", ZONE), has_died=True)

    assert refused(replace(DAY, assessed_date=date(2020, 4, 5), alive=True)) != []
    assert refused(replace(DAY, assessed_date=date(2020, 4, 10), alive=True), dead) == []
    assert refused(replace(DAY, assessed_date=date(2020, 4, 11), alive=True), dead) != []


def test_a_day_may_fall_into_the_month_of_a_death_whose_day_is_unknown() -> None:
    dead = replace(PERSON, died=parse_partial("2020-04", ZONE), has_died=True)

    assert refused(replace(DAY, assessed_date=date(2020, 4, 30)), dead) == []
    assert refused(replace(DAY, assessed_date=date(2020, 5, 1)), dead) != []


def test_not_alive_is_said_by_recording_the_death() -> None:
    assert refused(replace(DAY, alive=False)) != []
    assert refused(replace(DAY, alive=False), replace(PERSON, has_died=True)) == []


def test_nobody_leaves_before_day_0_nor_after_the_day_that_says_so() -> None:
    assert refused(replace(DAY, left_icu_date=date(2020, 4, 9))) == []
    assert refused(replace(DAY, left_icu_date=date(2020, 4, 10))) != []
    assert refused(replace(DAY, left_icu_date=date(2020, 4, 5))) != []
    assert refused(replace(DAY, left_icu_date=date(2020, 4, 9), left_hospital_date=date(2020, 4, 8))) != []


@pytest.mark.parametrize(
    ("pao2", "fio2", "given", "expected"),
    [
        ("90", "0.6", None, PfRatio(Decimal("150.0"), False)),
        ("100", "0.3", None, PfRatio(Decimal("333.3"), False)),
        (None, "0.6", "180", PfRatio(Decimal("180"), True)),
        (None, "0.6", None, None),
        ("90", None, None, None),
    ],
)
def test_the_ratio_is_computed_and_given_only_where_a_part_is_missing(
    pao2: str | None, fio2: str | None, given: str | None, expected: PfRatio | None
) -> None:
    pao2_mmhg, fio2_fraction, ratio = (Decimal(text) if text else None for text in (pao2, fio2, given))

    assert pf_ratio(pao2_mmhg=pao2_mmhg, fio2_fraction=fio2_fraction, given=ratio) == expected


def test_a_ratio_beside_both_of_its_parts_is_refused() -> None:
    facts = replace(DAY, pao2_mmhg=Decimal(90), fio2_fraction=Decimal("0.6"), pf_ratio_given=Decimal(150))

    assert refused(facts) != []


def test_the_sofa_total_is_not_evaluable_until_all_six_components_are_recorded() -> None:
    assert sofa_total(SIX) == 12
    assert sofa_total({**SIX, "liver": 0}) == 10
    assert sofa_total({**SIX, "liver": None}) is None
    assert sofa_total({}) is None


def test_one_kpa_is_7_5_mmhg() -> None:
    assert mmhg_of_kpa(Decimal("13.33")) == Decimal("100.0")
