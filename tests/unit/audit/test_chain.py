"""The hashed text, and cells that a spreadsheet must not run."""

import json

import pytest

from audit.rules.chain import EntryLine, block_sha256, canonical_line, exchanged, line_sha256
from audit.rules.spreadsheet import harmless

LINE = EntryLine(
    id=7,
    at="2026-03-01T08:00:00.000000Z",
    written_at="2026-03-01T08:00:01.000000Z",
    actor_id=3,
    actor_label="nurse.01",
    reason='typing "error" | \\ é',
    request_id="",
    trial_id=None,
    table_name="trials_site",
    row_id=1,
    change="INSERT",
    old=None,
    new='{"id": 1, "weight": 71.50}',
    sealed=False,
)
BLOCK = {
    "number": 2,
    "made_at": "2026-03-01T08:01:00.000000Z",
    "sealed": False,
    "trial_id": 1,
    "previous": "0" * 64,
    "entries": [(1, "a" * 64), (2, "b" * 64)],
}


def test_canonical_line_is_json_with_its_keys_in_order() -> None:
    text = canonical_line(LINE)

    content = json.loads(text)
    assert list(content) == sorted(content, key=lambda name: (len(name), name))
    assert content == {**LINE._asdict(), "old": None, "new": {"id": 1, "weight": 71.5}}
    assert '"weight": 71.50' in text
    assert "é" in text


@pytest.mark.parametrize("name", [name for name in EntryLine._fields if name not in ("old", "new")])
def test_no_field_can_change_without_the_hash(name: str) -> None:
    value = getattr(LINE, name)
    another = (not value) if isinstance(value, bool) else f"{value}1" if isinstance(value, str) else 99

    assert line_sha256(LINE._replace(**{name: another})) != line_sha256(LINE)


def test_what_stands_in_two_fields_cannot_be_moved_between_them() -> None:
    """With a separator between them the two would have the same text."""
    one = LINE._replace(actor_label="a|b", reason="c")
    other = LINE._replace(actor_label="a", reason="b|c")

    assert line_sha256(one) != line_sha256(other)


@pytest.mark.parametrize(
    "change",
    [
        {"number": 3},
        {"made_at": "2026-03-01T08:01:00.000001Z"},
        {"sealed": True},
        {"trial_id": None},
        {"previous": "1" * 64},
        {"entries": [(2, "b" * 64), (1, "a" * 64)]},
        {"entries": [(1, "a" * 64)]},
    ],
)
def test_no_part_of_a_block_can_change_without_its_hash(change: dict[str, object]) -> None:
    assert block_sha256(**{**BLOCK, **change}) != block_sha256(**BLOCK)


def test_exchanged_entries_are_told_from_changed_ones() -> None:
    first, second, third = (LINE._replace(id=number, reason=f"reason {number}") for number in (1, 2, 3))
    sealed = {line.id: line_sha256(line) for line in (first, second, third)}
    now = [second._replace(id=1), first._replace(id=2), third._replace(reason="forged")]

    assert exchanged(now, sealed) == {1: 2, 2: 1}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1"])
def test_formulas_are_disarmed(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "typing error", "a=b", "1-2", "'quoted"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
