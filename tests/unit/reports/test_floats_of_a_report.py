"""A report's floats do not depend on the processor that computed them."""

import pytest

from reports.rendering.document import same_everywhere


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (0.34693541752365314, 0.346935417524),
        (0.3469354175236532, 0.346935417524),
        (1.23456789012345e-300, 1.23456789012e-300),
        (0.1 + 0.2, 0.3),
        (18, 18),
        (True, True),
        (None, None),
        ("0.34693541752365314", "0.34693541752365314"),
    ],
)
def test_float_is_rounded_and_nothing_else(value: object, kept: object) -> None:
    assert same_everywhere({"cells": [{"value": value}]}) == {"cells": [{"value": kept}]}
    assert type(same_everywhere(value)) is type(kept)
