"""Swap every participant's arm, and nothing that a blinded person can obtain changes by a byte, a query or a line.

What is asked is in `asking.py` and `speaking.py`, what is levelled before comparing in `normalising.py`, what the fixture
trial holds in `cast.py`. docs/blind.md says in plain words what this covers and what it cannot.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from accounts.models import SealedModel
from tests.factories import unsealed
from tests.house.blind.answers import Answer
from tests.house.blind.asking import questions
from tests.house.blind.cast import Cast
from tests.house.blind.lists import links_of
from tests.house.blind.reaching import BLINDED, Question, Reach
from tests.house.blind.speaking import Speech, commands, tasks
from tests.house.blind.states import State, States, answers, differences
from tests.house.blind.vocabulary import spoken_words

LISTS = ("_changelist",)
SICK = frozenset({"GET healthz"})
"""Says 503 while no worker runs, as in this test."""
MAY_DIFFER = {
    "accounts.Clearance": "the log of openings: shown to nobody who is blinded",
    "audit.Sealing": "a number of a transaction of the server, shown to nobody",
    "audit.Entry": "numbers of transactions; its sealed entries are sealed",
}


Told = dict[str, tuple[Question, Answer]]


OF_THE_BOARD = (
    "board:",
    "dsmb-",
    "alerts-",
    "board-recommendations-",
    "admin:index",
    "admin:dsmb_",
    "admin:audit_",
)
"""Where a letter of an arm could be met: what the board's own code shows, and the trail."""


def ask_both(states: States, reach: Reach, *, language: str = "") -> tuple[Told, Told]:
    """Ask everything in both states, and follow the links that the lists of the first state offer."""

    def asked(cast: Cast) -> Iterator[Question]:
        return questions(cast, reach)

    allocated, swapped = (answers(state, reach.role, asked, language=language) for state in states.both())
    links = list(_links(allocated, reach))
    more, more_swapped = (
        answers(state, reach.role, lambda _cast: iter(links), language=language) for state in states.both()
    )
    return allocated | more, swapped | more_swapped


def ask_again(relettered: State, allocated: Told, reach: Reach, *, language: str = "") -> Told:
    """The same but for what is crossed, in the short suite what the board's code answers; only the letters are others."""
    again = [
        question
        for question, _answer in allocated.values()
        if not question.is_crossed
        if reach.long or question.address.partition(" ")[2].startswith(OF_THE_BOARD)
    ]
    return answers(relettered, reach.role, lambda _cast: iter(again), language=language)


def _links(told: Told, reach: Reach) -> Iterator[Question]:
    for question, answer in told.values():
        if question.address.endswith(LISTS) and answer.status == 200 and reach.follows(question.address):
            yield from links_of(question, answer.body, long=reach.long)


def leaks(states: States, relettered: State, reach: Reach, *, language: str = "") -> list[str]:
    """What differs where the arms are swapped or their letters drawn otherwise, what broke, what says a forbidden word."""
    allocated, swapped = ask_both(states, reach, language=language)
    otherwise = ask_again(relettered, allocated, reach, language=language)
    as_asked = {name: allocated[name] for name in otherwise}
    return [
        *faults(allocated, swapped),
        *(f"other letters: {one}" for one in differences(as_asked, otherwise)),
        *forbidden_words(allocated, reach.role),
    ]


def faults(allocated: Told, swapped: Told) -> list[str]:
    """What differs, and what broke."""
    broken = [
        f"{name}: a server error"
        for name, (question, answer) in allocated.items()
        if answer.status >= 500 and question.address not in SICK
    ]
    return [*broken, *map(str, differences(allocated, swapped))]


def forbidden_words(told: Told, role: str) -> list[str]:
    return [word for question, answer in told.values() for word in spoken_words(question, answer, role=role)]


@pytest.mark.parametrize("role", BLINDED)
def test_nothing_changes_for_the_blinded_when_every_arm_is_swapped(
    states: States, relettered: State, role: str
) -> None:
    """Nor when only the letters of the arms are; and no word of it tells more than that a sample was taken."""
    assert leaks(states, relettered, Reach(role)) == []


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("role", BLINDED)
def test_nothing_changes_at_all(states: States, relettered: State, role: str, language: str) -> None:
    """Every role at every address, every filter and ordering, every link, in both languages; in one of them also every
    filter in every ordering: which rows come in which order does not depend on the language.
    """
    reach = Reach(role, long=True, crossed=language == "en")

    assert leaks(states, relettered, reach, language=language) == []


def test_open_tables_hold_the_same_rows_when_only_the_letters_are_drawn_otherwise(
    states: States, relettered: State
) -> None:
    allocated, other = open_rows(states.allocated), open_rows(relettered)

    assert {model._meta.label for model in allocated if allocated[model] != other[model]} <= set(MAY_DIFFER)


def test_no_task_says_or_returns_anything_else(states: States) -> None:
    told = [answers(state, "anonymous", tasks) for state in states.both()]

    assert [str(one) for one in differences(*told)] == []


@pytest.mark.parametrize("long", [False, pytest.param(True, marks=pytest.mark.long)])
def test_no_command_prints_anything_else(states: States, tmp_path: Path, long: bool) -> None:
    def said(cast: Cast) -> Iterator[Speech]:
        return commands(cast, tmp_path, long=long)

    told = [answers(state, "anonymous", said) for state in states.both()]

    assert [str(one) for one in differences(*told)] == []


def sealed_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, SealedModel)]


Rows = dict[type[models.Model], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def sealed(states: States) -> tuple[Rows, Rows]:
    """Every sealed table, in both states."""
    return _contents(states.allocated, sealed_models()), _contents(states.swapped, sealed_models())


def _contents(state: State, asked: list[type[models.Model]]) -> Rows:
    with state.entered(), unsealed(state.cast.everything.trial):
        return {model: list(model._default_manager.order_by("pk").values()) for model in asked}


@pytest.mark.parametrize("model", sealed_models(), ids=lambda model: model._meta.label)
def test_every_sealed_table_differs_between_the_states(
    sealed: tuple[Rows, Rows], model: type[models.Model]
) -> None:
    """Else the swap swaps less than there is: fill the table in tests/house/blind/cast, other rows in either state."""
    allocated, swapped = sealed

    assert allocated[model]
    assert allocated[model] != swapped[model]


def test_sealed_writes_move_no_number_of_an_open_table(states: States) -> None:
    sealed = {model._meta.label_lower for model in sealed_models()} | {"audit.entry", "accounts.clearance"}
    allocated = states.allocated.cast.everything.rows
    swapped = states.swapped.cast.own_rows

    assert {label: pk for label, pk in allocated.items() if label not in sealed} == {
        label: pk for label, pk in swapped.items() if label not in sealed
    }


def test_open_tables_hold_the_same_rows(states: States) -> None:
    """Not only what is shown: an open table that differs would be a leak the day somebody shows it."""
    allocated, swapped = (open_rows(state) for state in states.both())

    assert {model._meta.label for model in allocated if allocated[model] != swapped[model]} == set(MAY_DIFFER)


def open_rows(state: State) -> Rows:
    """Everything that the application reads without a clearance."""
    with state.entered():
        models_ = [model for model in apps.get_models() if not issubclass(model, SealedModel)]
        return {model: list(model._default_manager.order_by("pk").values()) for model in models_}
