"""The command's answers and exit statuses, and the page of the documentation that it writes."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from reports.tables.ae_overview import ae_overview
from tests.unit.reports.snapshots import ROOT, comparison, make_frames, make_plan
from tests.unit.reports.table5 import PRINTED, table5_events, table5_participants

HEADER = "label,arm,count,denominator,percent,p_value\n"
PAGE = ROOT / "docs" / "printed-and-computed.md"
PRINTED_DISTRIBUTIONS = {
    ("D0-D14", "ae_by_severity"): "0.99",
    ("D0-D14", "ae_by_grade"): "0.14",
    ("D0-D14", "ae_by_causality"): "0.41",
    ("after D14", "ae_by_severity"): "0.19",
    ("after D14", "ae_by_grade"): "0.18",
    ("after D14", "ae_by_causality"): "0.54",
}


def run(path: Path, output_format: str = "json") -> tuple[int, str]:
    output = StringIO()
    try:
        call_command("check_table", str(path), "--format", output_format, stdout=output)
    except SystemExit as leaving:
        return int(leaving.code or 0), output.getvalue()
    return 0, output.getvalue()


def test_clean_table_leaves_with_0(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(HEADER + "Row,A,18,21,85.7,0.47\nRow,B,18,24,75,\n")

    assert run(path) == (0, "[]\n")


def test_wrong_figures_leave_with_1_and_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(HEADER + "Grade 4,A,4,47,12.5,<0.001\nGrade 4,B,3,48,6.3,\n")

    status, output = run(path)

    assert status == 1
    assert json.loads(output) == [
        {"label": "Grade 4", "arm": "A", "kind": "percent", "printed": 12.5, "computed": 8.5, "test": None},
        {
            "label": "Grade 4", "arm": None, "kind": "p_value", "printed": "<0.001", "computed": 0.7145,
            "test": "fisher",
        },
    ]  # fmt: skip


def test_p_value_with_yatess_correction_is_right(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(HEADER + "Row,A,18,21,,0.601\nRow,B,18,24,,\n")

    assert run(path) == (0, "[]\n")


def test_text_says_what_is_printed_and_what_is_computed() -> None:
    status, output = run(PRINTED, "text")

    assert status == 1
    assert "D0-D14: Grade 4, UC-MSC: percent printed 12.5, computed 8.5" in output
    assert output.endswith("99 lines checked. 6 of the figures cannot be right.\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read"),
        (b"", "Line 1: the file is empty"),
        (HEADER.encode() + b"R,A,3,2,1,\n", "Line 2, count: 3"),
    ],
)
def test_unusable_file_leaves_with_2_and_one_sentence(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "table.csv"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CommandError, match=message) as refusal:
        run(path)

    assert refusal.value.returncode == 2
    assert "\n" not in str(refusal.value)


def test_page_holds_what_the_command_finds_in_the_papers_table() -> None:
    _, output = run(PRINTED, "markdown")

    assert output.strip() in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("window", "measure"), sorted(PRINTED_DISTRIBUTIONS))
def test_page_holds_the_computed_p_values_of_distributions(window: str, measure: str) -> None:
    frames = make_frames(participants=table5_participants(), adverse_events=table5_events())
    found = comparison(ae_overview(frames, make_plan()), measure, window=window, level=None)

    test = found["test"].replace("_", "-").replace("freeman-halton", "Freeman–Halton")
    name = {"ae_by_severity": "Severity", "ae_by_grade": "Grade", "ae_by_causality": "Cause"}[measure]
    printed = PRINTED_DISTRIBUTIONS[window, measure]
    assert f"| {window}: {name} | {printed} | {found['p_value']:.4f} | {test} |" in PAGE.read_text(
        encoding="utf-8"
    )
