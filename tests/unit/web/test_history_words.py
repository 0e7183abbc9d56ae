"""What a history says of the other records of one transaction."""

import pytest
from django.utils import translation

from safety_monitor.history import NAMED_AT_MOST, together_text

MANY = {"trials_infusion": NAMED_AT_MOST - 1, "events_adverseevent": 1}


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({}, ""),
        ({"trials_infusion": 1}, "together with 1 infusion"),
        ({"trials_infusion": 2, "trials_site": 1}, "together with 2 infusions, 1 site"),
        (MANY, "together with 1 adverse event, 19 infusions"),
        (
            MANY | {"trials_site": 1},
            "one of more than 20 records that were written in one go, as by an import",
        ),
    ],
)
def test_few_are_named_by_kind_and_many_are_called_many(tables: dict[str, int], said: str) -> None:
    assert together_text(tables) == said


def test_kinds_are_named_in_the_readers_language() -> None:
    with translation.override("fr"):
        assert together_text({"trials_infusion": 2}) == "avec 2 perfusions"
