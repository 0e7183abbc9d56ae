"""Line data whose margins are those of the paper's Table 5 (Crit Care 2022;26:48, CC BY 4.0)."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.unit.reports.snapshots import ROOT, make_event, make_participant

PRINTED = ROOT / "docs" / "table-5-printed.csv"
"""The table as printed: facts, one line per row and arm, labels prefixed with the window."""

ARMS = {"UC-MSC": "A", "Placebo": "B"}
TREATED = {"A": 21, "B": 24}
WINDOW_DAYS = {"D0-D14": 7, "after D14": 20}
GRADES = {f"Grade {grade}": grade for grade in range(1, 5)}
SEVERITIES = {f"Severity {word}": word.upper() for word in ("Mild", "Moderate", "Severe")}
CAUSES = {
    "Possible": "POSSIBLE",
    "Other treatment": "OTHER_TREATMENT",
    "Other disease": "OTHER_DISEASE",
    "COVID-19 progression": "COVID_19_PROGRESSION",
    "Other causes": "OTHER_CAUSES",
    "Undetermined": "UNDETERMINED",
}
RELATED = {f"Related to: {label}": code for label, code in CAUSES.items()}


@dataclass(frozen=True)
class PrintedCell:
    """One cell of the printed table."""

    window: str
    row: str
    arm: str
    count: int
    denominator: int
    percent: Decimal
    p_value: str


def printed_cells() -> list[PrintedCell]:
    with PRINTED.open(newline="", encoding="utf-8") as file:
        return [_printed(line) for line in csv.DictReader(file)]


def _printed(line: dict[str, str]) -> PrintedCell:
    window, row = line["label"].split(": ", 1)
    arm = ARMS.get(line["arm"], "total")
    return PrintedCell(
        window,
        row,
        arm,
        int(line["count"]),
        int(line["denominator"]),
        Decimal(line["percent"]),
        line["p_value"],
    )


def table5_participants() -> list[dict[str, Any]]:
    return [make_participant(f"{arm}{i:02}", arm) for arm, size in TREATED.items() for i in range(size)]


def table5_events() -> list[dict[str, Any]]:
    """Events spread over the participants in turn; serious ones fall on as many participants as printed."""
    margins = {(c.window, c.row, c.arm): c.count for c in printed_cells()}
    numbered: dict[str, int] = {}
    events = []
    for window in WINDOW_DAYS:
        for arm in TREATED:
            for event in _events(window, arm, margins):
                numbered[event["participant"]] = numbered.get(event["participant"], 0) + 1
                events.append(event | {"event": numbered[event["participant"]]})
    return events


def _events(window: str, arm: str, margins: dict[tuple[str, str, str], int]) -> Iterator[dict[str, Any]]:
    total, people = margins[window, "AEs reported", arm], margins[window, "Subjects with AEs", arm]
    serious = _serious(
        total, people, margins[window, "Subjects with SAEs", arm], margins[window, "SAEs reported", arm]
    )
    spread = {
        name: _spread(total, {value: margins.get((window, row, arm), 0) for row, value in rows.items()})
        for name, rows in (("grade", GRADES), ("severity", SEVERITIES), ("causality", RELATED))
    }
    for i in range(total):
        values = {name: column[i] for name, column in spread.items()}
        yield make_event(f"{arm}{i % people:02}", day=WINDOW_DAYS[window], serious=i in serious, **values)


def _serious(total: int, people: int, serious_people: int, serious_events: int) -> set[int]:
    again = [i for i in range(people, total) if i % people < serious_people]
    return {*range(serious_people), *again[: serious_events - serious_people]}


def _spread(total: int, wanted: dict[Any, int]) -> list[Any]:
    values = [value for value, count in wanted.items() for _ in range(count)]
    return values + [None] * (total - len(values))
