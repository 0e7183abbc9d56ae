"""R10: the effect of a correction, and the reasons to refuse it."""

from typing import Any

import pytest

from events.rules.adverse_events import changed_fields, check_correction, reason_missing
from events.rules.remarks import codes


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ({}, ()),
        ({"grade": 2}, ()),
        ({"grade": 3}, ("grade",)),
        ({"grade": None}, ("grade",)),
        ({"outcome": "", "grade": 2}, ()),
        ({"serious": False}, ("serious",)),
        ({"outcome": "FATAL", "grade": 5}, ("outcome", "grade")),
    ],
)
def test_changed_fields_are_those_that_differ_in_their_order(
    new: dict[str, Any], expected: tuple[str, ...]
) -> None:
    old = {"grade": 2, "outcome": "", "serious": None}

    assert changed_fields(old, new) == expected


@pytest.mark.parametrize(
    ("changed", "reason", "seen", "current", "expected"),
    [
        (("grade",), "typing error", 3, 3, ()),
        (("grade",), "typing error", 2, 3, ("version_is_old",)),
        (("grade",), "typing error", 4, 3, ("version_is_old",)),
        ((), "typing error", 3, 3, ("nothing_changed",)),
        (("grade",), " ", 3, 3, ("reason_missing",)),
        ((), "", 3, 3, ("nothing_changed", "reason_missing")),
        ((), "", 2, 3, ("version_is_old",)),
    ],
)
def test_correction_needs_the_current_version_a_change_and_a_reason(
    changed: tuple[str, ...], reason: str, seen: int, current: int, expected: tuple[str, ...]
) -> None:
    remarks = check_correction(changed=changed, reason=reason, expected_version=seen, current_version=current)

    assert codes(remarks) == expected


def test_missing_reason_names_the_act() -> None:
    assert str(reason_missing("void")) == "Reason: empty; a void needs a reason that others can follow (R10)."
