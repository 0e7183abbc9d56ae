import pytest

from interchange.rules import row_differences
from tests.unit.interchange.study_rows import ae, dataset


def test_same_records_agree_when_numbers_are_written_otherwise() -> None:
    one = dataset("ae", ae(AESEQ="1.0", AETOXGR="2"))
    other = dataset("ae", ae(AETOXGR="2.0", AESEQ="1"))

    found = row_differences(one, other)

    assert found == []


def test_differing_value_is_named_with_what_the_used_file_holds() -> None:
    found = row_differences(dataset("ae", ae(AEOUT="FATAL")), dataset("ae", ae(AEOUT="UNKNOWN")))

    assert [(bad.line, bad.variable, bad.value) for bad in found] == [(2, "AEOUT", "UNKNOWN")]
    assert "'FATAL'" in found[0].reason


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([ae(), ae(seq="2")], "1 records"),
        ([ae(AESPID="E1")], "only in one"),
    ],
    ids=["another record", "another column"],
)
def test_files_of_another_shape_differ(rows: list[dict[str, str]], reason: str) -> None:
    found = row_differences(dataset("ae", ae()), dataset("ae", *rows))

    assert reason in found[0].reason
