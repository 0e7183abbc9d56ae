"""The axis of a strip in a profile has numbers that a reader can read."""

import pytest

from reports.rendering.figures.profile import strip_ticks


@pytest.mark.parametrize(
    "values", [[], [0.0, 0.0], [0.0, 1.6e-13], [-1e-13, 1e-13], [0.0, 4.0, 9.5], [88.0, 88.0 + 1e-12], [0.4]]
)
def test_strip_has_at_least_two_readable_ticks_and_none_below_zero(values: list[float]) -> None:
    ticks = strip_ticks(values)

    assert len(ticks) >= 2
    assert all(tick == 0 or tick > 0.01 for tick in ticks)
    assert ticks[0] <= min(values, default=0) + 1e-6
    assert ticks[-1] >= max(values, default=0) - 1e-6
