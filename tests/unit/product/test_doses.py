"""Cap, specification, expiry and arm of a dose."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from product.rules.doses import BatchFacts, DoseFacts, batch_refusals, dose_refusals
from trials.rules.protocol import parse_protocol, protocol_content

PROTOCOLS = Path(__file__).resolve().parents[3] / "protocols"
PLAN = parse_protocol(protocol_content((PROTOCOLS / "stroma-cov-2.toml").read_bytes())).infusions
PILOT = parse_protocol(protocol_content((PROTOCOLS / "cdisc-pilot.toml").read_bytes())).infusions
GIVEN_ON = date(2020, 4, 7)


def batch(**changes: Any) -> BatchFacts:
    values: dict[str, Any] = {
        "arm_code": "UC_MSC",
        "expires_date": None,
        "viability_percent": None,
        "meets_specification": True,
        "specification_note": "",
    }
    return BatchFacts(**{**values, **changes})


def dose(**changes: Any) -> DoseFacts:
    values: dict[str, Any] = {
        "cells_million": Decimal(70),
        "dose": None,
        "dose_unit": "",
        "given_on": GIVEN_ON,
        "out_of_specification_reason": "",
    }
    return DoseFacts(**{**values, **changes})


def fields(the_dose: DoseFacts, the_batch: BatchFacts | None, plan: Any = PLAN) -> list[str]:
    return [r.field for r in dose_refusals(the_dose, plan=plan, batch=the_batch, arm_code="UC_MSC")]


@pytest.mark.parametrize(
    ("viability", "meets", "note", "expected"),
    [
        ("70.0", True, "", []),
        ("69.9", True, "", ["meets_specification"]),
        ("69.9", False, "viability", []),
        ("69.9", None, "", []),
        (None, True, "", []),
        ("78.4", False, "", ["specification_note"]),
        ("78.4", False, "cell count", []),
    ],
)
def test_batch_refusals(viability: str | None, meets: bool | None, note: str, expected: list[str]) -> None:
    facts = batch(
        viability_percent=Decimal(viability) if viability else None,
        meets_specification=meets,
        specification_note=note,
    )

    assert [refusal.field for refusal in batch_refusals(facts, PLAN)] == expected


def test_batch_refusals_without_a_specification() -> None:
    assert batch_refusals(batch(viability_percent=Decimal(1)), replace(PLAN, product=None)) == ()


def test_batch_refusal_reads_as_a_sentence() -> None:
    (refusal,) = batch_refusals(batch(viability_percent=Decimal("69.9")), PLAN)

    assert str(refusal) == ("Meets its specification: not with a viability of 69.9 %, which is below 70 %.")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"cells_million": None}, []),
        ({"cells_million": Decimal(0)}, []),
        ({"cells_million": Decimal(80)}, []),
        ({"cells_million": Decimal("80.01")}, ["cells_million"]),
        ({"cells_million": Decimal("-0.01")}, ["cells_million"]),
        ({"dose": Decimal(70), "dose_unit": "million cells"}, []),
        ({"dose": Decimal(70), "dose_unit": "mg"}, ["dose_unit"]),
        ({"dose": Decimal(70)}, ["dose_unit"]),
        ({"dose": Decimal(-1), "dose_unit": "million cells"}, ["dose"]),
    ],
)
def test_amounts(changes: dict[str, Any], expected: list[str]) -> None:
    assert fields(dose(**changes), None) == expected


def test_without_a_cap_every_amount_is_allowed() -> None:
    assert fields(dose(cells_million=Decimal(9000)), None, PILOT) == []


@pytest.mark.parametrize(
    ("the_batch", "changes", "expected"),
    [
        ({}, {}, []),
        ({"arm_code": "PLACEBO"}, {}, ["batch"]),
        ({"expires_date": GIVEN_ON}, {}, []),
        ({"expires_date": date(2020, 4, 6)}, {}, ["batch"]),
        ({"expires_date": date(2020, 4, 6)}, {"given_on": None}, []),
        ({"meets_specification": None}, {}, []),
        ({"meets_specification": False}, {}, ["out_of_specification_reason"]),
        ({"meets_specification": False}, {"out_of_specification_reason": "none other"}, []),
    ],
)
def test_the_batch_of_a_dose(the_batch: dict[str, Any], changes: dict[str, Any], expected: list[str]) -> None:
    assert fields(dose(**changes), batch(**the_batch)) == expected
