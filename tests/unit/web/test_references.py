"""References: one for each number, none that tells the number."""

from itertools import pairwise
from typing import Any

import pytest

from safety_monitor.references import number_of, reference_of

NUMBERS = (0, 1, 2, 41, 2**31, 2**63 - 1, 2**64 - 1)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_reference_leads_back_to_its_number(number: int) -> None:
    assert number_of(reference_of(number)) == number


def test_references_are_of_one_length_and_all_different() -> None:
    references = {reference_of(number) for number in range(2000)}

    assert {len(reference) for reference in references} == {16}
    assert len(references) == 2000


def test_references_of_neighbours_tell_neither_order_nor_distance() -> None:
    """A third of the neighbours or more go down: a counter, or anything that keeps order, would have none."""
    references = [reference_of(number) for number in range(500)]

    descents = sum(later < earlier for earlier, later in pairwise(references))

    assert 150 < descents < 350


@pytest.mark.parametrize("text", ["", "1", "17", "g" * 16, "0" * 15, "0" * 17, "A" * 16, "0" * 16 + "\n"])
def test_what_is_no_reference_leads_nowhere(text: str) -> None:
    assert number_of(text) is None


def test_another_key_gives_other_references(settings: Any) -> None:
    before = reference_of(7)
    settings.SECRET_KEY = "another key, for this test alone"

    assert reference_of(7) != before
