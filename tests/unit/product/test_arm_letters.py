"""The letters of the coded arms: drawn by chance alone, once, stable."""

from collections import Counter
from itertools import permutations
from random import Random

import pytest

from product.rules.arm_letters import drawn_letters

DRAWS = 6000
THREE = ("CELLS", "LOW", "PLACEBO")


@pytest.mark.parametrize("order", list(permutations(THREE)))
def test_every_key_is_as_likely_whatever_the_order_of_the_arms(order: tuple[str, ...]) -> None:
    """Chi-square over the six keys, 5 degrees of freedom.

    20.5 is exceeded once in 1000 by a fair draw (seeds are fixed).
    """
    keys = Counter(tuple(sorted(drawn_letters(order, {}, Random(seed)).items())) for seed in range(DRAWS))

    expected = DRAWS / 6
    assert len(keys) == 6
    assert sum((count - expected) ** 2 / expected for count in keys.values()) < 20.5


def test_first_arm_of_the_protocol_is_a_in_half_of_the_keys() -> None:
    """Two-sided 99.9 % limits of 3000 of 6000."""
    first_is_a = sum(drawn_letters(("X", "Y"), {}, Random(seed))["X"] == "A" for seed in range(DRAWS))

    assert 2873 <= first_is_a <= 3127


def test_letters_once_drawn_stay() -> None:
    taken = {"CELLS": "B", "PLACEBO": "A"}

    assert drawn_letters(("PLACEBO", "CELLS"), taken, Random(1)) == {}
    assert drawn_letters(("PLACEBO", "NEW", "CELLS"), taken, Random(1)) == {"NEW": "C"}


def test_more_arms_than_letters_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        drawn_letters([f"ARM{number}" for number in range(27)], {}, Random(1))
