"""`propose_grades FILE`: the contract of the answer, and what a wrong file gets."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

HEADING = (
    "case_id,version,unit_system,term,value,unit,lower_limit,upper_limit,"
    "baseline,baseline_indicator,high_indicator,other\n"
)


def answers(tmp_path: Path, *lines: str, heading: str = HEADING) -> list[dict[str, object]]:
    file = tmp_path / "results.csv"
    file.write_text(heading + "\n".join(lines), encoding="utf-8")
    out = StringIO()
    call_command("propose_grades", str(file), "--format", "json", stdout=out)
    answer: list[dict[str, object]] = json.loads(out.getvalue())
    return answer


def test_each_case_has_its_grades_and_its_rule(tmp_path: Path) -> None:
    first, second, third, fourth = answers(
        tmp_path,
        "A,5,SI,Anemia,79,g/L,140,,,,,x",
        "B,6,SI,Anemia,140,g/L,140,,,,,x",
        "C,5,SI,Hyponatremia,126,mmol/L,135,145,,,,x",
        "D,5,SI,Hypotension,60,mmHg,,,,,,x",
    )

    assert first == {"case_id": "A", "grades": [3], "rule": "Anemia, CTCAE v5.0: grade 3: < 80 g/L"}
    assert second["grades"] == [0]
    assert third["grades"] == [2, 3]
    assert (fourth["case_id"], fourth["grades"]) == ("D", [])
    assert "symptoms or treatment" in str(fourth["rule"])


def test_a_file_without_a_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="unit"):
        answers(tmp_path, "A,5,Anemia,79", heading="case_id,version,term,value\n")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("propose_grades", str(tmp_path / "none.csv"))
