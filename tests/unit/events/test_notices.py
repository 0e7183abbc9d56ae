"""Which news of an event the safety officers and the sponsor are told."""

import pytest

from events.rules.notices import Told, news_of

DRAFT = Told("draft", serious=True)
MILD = Told("recorded", serious=False)
OPEN = Told("recorded", serious=None)
SERIOUS = Told("recorded", serious=True)
FATAL = Told("recorded", serious=True, outcome="FATAL")
VOID = Told("recorded", serious=True, is_void=True)


@pytest.mark.parametrize(
    ("before", "after", "news"),
    [
        (Told(), DRAFT, None),
        (Told(), MILD, None),
        (Told(), OPEN, None),
        (Told(), SERIOUS, "serious"),
        (Told(), FATAL, "serious"),
        (DRAFT, SERIOUS, "serious"),
        (MILD, SERIOUS, "serious"),
        (SERIOUS, SERIOUS, None),
        (SERIOUS, FATAL, "fatal"),
        (FATAL, SERIOUS, None),
        (SERIOUS, MILD, "no_longer"),
        (SERIOUS, OPEN, "no_longer"),
        (SERIOUS, VOID, "voided"),
        (MILD, Told("recorded", serious=False, is_void=True), None),
        (DRAFT, Told("draft", serious=True, is_void=True), None),
    ],
)
def test_news_is_what_changes_a_report_to_the_sponsor(before: Told, after: Told, news: str | None) -> None:
    assert news_of(before, after) == news
