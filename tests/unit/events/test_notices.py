"""Which news of an event cause a notice to safety officers and sponsor."""

import pytest

from events.rules.notices import NewsFacts, news_of

DRAFT = NewsFacts("draft", serious=True)
MILD = NewsFacts("recorded", serious=False)
OPEN = NewsFacts("recorded", serious=None)
SERIOUS = NewsFacts("recorded", serious=True)
FATAL = NewsFacts("recorded", serious=True, outcome="FATAL")
LIFE = NewsFacts("recorded", serious=True, life_threatening=True)
RELATED = NewsFacts("recorded", serious=True, is_related=True)
UNRELATED = NewsFacts("recorded", serious=True, is_related=False)
LIFE_AND_RELATED = NewsFacts("recorded", serious=True, life_threatening=True, is_related=True)
FATAL_AND_LIFE = NewsFacts("recorded", serious=True, outcome="FATAL", life_threatening=True)
VOID = NewsFacts("recorded", serious=True, is_void=True)


@pytest.mark.parametrize(
    ("before", "after", "news"),
    [
        (NewsFacts(), DRAFT, None),
        (NewsFacts(), MILD, None),
        (NewsFacts(), OPEN, None),
        (NewsFacts(), SERIOUS, "serious"),
        (NewsFacts(), FATAL, "serious"),
        (DRAFT, SERIOUS, "serious"),
        (MILD, SERIOUS, "serious"),
        (SERIOUS, SERIOUS, None),
        (SERIOUS, FATAL, "fatal"),
        (FATAL, SERIOUS, None),
        (SERIOUS, LIFE, "life_threatening"),
        (LIFE, LIFE, None),
        (LIFE, SERIOUS, None),
        (LIFE, FATAL_AND_LIFE, "fatal"),
        (SERIOUS, FATAL_AND_LIFE, "fatal"),
        (SERIOUS, RELATED, "related"),
        (UNRELATED, RELATED, "related"),
        (RELATED, UNRELATED, None),
        (LIFE, LIFE_AND_RELATED, "related"),
        (SERIOUS, LIFE_AND_RELATED, "life_threatening"),
        (MILD, LIFE_AND_RELATED, "serious"),
        (SERIOUS, MILD, "no_longer"),
        (SERIOUS, OPEN, "no_longer"),
        (SERIOUS, VOID, "voided"),
        (MILD, NewsFacts("recorded", serious=False, is_void=True), None),
        (DRAFT, NewsFacts("draft", serious=True, is_void=True), None),
    ],
)
def test_news_is_what_changes_a_report_to_the_sponsor(
    before: NewsFacts, after: NewsFacts, news: str | None
) -> None:
    assert news_of(before, after) == news
