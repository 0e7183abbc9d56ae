"""Response times, measured: no state is slower than another by more than a person with a stop-watch could use.

Queries are the same in number and text, which the quick run compares. Here each page is requested many times, the
states in turn, so that other load of the machine affects all of them alike; of each state the faster quarter is
compared.
"""

import time
from collections.abc import Iterator
from statistics import quantiles
from typing import Any

import pytest

from accounts.choices import Role
from tests.addresses import Address, url_of
from tests.house.blind.answers import taken_back
from tests.house.blind.cast import Cast
from tests.house.blind.comparing import sign_in, user_of
from tests.house.blind.reaching import Question
from tests.house.blind.states import State, States
from tests.house.blind.test_planted_leaks import treated_with_cells
from worklist.pages import sections as pages

ROUNDS, IN_A_ROW = 8, 6
NOTICEABLE_SECONDS = 0.02
ASKED = (
    "admin:index",
    "admin:trials_participant_change",
    "admin:immunology_specimen_changelist",
    "participants-list",
)
Times = dict[str, list[float]]


def asked(cast: Cast) -> Iterator[Question]:
    for name in ASKED:
        yield Question(name, name, url_of(Address("GET", name), cast.everything))


def measured(states: States, role: str) -> list[Times]:
    """Seconds of every answer in every state, the states by turns; the first answers of a turn do not count."""
    found: list[Times] = [{name: [] for name in ASKED} for _state in states]
    for _round in range(ROUNDS):
        for state, times in zip(states, found, strict=True):
            _measure(state, role, times)
    return found


def _measure(state: State, role: str, times: Times) -> None:
    with state.entered():
        asker = sign_in(user_of(state, role))
        for question in asked(state.cast):
            for turn in range(IN_A_ROW + 1):
                begun = time.perf_counter()
                with taken_back():
                    question.put(asker)
                if turn:
                    times[question.name].append(time.perf_counter() - begun)


def slower(found: list[Times]) -> dict[str, float]:
    """Where the faster quarter of one state takes noticeably longer than that of another, and by how many seconds."""
    quarters = {name: [quantiles(times[name], n=4)[0] for times in found] for name in ASKED}
    spread = {name: max(seconds) - min(seconds) for name, seconds in quarters.items()}
    return {name: seconds for name, seconds in spread.items() if seconds > NOTICEABLE_SECONDS}


@pytest.mark.long
def test_no_state_answers_noticeably_later(states: States) -> None:
    assert slower(measured(states, Role.NURSE)) == {}


@pytest.mark.long
def test_an_answer_that_takes_longer_for_who_got_cells_is_found(
    states: States, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing = pages._standing

    def later(*given: Any) -> str:
        if 1 in treated_with_cells():
            time.sleep(0.05)
        return standing(*given)

    monkeypatch.setattr(pages, "_standing", later)

    assert set(slower(measured(states, Role.NURSE))) == {"admin:index"}
