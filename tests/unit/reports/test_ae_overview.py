"""The overview against the paper's Table 5, and what it does with missing values and other arms."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from biostatistics.rounding import percent
from biostatistics.two_samples import compared
from reports.tables import CodedArm
from reports.tables.ae_overview import ae_overview
from tests.unit.reports.snapshots import (
    cell,
    cells,
    comparison,
    counts,
    make_event,
    make_frames,
    make_participant,
    make_plan,
)
from tests.unit.reports.table5 import (
    GRADES,
    RELATED,
    SEVERITIES,
    PrintedCell,
    printed_cells,
    table5_events,
    table5_participants,
)

MEASURES = {
    "Subjects with AEs": "participants_with_ae",
    "AEs reported": "ae",
    "Subjects with SAEs": "participants_with_sae",
    "SAEs reported": "sae",
}
LEVELS = (
    {row: ("ae_by_severity", level) for row, level in SEVERITIES.items()}
    | {row: ("ae_by_grade", str(grade)) for row, grade in GRADES.items()}
    | {row: ("ae_by_causality", code) for row, code in RELATED.items()}
)


@pytest.fixture(scope="module")
def table5() -> dict[str, Any]:
    frames = make_frames(participants=table5_participants(), adverse_events=table5_events())
    return ae_overview(frames, make_plan())


@pytest.mark.parametrize("printed", printed_cells(), ids=lambda c: f"{c.window} {c.row} {c.arm}")
def test_table_5_has_the_papers_counts_and_the_right_percentages(
    printed: PrintedCell, table5: dict[str, Any]
) -> None:
    measure, level = LEVELS.get(printed.row, (MEASURES.get(printed.row, ""), None))

    found = cell(table5, measure, window=printed.window, level=level, arm=printed.arm)

    assert (found["count"], found["denominator"]) == (printed.count, printed.denominator)
    assert found["percent"] == percent(printed.count, printed.denominator)


@pytest.mark.parametrize(
    ("window", "measure", "p_value", "test"),
    [
        ("D0-D14", "participants_with_ae", 0.4689, "fisher"),
        ("D0-D14", "participants_with_sae", 0.7869, "chi_square"),
        ("D0-D14", "sae", 0.2941, "chi_square"),
        ("D0-D14", "ae_by_severity", 0.9891, "chi_square"),
        ("D0-D14", "ae_by_grade", 0.1350, "freeman_halton"),
        ("D0-D14", "ae_by_causality", 0.3179, "freeman_halton"),
        ("after D14", "participants_with_ae", 0.7144, "chi_square"),
        ("after D14", "participants_with_sae", 1.0, "fisher"),
        ("after D14", "sae", 1.0, "fisher"),
        ("after D14", "ae_by_severity", 0.2301, "freeman_halton"),
        ("after D14", "ae_by_grade", 0.1832, "freeman_halton"),
        ("after D14", "ae_by_causality", 0.5321, "freeman_halton"),
    ],
)
def test_table_5_has_the_p_values_of_the_rule(
    window: str, measure: str, p_value: float, test: str, table5: dict[str, Any]
) -> None:
    found = comparison(table5, measure, window=window, level=None)

    assert (round(found["p_value"], 4), found["test"]) == (p_value, test)
    assert (found["arm"], found["reference"]) == ("A", "B")


def test_table_5_has_differences_with_newcombes_limits(table5: dict[str, Any]) -> None:
    found = comparison(table5, "participants_with_ae", window="D0-D14")

    assert [round(found[name], 4) for name in ("risk_difference", "ci_low", "ci_high")] == [
        0.1071,
        -0.1343,
        0.3268,
    ]
    assert found["ci_method"] == "newcombe"


def test_shares_of_all_events_are_not_compared(table5: dict[str, Any]) -> None:
    assert [c for c in table5["comparisons"] if c["measure"] == "ae"] == []


def test_missing_grades_have_a_count_and_no_percent(table5: dict[str, Any]) -> None:
    found = cell(table5, "ae_by_grade", window="D0-D14", level="MISSING", arm="A")

    assert (found["count"], found["denominator"], found["percent"]) == (2, None, None)


def test_zero_has_its_limits_and_so_has_a_full_count(table5: dict[str, Any]) -> None:
    zero = cell(table5, "ae_by_grade", window="D0-D14", level="5", arm="A")
    full = cell(table5, "ae", window="D0-D14", arm="total")

    assert zero["ci_low"] == 0
    assert 0 < zero["zero_upper_limit"] < zero["ci_high"] < 0.1
    assert full["ci_high"] == 1
    assert 0.9 < full["ci_low"] < 1


def test_worst_grade_counts_a_participant_once_at_the_highest() -> None:
    frames = make_frames(
        participants=[make_participant(code, "A") for code in "1234"],
        adverse_events=[
            make_event("1", 1, grade=2), make_event("1", 2, grade=4), make_event("1", 3, grade=None),
            make_event("2", 1, grade=None), make_event("3", 1, grade=1), make_event("3", 2, grade=1),
        ],
    )  # fmt: skip

    table = ae_overview(frames, make_plan())

    found = {
        c["level"]: c["count"] for c in cells(table, "participants_by_worst_grade", window="D0-D14", arm="A")
    }
    assert found == {"1": 1, "2": 0, "3": 0, "4": 1, "5": 0, "MISSING": 1}
    missing = cell(table, "participants_by_worst_grade", window="D0-D14", level="MISSING", arm="A")
    assert (missing["denominator"], missing["percent"]) == (4, None)


def test_unknown_seriousness_is_not_serious_and_is_said() -> None:
    frames = make_frames(
        participants=[make_participant("1")],
        adverse_events=[make_event("1", 1, serious=None), make_event("1", 2, serious=False)],
    )

    table = ae_overview(frames, make_plan())

    assert cell(table, "sae", window="D0-D14", arm="A")["count"] == 0
    assert any(
        "1 adverse events it is not recorded whether they are serious" in note for note in table["notes"]
    )


def test_untreated_participants_and_their_events_are_not_counted() -> None:
    frames = make_frames(
        participants=[make_participant("1"), make_participant("2", treated=False)],
        adverse_events=[make_event("1"), make_event("2")],
    )

    table = ae_overview(frames, make_plan())

    assert counts(table, "participants_with_ae", window="D0-D14") == {
        "A": (1, 1),
        "B": (0, 0),
        "total": (1, 1),
    }
    assert any(note.startswith("1 adverse events of participants outside") for note in table["notes"])


def test_safety_flag_as_given_decides_who_is_treated() -> None:
    frames = make_frames(
        participants=[
            make_participant("1", treated=True, safety_population=False),
            make_participant("2", treated=False, safety_population=True),
        ],
        adverse_events=[make_event("1"), make_event("2", 1), make_event("2", 2)],
    )

    table = ae_overview(frames, make_plan())

    assert counts(table, "participants_with_ae", window="D0-D14")["A"] == (1, 1)
    assert counts(table, "ae", window="D0-D14")["A"] == (2, 2)


def test_nobody_treated_gives_no_percent_and_no_comparison_figures() -> None:
    frames = make_frames(participants=[make_participant("1", treated=False)], adverse_events=[])

    table = ae_overview(frames, make_plan())

    found = cell(table, "participants_with_ae", window="D0-D14", arm="A")
    assert (found["count"], found["denominator"], found["percent"], found["ci_high"]) == (0, 0, None, None)
    assert comparison(table, "participants_with_ae", window="D0-D14")["p_value"] is None


def test_participant_without_an_arm_counts_in_the_total_only() -> None:
    frames = make_frames(
        participants=[make_participant("1", "A"), make_participant("2", None)],
        adverse_events=[make_event("1"), make_event("2")],
    )

    table = ae_overview(frames, make_plan())

    assert counts(table, "participants_with_ae", window="D0-D14") == {
        "A": (1, 1),
        "B": (0, 0),
        "total": (2, 2),
    }


def test_every_pair_of_three_arms_is_compared() -> None:
    arms = (
        CodedArm("A", is_reference=False),
        CodedArm("B", is_reference=True),
        CodedArm("C", is_reference=False),
    )
    sizes = {"A": (12, 3), "B": (11, 1), "C": (10, 8)}
    people = [make_participant(f"{arm}{i}", arm) for arm, (size, _) in sizes.items() for i in range(size)]
    events = [make_event(f"{arm}{i}") for arm, (_, affected) in sizes.items() for i in range(affected)]

    table = ae_overview(make_frames(participants=people, adverse_events=events), make_plan(arms))

    for arm, reference in (("A", "B"), ("C", "B"), ("A", "C")):
        found = comparison(table, "participants_with_ae", window="D0-D14", arm=arm, reference=reference)
        (n, x), (m, y) = sizes[arm], sizes[reference]
        tested = compared(*(np.array([number]) for number in (x, n, y, m)))
        assert found["p_value"] == pytest.approx(tested.p_values[0])
        assert found["risk_difference"] == pytest.approx(x / n - y / m)
    assert {(c["arm"], c["reference"]) for c in table["comparisons"]} == {("A", "B"), ("C", "B"), ("A", "C")}


def test_other_line_data_with_other_margins_count_one_by_one() -> None:
    """A second, slow way to count: one event after the other."""
    people = [make_participant(f"{i:03}", "AB"[i % 2], treated=i % 7 != 0) for i in range(60)]
    events = list(_scattered_events())
    frames = make_frames(participants=people, adverse_events=events)

    table = ae_overview(frames, make_plan())

    arm_of = {p["participant"]: p["arm"] for p in people if p["treated"]}
    for arm in "AB":
        own = [e for e in events if arm_of.get(e["participant"]) == arm and 15 <= e["onset_latest_day"] <= 28]
        assert cell(table, "ae", window="after D14", arm=arm)["count"] == len(own)
        with_any = len({e["participant"] for e in own})
        assert cell(table, "participants_with_ae", window="after D14", arm=arm)["count"] == with_any
        for grade in (1, 2, 3, 4, 5):
            of_grade = sum(e["grade"] == grade for e in own)
            found = cell(table, "ae_by_grade", window="after D14", level=str(grade), arm=arm)
            assert (found["count"], found["denominator"]) == (
                of_grade,
                sum(e["grade"] is not None for e in own),
            )


def _scattered_events() -> Iterator[dict[str, Any]]:
    for i in range(240):
        grade = (None, 1, 2, 3, 4, 5)[(i * 5 + i // 11) % 6]
        yield make_event(f"{(i * 7) % 60:03}", i, day=(i * 13) % 37 - 3, grade=grade, serious=i % 5 == 0)
