"""Expectedness in reports: derived as in the safety case, from the version in force at onset; never entered."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from events.rules.ctcae import Term
from pharmacovigilance.rules.expectedness import ListedTerm, RsiFacts
from reports.queries.adverse_events import ReferenceSafety, event_expectedness

HYPOTENSION = Term("10021097", "Vascular disorders", "Hypotension", (1, 2, 3, 4, 5))
OTHER = Term("10047065", "Vascular disorders", "Vascular disorders - Other, specify", (1, 2, 3, 4, 5))
LISTED = ListedTerm("CTCAE-5.0", "10021097", "Hypotension", 3)
RSI = RsiFacts("1", date(2020, 1, 1), (LISTED,))
ONSET = datetime(2020, 4, 7, 12, tzinfo=UTC)


def event(**changes: Any) -> dict[str, Any]:
    plain = {
        "specify": "", "dictionary_term": "", "reported_term": "low blood pressure", "grade": 3, "outcome": "",
        "results_in_death": False, "onset_earliest_at": ONSET, "onset_latest_at": ONSET,
    }  # fmt: skip
    return plain | changes


@pytest.mark.parametrize(
    ("versions", "term", "row", "found"),
    [
        ((RSI,), HYPOTENSION, event(), "expected"),
        ((RSI,), HYPOTENSION, event(grade=4), "unexpected"),
        ((RSI,), HYPOTENSION, event(outcome="FATAL"), "unexpected"),
        ((RSI,), HYPOTENSION, event(grade=None), "not_assessed"),
        ((RSI,), HYPOTENSION, event(onset_earliest_at=None, onset_latest_at=None), "not_assessed"),
        ((RSI,), OTHER, event(specify="Hypotension"), "expected"),
        ((RSI,), OTHER, event(specify="Shock"), "unexpected"),
        ((RSI,), None, event(dictionary_term="Hypotension"), "unexpected"),
        ((RsiFacts("2", date(2020, 5, 1), (LISTED,)),), HYPOTENSION, event(), "not_assessed"),
        ((), HYPOTENSION, event(), "not_assessed"),
    ],
)
def test_expectedness_follows_from_the_version_in_force_at_onset(versions, term, row, found) -> None:
    assert event_expectedness(row, term, ReferenceSafety("5.0", versions), "Europe/Paris") == found
