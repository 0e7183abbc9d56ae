import pytest

from reports.rules.looks import due_looks

PLANNED = (10, 20, 40)


@pytest.mark.parametrize(
    ("enrolled", "reported", "owed"),
    [
        (0, (), ()),
        (9, (), ()),
        (10, (), (10,)),
        (11, (), (10,)),
        (19, (10,), ()),
        (20, (), (10, 20)),
        (47, (), (10, 20, 40)),
        (47, (20,), (10, 40)),
        (47, (40, 20, 10), ()),
        (9, (10,), ()),
        (47, (10, 15), (20, 40)),
    ],
)
def test_due_looks_are_those_reached_and_not_reported(
    enrolled: int, reported: tuple[int, ...], owed: tuple[int, ...]
) -> None:
    assert due_looks(enrolled, reported, PLANNED) == owed


def test_due_looks_come_in_order_and_once_each() -> None:
    assert due_looks(50, (), (40, 10, 40, 20)) == (10, 20, 40)


@pytest.mark.parametrize(
    ("enrolled", "planned", "word"), [(-1, (10,), "enrolled -1"), (5, (0, 10), "planned 0")]
)
def test_due_looks_refuse_impossible_numbers(enrolled: int, planned: tuple[int, ...], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        due_looks(enrolled, (), planned)
