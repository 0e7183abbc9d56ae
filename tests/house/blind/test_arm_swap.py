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
from tests.house.blind.asking import BLINDED, Question, Reach, links_of, questions
from tests.house.blind.cast import Cast
from tests.house.blind.speaking import Speech, commands, tasks
from tests.house.blind.states import State, States, answers, differences
from tests.house.blind.vocabulary import spoken_words

LISTS = ("_changelist",)
SICK = frozenset({"GET healthz"})
"""Says 503 while no worker runs, as in this test."""
MAY_DIFFER = {
    "accounts.Clearance": "the log of openings: shown to nobody who is blinded",
    "accounts.User": "password hashes are salted",
    "audit.Sealing": "a number of a transaction of the server, shown to nobody",
    "audit.Entry": "numbers of transactions; its sealed entries are sealed",
}


Told = dict[str, tuple[Question, Answer]]


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


def _links(told: Told, reach: Reach) -> Iterator[Question]:
    for question, answer in told.values():
        if question.address.endswith(LISTS) and answer.status == 200 and reach.follows(question.address):
            yield from links_of(question, answer.body, long=reach.long)


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
def test_nothing_changes_for_the_blinded_when_every_arm_is_swapped(states: States, role: str) -> None:
    """And no word of it tells more than that a sample was taken: everything is asked once, and held against both."""
    allocated, swapped = ask_both(states, Reach(role))

    assert faults(allocated, swapped) == []
    assert forbidden_words(allocated, role) == []


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("role", BLINDED)
def test_nothing_changes_at_all(states: States, role: str, language: str) -> None:
    """Every role at every address, every filter in every ordering, every link, in both languages."""
    allocated, swapped = ask_both(states, Reach(role, long=True), language=language)

    assert faults(allocated, swapped) == []
    assert forbidden_words(allocated, role) == []


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


def contents(state: State, model: type[models.Model]) -> list[dict[str, Any]]:
    """The rows of a sealed table in one state, without what does not tell them apart."""
    with state.entered(), unsealed(state.cast.everything.trial):
        return list(model._default_manager.order_by("pk").values())


@pytest.mark.parametrize("model", sealed_models(), ids=lambda model: model._meta.label)
def test_every_sealed_table_differs_between_the_states(states: States, model: type[models.Model]) -> None:
    """Else the swap swaps less than there is: fill the table in tests/house/blind/cast.py, other rows in either state."""
    allocated, swapped = (contents(state, model) for state in states.both())

    assert allocated
    assert allocated != swapped


def test_sealed_writes_move_no_number_of_an_open_table(states: States) -> None:
    sealed = {model._meta.label_lower for model in sealed_models()} | {"audit.entry", "accounts.clearance"}
    allocated = states.allocated.cast.everything.rows
    swapped = states.swapped.cast.own_rows

    assert {label: pk for label, pk in allocated.items() if label not in sealed} == {
        label: pk for label, pk in swapped.items() if label not in sealed
    }


def test_open_tables_hold_the_same_rows(states: States) -> None:
    """Not only what is shown: an open table that differs would be a leak the day somebody shows it."""
    open_models = [model for model in apps.get_models() if not issubclass(model, SealedModel)]

    differing = {
        m._meta.label for m in open_models if rows_of(states.allocated, m) != rows_of(states.swapped, m)
    }

    assert differing == set(MAY_DIFFER)


def rows_of(state: State, model: type[models.Model]) -> list[dict[str, Any]]:
    with state.entered():
        return list(model._default_manager.order_by("pk").values())
