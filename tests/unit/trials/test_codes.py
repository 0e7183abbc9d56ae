"""A participant's code is stored as on the screening log."""

import pytest

from trials.rules.codes import plain_code


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("07-012", "07-012"),
        (" 07 - 012 ", "07-012"),
        ("07\u2013012", "07-012"),
        ("07\u2212012\u00a0", "07-012"),
        ("\uff10\uff17\uff0d\uff10\uff11\uff12", "07-012"),
        ("S/7.b_2", "S/7.b_2"),
        (" \u202f", ""),
    ],
)
def test_code_is_kept_without_what_pasting_adds(typed: str, kept: str) -> None:
    assert plain_code(typed) == kept
