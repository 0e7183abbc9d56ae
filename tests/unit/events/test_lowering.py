"""R10: which values count as lower, which may be over, and which stay."""

from typing import Any

import pytest

from events.rules.adverse_events import at_its_worst, check_lowering, lowered_fields
from events.rules.remarks import codes

WORST = {
    "grade": 3,
    "severity": "SEVERE",
    "serious": True,
    "hospitalisation": True,
    "life_threatening": None,
    "outcome": "NOT RECOVERED/NOT RESOLVED",
}


@pytest.mark.parametrize(
    ("new", "lowered"),
    [
        ({"grade": 2}, ("grade",)),
        ({"grade": None}, ("grade",)),
        ({"grade": 3}, ()),
        ({"grade": 4}, ()),
        ({"severity": "MODERATE"}, ("severity",)),
        ({"severity": ""}, ("severity",)),
        ({"serious": False, "hospitalisation": None}, ("serious", "hospitalisation")),
        ({"life_threatening": False}, ()),
        ({"outcome": "RECOVERED/RESOLVED"}, ()),
        ({"narrative": "", "ended": "2020-04-08"}, ()),
    ],
)
def test_lowered_is_what_says_less_of_how_bad_it_was(new: dict[str, Any], lowered: tuple[str, ...]) -> None:
    assert lowered_fields(WORST, new) == lowered


def test_a_fatal_outcome_is_lowered_by_every_other() -> None:
    assert lowered_fields({"outcome": "FATAL"}, {"outcome": "RECOVERED/RESOLVED"}) == ("outcome",)


@pytest.mark.parametrize(
    ("old", "new", "lowering", "refused"),
    [
        (WORST, {"grade": 2}, "", ("lowering_unanswered",)),
        (WORST, {"grade": 2}, "error", ()),
        (WORST, {"grade": 2}, "improved", ()),
        (WORST, {"grade": None}, "improved", ("lowering_without_grade",)),
        (WORST, {"grade": None}, "error", ()),
        (WORST, {"severity": "MILD"}, "improved", ()),
        (WORST, {"serious": False}, "improved", ("lowering_lasting",)),
        (WORST, {"serious": False, "hospitalisation": False}, "error", ()),
        ({"outcome": "FATAL"}, {"outcome": "RECOVERED/RESOLVED"}, "improved", ("lowering_lasting",)),
        ({"outcome": "FATAL"}, {"outcome": "RECOVERED/RESOLVED"}, "error", ()),
        ({"grade": 5}, {"grade": 4}, "improved", ("lowering_lasting",)),
        (WORST, {"grade": 4}, "", ()),
    ],
)
def test_lowering_is_an_error_or_an_end_of_the_worst(
    old: dict[str, Any], new: dict[str, Any], lowering: str, refused: tuple[str, ...]
) -> None:
    lowered = lowered_fields(old, new)

    assert codes(check_lowering(lowered=lowered, old=old, new=new, lowering=lowering)) == refused


def test_when_the_worst_is_over_it_stays_and_the_lower_grade_is_todays() -> None:
    new = {"grade": 2, "severity": "MILD", "narrative": "better"}

    kept = at_its_worst(lowered=("grade", "severity"), old=WORST, new=new, lowering="improved")

    assert kept == {"grade": 3, "severity": "SEVERE", "narrative": "better", "present_grade": 2}


def test_an_error_is_corrected() -> None:
    assert at_its_worst(lowered=("grade",), old=WORST, new={"grade": 2}, lowering="error") == {"grade": 2}
