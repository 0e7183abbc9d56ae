"""The board's tables of antibodies: both estimands in both arms, indeterminate never "no", denominators as they are."""

from typing import Any

import pytest

from reports.tables.antibodies_by_batch import antibodies_by_batch
from reports.tables.antibody_assays import antibody_assays
from reports.tables.antibody_responses import antibody_responses
from reports.tables.antibody_targets import antibody_targets
from tests.unit.reports.snapshots import cell, counts, make_frames, make_participant, make_plan

TABLES = (antibody_responses, antibodies_by_batch, antibody_targets, antibody_assays)
CLASSES = {
    "A1": ("DE_NOVO", "NEGATIVE"),
    "A2": ("PREFORMED_BOOSTED",),
    "A3": ("INDETERMINATE_GREY", "NEGATIVE"),
    "A4": ("NOT_EVALUABLE_UNTYPED",),
    "B1": ("NEGATIVE",),
    "B2": ("DE_NOVO_UNCONFIRMED",),
    "B3": ("NEGATIVE_NO_FOLLOWUP",),
}


def finding(code: str, place: int, found: str, **more: Any) -> dict[str, Any]:
    row = {
        "participant": code, "specificity": f"A*0{place + 1}:01", "hla_class": "I", "classification": found,
        "baseline_mfi": 100.0, "last_mfi": 1800.0, "batch": "B-1", "locus": "A", "above_threshold": False,
    }  # fmt: skip
    return row | more


def serum(code: str, side: str, positive: bool | None, **more: Any) -> dict[str, Any]:
    row = {
        "participant": code, "planned_day": 0 if side == "before" else 14, "hla_class": "I", "side": side,
        "is_valid": True, "is_positive": positive, "lot": "013", "run": "R1", "treatment": "EDTA", "conjugate": "IgG",
        "is_comparable": None if side == "before" else True, "same_run": None if side == "before" else False,
    }  # fmt: skip
    return row | more


@pytest.fixture(scope="module")
def frames() -> Any:
    return make_frames(
        participants=[make_participant(code, code[0]) for code in CLASSES],
        dsa_findings=[
            finding(code, place, found)
            for code, classes in CLASSES.items()
            for place, found in enumerate(classes)
        ],
        antibody_sera=[
            serum("A1", "before", positive=False), serum("A1", "after", positive=True),
            serum("A2", "before", positive=None), serum("A3", "before", positive=None, is_valid=False),
            serum("B1", "after", positive=False), serum("B1", "after", positive=None, run="R2"),
        ],
    )  # fmt: skip


def test_indeterminate_and_not_evaluable_leave_the_denominator(frames: Any) -> None:
    table = antibody_responses(frames, make_plan())

    assert counts(table, "de_novo") == {"A": (1, 2), "B": (0, 1), "total": (1, 3)}
    assert counts(table, "preformed") == {"A": (1, 2), "B": (0, 2), "total": (1, 4)}
    assert counts(table, "indeterminate") == {"A": (1, 3), "B": (1, 3), "total": (2, 6)}
    assert counts(table, "boosted") == {"A": (1, 2), "B": (0, 2), "total": (1, 4)}
    limits = cell(table, "de_novo", arm="A")
    assert (round(limits["ci_low"], 4), round(limits["ci_high"], 4)) == (0.0126, 0.9874)


def test_any_anti_hla_is_asked_in_both_arms_and_grey_is_not_no(frames: Any) -> None:
    table = antibody_responses(frames, make_plan())

    assert counts(table, "any_anti_hla_before", level="I") == {"A": (0, 1), "B": (0, 0), "total": (0, 1)}
    assert counts(table, "any_anti_hla_after", level="I") == {"A": (1, 1), "B": (0, 0), "total": (1, 1)}
    assert counts(table, "tested", level="D0") == {"A": (2, 4), "B": (0, 3), "total": (2, 7)}


def test_batches_have_the_same_rows_in_both_arms(frames: Any) -> None:
    table = antibodies_by_batch(frames, make_plan())

    assert counts(table, "de_novo", level="B-1, A") == {"A": (1, 2), "B": (0, 1), "total": (1, 3)}


def test_targets_list_every_class_but_negative(frames: Any) -> None:
    rows = antibody_targets(frames, make_plan())["rows"]

    assert [(row["participant"], row["classification"]) for row in rows] == [
        ("A1", "DE_NOVO"), ("A2", "PREFORMED_BOOSTED"), ("A3", "INDETERMINATE_GREY"), ("B2", "DE_NOVO_UNCONFIRMED"),
        ("B3", "NEGATIVE_NO_FOLLOWUP"),
    ]  # fmt: skip
    assert rows[0]["fold"] == 18.0


def test_assays_say_what_could_be_compared(frames: Any) -> None:
    table = antibody_assays(frames, make_plan())

    assert counts(table, "valid") == {"A": (3, 4), "B": (2, 2), "total": (5, 6)}
    assert counts(table, "same_run") == {"A": (0, 1), "B": (0, 2), "total": (0, 3)}
    assert counts(table, "comparable") == {"A": (1, 1), "B": (2, 2), "total": (3, 3)}


@pytest.mark.parametrize("make", TABLES, ids=lambda make: make.__name__)
def test_an_open_report_has_none_of_it(frames: Any, make: Any) -> None:
    table = make(frames, make_plan().opened())

    assert (table["cells"], table.get("rows")) == ([], None)
