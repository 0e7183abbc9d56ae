"""Expectedness: just below, at and above the listed grade; the version in force at onset; what is missing."""

from dataclasses import replace
from datetime import date

import pytest

from pharmacovigilance.rules.expectedness import ListedTerm, ReactionFacts, RsiFacts, expectedness

FEVER = ListedTerm("CTCAE-5.0", "10016558", "Fever", 3)
OLD = RsiFacts("1", date(2026, 1, 1), (FEVER,))
NEW = RsiFacts("2", date(2026, 6, 1), (replace(FEVER, worst_grade=2),))
DAY = date(2026, 3, 1)
REACTION = ReactionFacts("CTCAE-5.0", "10016558", "Fever", 3, False, DAY, DAY)


@pytest.mark.parametrize(
    ("changes", "expected", "assumed"),
    [
        ({"grade": 2}, True, False),
        ({"grade": 3}, True, False),
        ({"grade": 4}, False, False),
        ({"grade": None}, False, True),
        ({"grade": 3, "is_fatal": True}, False, False),
        ({"code": "10000001"}, False, False),
        ({"code": "", "term": "FEVER "}, True, False),
        ({"code": "", "term": "Fever with chills"}, False, False),
        ({"code": "", "term": ""}, False, True),
        ({"dictionary": "CTCAE-6.0"}, False, False),
        ({"onset_first": None, "onset_last": None}, False, True),
        ({"onset_first": date(2025, 12, 31), "onset_last": date(2025, 12, 31)}, False, True),
        ({"onset_first": date(2026, 1, 1), "onset_last": date(2026, 1, 1)}, True, False),
        ({"onset_first": date(2026, 5, 31), "onset_last": date(2026, 5, 31)}, True, False),
        ({"onset_first": date(2026, 6, 1), "onset_last": date(2026, 6, 1)}, False, False),
        ({"onset_first": date(2026, 5, 1), "onset_last": date(2026, 6, 30)}, False, False),
        ({"onset_first": date(2025, 12, 1), "onset_last": date(2026, 1, 31)}, False, True),
        ({"grade": 2, "onset_first": date(2026, 5, 1), "onset_last": date(2026, 6, 30)}, True, False),
    ],
)
def test_expectedness(changes: dict[str, object], expected: bool, assumed: bool) -> None:
    found = expectedness(replace(REACTION, **changes), [NEW, OLD])

    assert (found.expected, found.is_assumed) == (expected, assumed)


def test_no_reference_safety_information_is_unexpected_and_says_so() -> None:
    found = expectedness(REACTION, [])

    assert not found.expected
    assert found.is_assumed
    assert "no signed reference safety information" in str(found.reason)


def test_fatal_is_expected_only_when_death_is_listed() -> None:
    listed = replace(OLD, terms=(replace(FEVER, worst_grade=5),))

    assert expectedness(replace(REACTION, grade=5, is_fatal=True), [listed]).expected
    assert expectedness(replace(REACTION, grade=None, is_fatal=True), [listed]).expected


def test_the_reason_names_term_grade_and_version() -> None:
    found = expectedness(replace(REACTION, grade=4), [OLD])

    assert (
        str(found.reason)
        == "Unexpected: “Fever” is listed up to grade 3 in version 1, and the event has grade 4."
    )
