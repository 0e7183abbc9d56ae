"""False-discovery flags against Benjamini and Hochberg's and Mehrotra's published examples, and by stepping down."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.stats import false_discovery_control

from biostatistics.discoveries import benjamini_hochberg, double_false_discovery

# Benjamini and Hochberg 1995, section 4.1: thrombolysis after myocardial infarction, 15 comparisons.
THROMBOLYSIS = np.array(
    [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
)  # fmt: skip
# R package c212, ?c212.DFDR (after Mehrotra and Adewale 2012): 17 events in 4 classes, 10 flagged at 0.05.
CLASSES = np.array([1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4])
EVENTS = np.array(
    [0.135005, 0.01, 0.001, 0.005, 0.153501, 0.02, 0.0013, 0.0023, 0.011, 0.023, 0.016, 0.0109,
     0.559111, 0.751986, 0.308339, 0.837154, 0.325882]
)  # fmt: skip


def test_the_first_four_of_fifteen_are_discoveries() -> None:
    assert (benjamini_hochberg(THROMBOLYSIS) <= 0.05).tolist() == [True] * 4 + [False] * 11


def test_double_flags_equal_the_published_ones() -> None:
    found = double_false_discovery(EVENTS, CLASSES, rate=0.05)

    flagged = [0.001, 0.0013, 0.0023, 0.005, 0.01, 0.0109, 0.011, 0.016, 0.02, 0.023]
    assert sorted(EVENTS[found.is_flagged].tolist()) == flagged


def test_a_small_p_value_in_a_class_that_stands_out_for_nothing_is_not_flagged() -> None:
    # Alone in its class 0.04 would pass; among 10 classes it does not.
    p_values, classes = np.array([0.04, *[0.9] * 9]), np.arange(10)

    found = double_false_discovery(p_values, classes)

    assert found.within_class[0] == 0.04
    assert found.of_class[0] == pytest.approx(0.4)
    assert not found.is_flagged.any()


def test_missing_p_values_are_no_comparisons() -> None:
    p_values = np.array([0.01, np.nan, 0.03, np.nan])

    assert benjamini_hochberg(p_values)[[0, 2]].tolist() == [0.02, 0.03]
    found = double_false_discovery(p_values, np.array([0, 0, 1, 2]))
    assert found.is_flagged.tolist() == [True, False, True, False]
    assert np.isnan(found.of_class[3])
    assert np.isnan(benjamini_hochberg(np.array([np.nan]))).all()


def test_impossible_p_values_are_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        benjamini_hochberg(np.array([1.2]))
    with pytest.raises(ValueError, match="one per p-value"):
        double_false_discovery(np.array([0.5]), np.array([1, 2]))


@settings(max_examples=60, deadline=None)
@given(some.lists(some.floats(0, 1), min_size=1, max_size=30), some.sampled_from([0.01, 0.05, 0.1, 0.25]))
def test_adjusted_values_reject_what_stepping_up_rejects(values: list[float], rate: float) -> None:
    p_values = np.array(values)
    ordered = np.sort(p_values)
    reached = np.flatnonzero(ordered <= rate * np.arange(1, len(values) + 1) / len(values) * (1 + 1e-12))
    limit = ordered[reached[-1]] if len(reached) else -1.0

    adjusted = benjamini_hochberg(p_values)

    assert adjusted == pytest.approx(false_discovery_control(p_values))
    assert ((adjusted <= rate * (1 + 1e-9)) == (p_values <= limit)).all()
    assert (adjusted >= p_values - 1e-15).all()
