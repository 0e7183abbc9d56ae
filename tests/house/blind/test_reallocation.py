"""Allocate the same open data otherwise, and nothing that a blinded person can obtain changes by a byte, a query or a line.

What is asked is in `asking.py` and `speaking.py`, what is levelled before comparing in `normalising.py`, how arms are drawn in
`draws.py`, what the fixture trial holds in `cast`. docs/blind.md says in plain words what this covers and what it cannot.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.house.blind.asking import questions
from tests.house.blind.comparing import Told, all_differences, answers, named, sign_in, told_to, user_of
from tests.house.blind.lists import links_of
from tests.house.blind.reaching import BLINDED, Question, Reach
from tests.house.blind.speaking import Speech, commands, tasks
from tests.house.blind.states import Cast, State, States
from tests.house.blind.vocabulary import spoken_words

LISTS = ("_changelist",)
SICK = frozenset({"GET healthz"})
"""Says 503 while no worker runs, as in this test."""
SHARES = 2
"""Of the roles, so that two processes take one each; each enters a state once for all of its roles."""


def ask_all(states: States, reaches: Sequence[Reach], *, language: str = "") -> list[dict[str, Told]]:
    """Ask everything in every state, as each role; the first state's lists say which of their links are followed."""
    links: dict[str, list[Question]] = {}
    found = []
    for state in states:
        with state.entered():
            found.append({reach.role: _ask(state, reach, links, language) for reach in reaches})
    return found


def _ask(state: State, reach: Reach, links: dict[str, list[Question]], language: str) -> Told:
    asker = sign_in(user_of(state, reach.role), language=language)
    told = told_to(asker, questions(state.cast, reach))
    if reach.role not in links:
        links[reach.role] = list(_links(told, reach))
    return told | told_to(asker, iter(links[reach.role]))


def _links(told: Told, reach: Reach) -> Iterator[Question]:
    for question, answer in told.values():
        if question.address.endswith(LISTS) and answer.status == 200 and reach.follows(question.address):
            yield from links_of(question, answer.body, long=reach.long)


def leaks(states: States, reaches: Sequence[Reach], *, language: str = "") -> list[str]:
    """What differs between the allocations, what broke, what says a forbidden word."""
    told = ask_all(states, reaches, language=language)
    return [
        f"{reach.role}: {fault}" for reach in reaches for fault in faults([one[reach.role] for one in told], reach.role)
    ]


def faults(told: Sequence[Told], role: str) -> list[str]:
    broken = [
        f"{name}: a server error"
        for name, (question, answer) in told[0].items()
        if answer.status >= 500 and question.address not in SICK
    ]
    return [*broken, *map(str, all_differences(told)), *forbidden_words(told[0], role)]


def forbidden_words(told: Told, role: str) -> list[str]:
    return [word for question, answer in told.values() for word in spoken_words(question, answer, role=role)]


@pytest.mark.parametrize("share", range(SHARES))
def test_nothing_changes_for_the_blinded_when_the_arms_are_drawn_again(states: States, share: int) -> None:
    """And no word of it tells more than that a sample was taken."""
    assert leaks(states, [Reach(role) for role in BLINDED[share::SHARES]]) == []


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("role", BLINDED)
def test_nothing_changes_at_all(more_states: States, role: str, language: str) -> None:
    """Every role at every address, every filter and ordering, every link, in both languages; in one of them also every
    filter in every ordering: which rows come in which order does not depend on the language.
    """
    reach = Reach(role, long=True, crossed=language == "en")

    assert leaks(more_states, [reach], language=language) == []


def test_no_task_says_or_returns_anything_else(states: States) -> None:
    told = [answers(state, "anonymous", tasks) for state in states]

    assert [str(one) for one in all_differences(told)] == []


@pytest.mark.parametrize("long", [False, pytest.param(True, marks=pytest.mark.long)])
def test_no_command_prints_anything_else(states: States, tmp_path: Path, long: bool) -> None:
    def said(cast: Cast) -> Iterator[Speech]:
        return commands(cast, tmp_path, long=long)

    told = [answers(state, "anonymous", said) for state in states]

    assert [str(one) for one in all_differences(told)] == []


def test_nothing_is_said_while_the_trial_is_built(states: States) -> None:
    """Doses, batches, antibodies, votes: none of it is logged, mailed or queued in a way that tells an arm."""
    heard = [(state.built.logs, state.built.mails, state.built.tasks) for state in states]

    assert heard[1:] == heard[:1] * (len(states) - 1)
