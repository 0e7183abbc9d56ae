"""The worked cases of the field's reference (names, matches, trajectories): ../shared/cases beside the repository."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from immunology.rules.calls import Assay, Relation, Serum
from immunology.rules.classification import classify
from immunology.rules.matching import match_names
from immunology.rules.names import HlaNameError, parse_name
from immunology.rules.sensitisers import Sensitiser
from immunology.rules.serology import antigens_of
from immunology.rules.trajectories import Anchor, SerumSeries
from tests.unit.immunology.antibody_plans import make_antibody_plan

CASES = Path(__file__).parents[3].parent / "shared" / "cases"
DAY_0 = datetime(2020, 4, 6, tzinfo=UTC)


def read_cases(name: str) -> list[dict[str, Any]]:
    """The cases of a file, or none: `test_cases_are_there` then fails and says why."""
    path = CASES / name
    return json.loads(path.read_text()) if path.exists() else []


NAMES = read_cases("hla_names_and_matches.json")
TRAJECTORIES = read_cases("dsa_trajectories.json")


@pytest.mark.parametrize("name", ["hla_names_and_matches.json", "dsa_trajectories.json"])
def test_cases_are_there(name: str) -> None:
    assert read_cases(name), (
        f"{CASES / name} is missing or empty: without it the worked cases were not checked"
    )


@pytest.mark.parametrize("case", [c for c in NAMES if "in" in c], ids=lambda case: case["in"])
def test_name_is_read(case: dict[str, Any]) -> None:
    try:
        name = parse_name(case["in"])
        read = [name.kind.value, name.text]
    except HlaNameError as error:
        read = ["error", str(error)]

    assert read == case["expect"]


@pytest.mark.parametrize("case", [c for c in NAMES if "ser" in c], ids=lambda case: case["ser"])
def test_allele_has_its_antigens(case: dict[str, Any]) -> None:
    assert list(antigens_of(parse_name(case["ser"]))) == case["expect"]


@pytest.mark.parametrize(
    "case", [c for c in NAMES if "donor" in c], ids=lambda case: f"{case['donor']} {case['bead']}"
)
def test_bead_stands_for_the_donor_as_closely_as_expected(case: dict[str, Any]) -> None:
    assert match_names(parse_name(case["donor"]), parse_name(case["bead"])).name == case["expect"]


@pytest.mark.parametrize("case", TRAJECTORIES, ids=lambda case: f"{case['id']} {case['title']}")
def test_trajectory_is_classified(case: dict[str, Any]) -> None:
    rules = {"assay_cv": case.get("rules", {}).get("cv"), **case.get("rules", {})}
    plan = make_antibody_plan(
        **{key: value for key, value in rules.items() if key != "cv" and value is not None}
    )

    trajectory = classify(series_of(case), plan)

    assert trajectory.code == case["expect"]
    assert set(trajectory.flags) == set(case["flags"])


def series_of(case: dict[str, Any]) -> SerumSeries:
    first_dose = case["first_dose"] if case["first_dose"] is not None else case.get("virtual_first_dose")
    return SerumSeries(
        hla_class=case["class"],
        anchor=None if first_dose is None else Anchor(*day(first_dose)),
        sera=tuple(serum_of(sample) for sample in case["samples"]),
        is_virtual=case["first_dose"] is None,
        locus_is_untyped=case.get("locus_untyped", False),
        is_self_antigen=case.get("self_antigen", False),
        sensitisers=tuple(Sensitiser(event["type"], *day(event["day"])) for event in case.get("events", ())),
    )


def serum_of(sample: dict[str, Any]) -> Serum:
    earliest, latest = day(sample["day"])
    return Serum(
        earliest=earliest,
        latest=latest,
        mfi=None if sample["mfi"] is None else Decimal(str(sample["mfi"])),
        assay=Assay(
            vendor=sample["vendor"],
            kit=sample["catalog"],
            lot=sample["lot"],
            conjugate=sample["conjugate"],
            dilution=Decimal(sample["dilution"]),
            treatment=sample["treatment"],
            metric=sample["metric"],
            run=sample["run"],
        ),
        positive_control_mfi=Decimal(str(sample["pc"])),
        negative_control_mfi=Decimal(str(sample["nc"])),
        bead_count=sample["beads"],
        relation=Relation.BEFORE if sample.get("pre_dose") else None,
    )


def day(number: int) -> tuple[datetime, datetime]:
    start = DAY_0 + timedelta(days=number)
    return start, start + timedelta(days=1, microseconds=-1)
