"""Opinions: no person downgrades another's, no answer counts as related, disagreement is derived."""

from datetime import UTC, datetime, timedelta

import pytest

from pharmacovigilance.choices import Side
from pharmacovigilance.rules.causality import Opinion, disagree, side_view, side_views

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def opinion(
    answer: str, *, side: str = "investigator", who: str = "a", cause: str = "study_product", day: int = 0
) -> Opinion:
    return Opinion(side, cause, who, answer == "yes", answer == "unknown", AT + timedelta(days=day))


@pytest.mark.parametrize(
    ("opinions", "related", "undetermined"),
    [
        ([], None, False),
        ([opinion("yes")], True, False),
        ([opinion("no")], False, False),
        ([opinion("unknown")], True, True),
        ([opinion("yes"), opinion("no", day=1)], False, False),
        ([opinion("yes"), opinion("no", who="b", day=1)], True, False),
        ([opinion("unknown"), opinion("no", who="b", day=1)], True, True),
        ([opinion("no", cause="underlying_disease")], None, False),
        ([opinion("yes", cause="underlying_disease")], None, False),
        ([opinion("no"), opinion("yes", cause="infusion_procedure")], True, False),
        ([opinion("yes", side="sponsor")], None, False),
    ],
    ids=[
        "nobody answered",
        "yes",
        "no",
        "undetermined",
        "one person corrects themselves",
        "another cannot downgrade",
        "another cannot exclude the undetermined",
        "another cause excluded is no answer",
        "another cause suspected is no answer",
        "the procedure suffices",
        "the other side",
    ],
)
def test_view_of_the_investigators(opinions: list[Opinion], related: bool | None, undetermined: bool) -> None:
    view = side_view(opinions, Side.INVESTIGATOR)

    assert (view.related, view.is_undetermined) == (related, undetermined)
    assert view.counts_as_related is (related is not False)


@pytest.mark.parametrize(
    ("site", "sponsor", "differ"),
    [
        ("yes", "no", True),
        ("no", "yes", True),
        ("yes", "yes", False),
        ("no", "no", False),
        ("yes", "unknown", False),
    ],
)
def test_disagreement_is_derived(site: str, sponsor: str, differ: bool) -> None:
    assert disagree(side_views([opinion(site), opinion(sponsor, side="sponsor")])) is differ


def test_disagreement_is_unknown_while_one_side_is_silent() -> None:
    assert disagree(side_views([opinion("yes")])) is None
