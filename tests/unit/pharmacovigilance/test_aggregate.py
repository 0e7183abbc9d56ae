"""Tabulations of the annual safety report: the interval's ends, classes and terms, what counts once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pharmacovigilance.rendering.listings import Listing, ListingTable, listing_csv, listing_pdf
from pharmacovigilance.rules.aggregate import (
    AggregateEvent,
    fatal_lines,
    of_interval,
    reactions,
    susar_lines,
    tabulated,
    up_to,
)

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
SECOND = timedelta(seconds=1)
EVENT = AggregateEvent(
    participant="01-001", number=1, arm="", soc="Cardiac", term="Arrest", words="arrest", onset="2026-05", known_at=END,
    grade=4, outcome="", criteria=(), is_fatal=False, suspected=True, expected=False, is_susar=True, case_number="C-1",
)  # fmt: skip


@pytest.mark.parametrize(
    ("known_at", "cumulative", "interval"),
    [
        (START - SECOND, 1, 0),
        (START, 1, 0),
        (START + SECOND, 1, 1),
        (END, 1, 1),
        (END + SECOND, 0, 0),
    ],
)
def test_the_ends_of_the_interval(known_at, cumulative, interval) -> None:
    events = [replace(EVENT, known_at=known_at)]

    assert (len(up_to(events, END)), len(of_interval(events, START, END))) == (cumulative, interval)


def test_an_event_counts_once_and_a_participant_once_for_each_row() -> None:
    events = [
        EVENT,
        replace(EVENT, number=2),
        replace(EVENT, participant="01-002", term="Block"),
        replace(EVENT, participant="01-003", soc="", term=""),
    ]

    rows = [(row.soc, row.term, row.events, row.participants) for row in tabulated(events, ())]

    assert rows == [
        ("Cardiac", "", (3,), (2,)),
        ("Cardiac", "Arrest", (2,), (1,)),
        ("Cardiac", "Block", (1,), (1,)),
        ("", "", (1,), (1,)),
    ]


def test_arms_are_columns_before_the_total() -> None:
    events = [
        replace(EVENT, arm="A"),
        replace(EVENT, arm="B", participant="01-002"),
        replace(EVENT, arm="B", number=2),
    ]

    (any_term, _term) = tabulated(events, ("A", "B"))

    assert (any_term.events, any_term.participants) == ((1, 2, 3), (1, 2, 2))


def test_reactions_susars_and_deaths_are_what_they_say() -> None:
    excluded = replace(EVENT, suspected=False, is_susar=False, is_fatal=True)
    expected = replace(EVENT, number=2, is_susar=False, expected=True)

    every = [EVENT, excluded, expected]

    assert reactions(every) == [EVENT, expected]
    assert susar_lines(every) == [EVENT]
    assert fatal_lines(every) == [excluded]


def test_a_listing_keeps_every_letter_and_runs_no_formula() -> None:
    table = ListingTable("Lines", ["a", "b"], [["=1+1", "-3.5"], ["Ünï Ελλ 发热", 'a "b", c']], ["none"])
    listing = Listing("en", "Title", "Blinded", [("Trial", "T")], [table], "foot", END)

    text = listing_csv(listing).decode("utf-8-sig")

    assert "'=1+1,-3.5" in text
    assert "发热" in text
    assert '"a ""b"", c"' in text
    assert listing_pdf(listing) == listing_pdf(listing)
