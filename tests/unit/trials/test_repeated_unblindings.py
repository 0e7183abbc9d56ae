"""Which text describes an attempt to reach a person, and the recipients of a notice of a second arm."""

import tomllib
from pathlib import Path

import pytest

from product.rules.unblinding import absence_refusals, repeat_recipients
from trials.rules.protocol import parse_protocol

SHIPPED = Path(__file__).resolve().parents[3] / "protocols" / "stroma-cov-2.toml"


@pytest.mark.parametrize(
    "text", ["", ".", "...", "x y z", "nobody", "nobody nobody nobody", "1 2 3 4", "n/a none", "__ __ __"]
)
def test_a_dot_is_nobody_whom_one_tried_to_reach(text: str) -> None:
    (refusal,) = absence_refusals(text, 3)

    assert refusal.field == "absence_reason"
    assert "the person or role and the way" in str(refusal)


@pytest.mark.parametrize(
    "text",
    [
        "pharmacovigilance by telephone",
        "Dr Martin, pager",
        "pharmacovigilance par téléphone, 3×",
        "Rufnummer Prüfarzt angerufen",
    ],
)
def test_a_person_or_role_and_a_way_are_enough(text: str) -> None:
    assert absence_refusals(text, 3) == ()


def test_the_protocol_may_ask_for_more_words() -> None:
    assert absence_refusals("pharmacovigilance by telephone", 4)


@pytest.mark.parametrize(
    ("sponsor", "manager", "officer", "auditor", "told"),
    [
        ({1}, {2}, {3}, {4}, {1, 2}),
        ({1, 5}, {2}, {3}, {4}, {1, 2, 5}),
        ({1}, set(), {3}, {4}, {1, 3}),
        (set(), set(), {3}, {4}, {3, 4}),
        ({1}, {1}, {3}, set(), {1, 3}),
        (set(), set(), set(), set(), set()),
    ],
)
def test_two_people_are_told_where_there_are_two(
    sponsor: set[int], manager: set[int], officer: set[int], auditor: set[int], told: set[int]
) -> None:
    holders = [frozenset(one) for one in (sponsor, manager, officer, auditor)]

    assert repeat_recipients(holders) == told


def test_words_and_hours_are_the_protocols() -> None:
    table = {"request_minutes": 20, "source": "trial manual", "absence_words": 5, "repeat_hours": 48}
    plan = parse_protocol(tomllib.loads(SHIPPED.read_text()) | {"unblinding": table}).unblinding
    shipped = parse_protocol(tomllib.loads(SHIPPED.read_text())).unblinding

    assert (plan.absence_words, plan.repeat_hours) == (5, 48)
    assert (shipped.absence_words, shipped.repeat_hours) == (3, 24)
