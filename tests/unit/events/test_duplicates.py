"""Which events of a participant are likely one."""

from typing import Any

import pytest

from events.choices import Outcome
from events.rules.duplicates import are_likely_one, may_reopen, remarks_on_duplicates, traits_of
from events.rules.reconciliation import ReconciledEvent, ReconciledParticipant, reconcile
from tests.unit.events.event_facts import (
    HYPOTENSION,
    OTHER_CARDIAC,
    PLAN,
    SINUS_TACHYCARDIA,
    make_context,
    make_facts,
    moment,
)


def event(number: int = 1, synonyms: frozenset[str] = frozenset(), **given: Any) -> Any:
    dates = {name: given[name] and moment(given[name]) for name in ("onset", "ended") if name in given}
    plain = {
        "term": HYPOTENSION,
        "reported_term": f"words {number}",
        "onset": moment("2020-04-06"),
        "ended": None,
    }
    return traits_of(number, make_facts(**(plain | given | dates)), synonyms)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({}, {"onset": "2020-04-10"}, True),
        ({"ended": "2020-04-08"}, {"onset": "2020-04-07"}, True),
        ({"ended": "2020-04-08"}, {"onset": "2020-04-08"}, False),
        ({"ended": "2020-04-06"}, {"onset": "2020-04-06"}, True),
        ({"ended": "2020-04-08"}, {"onset": "2020-04-09"}, False),
        ({"ended": "2020-04-08"}, {"onset": "2020-04"}, True),
        ({"ended": "2020-04"}, {"onset": "2020-04-09"}, True),
        ({"ended": "2020-04"}, {"onset": "2020-05"}, False),
        ({"onset": None, "ended": None}, {}, True),
        ({}, {"term": SINUS_TACHYCARDIA}, False),
        (
            {"reported_term": "Low  pressure"},
            {"term": SINUS_TACHYCARDIA, "reported_term": "low pressure"},
            True,
        ),
        ({"term": OTHER_CARDIAC, "specify": "one"}, {"term": OTHER_CARDIAC, "specify": "two"}, False),
        ({"term": OTHER_CARDIAC, "specify": "one"}, {"term": OTHER_CARDIAC, "specify": "One"}, True),
        ({"term": None, "synonyms": frozenset({HYPOTENSION.code})}, {}, True),
    ],
)
def test_same_term_or_word_on_days_that_may_overlap(one: Any, other: Any, expected: bool) -> None:
    first, second = event(**one), event(2, **other)

    assert are_likely_one(first, second) is expected
    assert are_likely_one(second, first) is expected


def test_each_duplicate_is_named_once_unless_somebody_called_it_distinct() -> None:
    events = [event(1), event(2), event(3, distinct_because="after the second infusion"), event(4)]

    found = [(number, remark.params["other"]) for number, remark in remarks_on_duplicates(events)]

    assert found == [(2, 1), (4, 1)]


def test_reconciliation_lists_likely_duplicates() -> None:
    plain = make_facts(outcome=Outcome.NOT_RECOVERED, ended=None)

    records = tuple(ReconciledEvent(number, plain) for number in ("1", "2"))
    found = reconcile([ReconciledParticipant("07-012", make_context(), records)], plan=PLAN)

    assert [(one.code, one.event) for one in found] == [("likely_duplicate", "2")]
    assert "event 1" in found[0].sentence


@pytest.mark.parametrize(
    ("onset", "ended", "expected"),
    [
        ("2020-04-10", "2020-04-08", True),
        ("2020-04-08", "2020-04-08", True),
        ("2020-04", "2020-04-08", True),
        ("2020-04-07", "2020-04-08", False),
        ("2020-04-10", None, False),
    ],
)
def test_event_comes_back_after_one_that_ended(onset: str, ended: str | None, expected: bool) -> None:
    assert may_reopen(moment(onset), ended and moment(ended)) is expected
