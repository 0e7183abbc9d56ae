"""The possible times of an event's begin, and whether they are at or after the first infusion."""

from datetime import datetime
from typing import Any

import pytest

from events.rules.adverse_events import EventFacts, EventSpans, is_treatment_emergent, spans_of_event
from partial_dates import Span
from tests.unit.events.event_facts import moment

FIRST_DOSE = "2020-04-06T14:00"
RECORDED = moment("2020-06-01").latest


def spans(
    *,
    death: str | None = None,
    withdrawn: str | None = None,
    known_at: datetime | None = RECORDED,
    **dates: str,
) -> EventSpans:
    facts = EventFacts(**{name: moment(text) for name, text in dates.items()})
    participant = [moment(text).latest for text in (death, withdrawn) if text]
    return spans_of_event(facts, participant=participant, known_at=known_at)


def span(first: str | None, last: str | None) -> Span:
    return Span(moment(first).earliest if first else None, moment(last).latest if last else None)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"onset": "2020", "ended": "2020-04-21"}, ("2020", "2020-04-21")),
        ({"onset": "2020", "ended": "2020-05", "death": "2020-04-21"}, ("2020", "2020-04-21")),
        ({"onset": "2020", "withdrawn": "2020-04-20"}, ("2020", "2020-04-20")),
        ({"onset": "2020", "worsened": "2020-04-10"}, ("2020", "2020-04-10")),
        ({"onset": "2020"}, ("2020", "2020-06-01")),
        ({"onset": "2020-04-06"}, ("2020-04-06", "2020-04-06")),
        ({"onset": "2020-04", "ended": "2020-03"}, ("2020-04", "2020-04")),  # contradictory: as given
        ({"ended": "2020-04-05"}, (None, "2020-04-05")),
        ({"death": "2020-04-21"}, (None, "2020-04-21")),
        ({}, (None, None)),  # the time of recording alone makes no date
    ],
)
def test_onset_is_cut_to_everything_that_bounds_it(
    given: dict[str, str], expected: tuple[str | None, str | None]
) -> None:
    assert spans(**given).onset == span(*expected)


def test_awareness_bounds_the_onset() -> None:
    aware = moment("2020-04-09T10:00").earliest
    facts = EventFacts(onset=moment("2020-04"), aware_at=aware)

    assert spans_of_event(facts, participant=(), known_at=RECORDED).onset == Span(
        moment("2020-04").earliest, aware
    )


def test_end_and_worsening_lie_between_onset_and_death() -> None:
    found = spans(onset="2020-04-08", worsened="2020", ended="2020", death="2020-04-21")

    assert found.worsened == span("2020-04-08", "2020-04-21")
    assert found.ended == span("2020-04-08", "2020-04-21")
    assert spans(onset="2020-04-08").ended == Span(None, None)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"onset": "2020-04-06T13:59"}, False),
        ({"onset": "2020-04-06T14:00"}, True),
        ({"onset": "2020-04-06"}, True),
        ({"onset": "2020-04-05"}, False),
        ({"onset": "2020-04"}, True),
        ({"onset": "2019"}, False),
        ({"onset": "2020", "ended": "2020-04-05"}, False),
        ({"onset": "2020-04-06", "ended": "2020-04-06T13:00"}, False),
        ({"onset": "2020-04-06", "ended": "2020-04-06T14:00"}, True),
        ({"onset": "2020-04", "ended": "2020-03-01"}, True),  # contradictory: nothing excludes it
        ({"onset": "2020", "death": "2020-04-05"}, False),
        ({"onset": "2019", "worsened": "2020-04-06T14:00"}, True),
        ({"onset": "2019", "worsened": "2020-04-05"}, False),
        ({"onset": "2019", "worsened": "2020", "ended": "2020-04-05"}, False),
        ({}, True),
        ({"ended": "2020-04-05"}, False),
        ({"ended": "2020-04-07"}, True),
    ],
)
def test_emergent_is_what_may_have_begun_or_worsened_at_or_after_the_first_infusion(
    dates: dict[str, Any], expected: bool
) -> None:
    first = moment(FIRST_DOSE).earliest

    answer = is_treatment_emergent(spans(**dates), given=None, first_infusion=first, is_treated=True)

    assert answer is expected


@pytest.mark.parametrize("given", [True, False])
@pytest.mark.parametrize("onset", ["2019", "2021"])
def test_flag_of_the_source_is_honoured(given: bool, onset: str) -> None:
    first = moment(FIRST_DOSE).earliest

    assert (
        is_treatment_emergent(spans(onset=onset), given=given, first_infusion=first, is_treated=True) is given
    )


def test_untreated_have_no_emergent_event_and_an_undated_infusion_excludes_none() -> None:
    early = spans(onset="2019")

    assert is_treatment_emergent(early, given=None, first_infusion=None, is_treated=False) is False
    assert is_treatment_emergent(early, given=None, first_infusion=None, is_treated=True) is True
