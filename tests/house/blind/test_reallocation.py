"""Allocate the same open data otherwise, and nothing that a blinded person can obtain changes.

Not by a byte, a query or a line.

What is asked is in `asking.py` and `speaking.py`, what is levelled before comparing in `normalising.py`, how
arms are drawn in `draws.py`, what the fixture trial holds in `cast`. docs/blind.md says in plain words what
this covers and what it cannot.
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from accounts.choices import Role
from tests.house.blind.acts import acted
from tests.house.blind.asking import questions
from tests.house.blind.cast.base import STRONG, Cast
from tests.house.blind.comparing import (
    Answers,
    all_differences,
    answers,
    collected_answers,
    differences,
    sign_in,
    user_of,
)
from tests.house.blind.draws import SHORT
from tests.house.blind.further import GUESS, MOMENTS, PAIRS, links, once_each, other_methods, writes
from tests.house.blind.lists import links_of
from tests.house.blind.reaching import BLINDED, JSON, SHARE, Question, Reach
from tests.house.blind.speaking import Speech, commands, tasks
from tests.house.blind.states import State, States
from tests.house.blind.vocabulary import spoken_words
from tests.integration.immunology.antibody_rows import make_result

LISTS = ("_changelist",)
SICK = frozenset({"GET healthz"})
"""Says 503 while no worker runs, as in this test."""
UNREAD = ("worker", "unblinded")
"""Whose lines are compared, and not searched for words: a task is named after what it does, whatever it finds."""
SHARES = 1
"""Into how many tests the roles are divided.

Each enters a state once, lets people act, and asks as all of its roles.
"""


IN_TWO = 2
"""Draws in which the short run sends forms and bodies, and uses another time and accounts of two roles.

Two draws differ in who is in which arm and in how many are.
"""


def ask_all(states: States, reaches: Sequence[Reach], *, language: str = "") -> list[dict[str, Answers]]:
    """In every state let unblinded people act, then ask everything as each role.

    Where the first state's pages lead, all are asked.
    """
    followed: dict[str, list[Question]] = {}
    found = []
    for place, state in enumerate(states):
        with state.entered():
            told = {"unblinded": acted(state.cast)}
            for reach in reaches:
                told[reach.role] = _ask(state, place, reach, followed, language)
                if reach.long or place < IN_TWO:
                    asker = sign_in(user_of(state, reach.role), language=language)
                    told[f"{reach.role}, writing"] = collected_answers(
                        asker, writes(state.cast, reach, told[reach.role])
                    )
            found.append(told)
    return found


def _ask(
    state: State, place: int, reach: Reach, followed: dict[str, list[Question]], language: str
) -> Answers:
    asker = sign_in(user_of(state, reach.role), language=language)
    told = collected_answers(
        asker, (one for one in questions(state.cast, reach) if reach.compares(one, place))
    )
    if reach.role not in followed:
        followed[reach.role] = [*_of_lists(told, reach), *links(told, reach)]
    told |= collected_answers(asker, (one for one in followed[reach.role] if reach.compares(one, place)))
    told |= collected_answers(
        asker, (one for one in other_methods(state.cast, reach) if reach.compares(one, place))
    )
    return told


def _of_lists(told: Answers, reach: Reach) -> Iterator[Question]:
    for question, answer in told.values():
        if question.address.endswith(LISTS) and answer.status == 200 and reach.follows(question.address):
            yield from links_of(question, answer.body, long=reach.long)


def leaks(states: States, reaches: Sequence[Reach], *, language: str = "") -> list[str]:
    """The differences between the allocations, the errors, and the forbidden words."""
    told = ask_all(states, reaches, language=language)
    found = [f"unblinded: {fault}" for fault in faults([one["unblinded"] for one in told], "unblinded")]
    for reach in reaches:
        found += [f"{reach.role}: {fault}" for fault in _faults_of(told, reach)]
    return found


def _faults_of(told: Sequence[dict[str, Answers]], reach: Reach) -> Iterator[str]:
    first = told[0][reach.role]
    yield from faults([first], reach.role)
    for place, one in enumerate(told[1:], start=1):
        asked = {name: both for name, both in first.items() if reach.compares(both[0], place)}
        yield from map(str, differences(asked, one[reach.role]))
    written = [one[writing] for one in told if (writing := f"{reach.role}, writing") in one]
    yield from faults(written, reach.role)


def none(faults: list[str]) -> None:
    """Fails with each fault on a line of its own."""
    assert not faults, "\n".join(["", *faults])


def all_faults(told: Sequence[dict[str, Answers]]) -> list[str]:
    """The faults of all responses, each with its role."""
    return [f"{who}: {fault}" for who in told[0] for fault in faults([one[who] for one in told], who)]


def faults(told: Sequence[Answers], role: str) -> list[str]:
    broken = [
        f"{name}: a server error"
        for name, (question, answer) in told[0].items()
        if answer.status >= 500 and question.address not in SICK
    ]
    broken += [f"{name}: {sentence}" for name, sentence in unlogged_openings(told[0])]
    words = [] if role in UNREAD else forbidden_words(told[0], role)
    return [*broken, *map(str, all_differences(told)), *words]


def unlogged_openings(told: Answers) -> Iterator[tuple[str, str]]:
    """Sealed rows were opened without the log that is never rolled back: after a refusal nothing would be on record."""
    for name, (_question, answer) in told.items():
        if answer.unlogged:
            yield name, f"sealed rows opened without an entry in the log of openings: {answer.openings[0]}"


def forbidden_words(told: Answers, role: str) -> list[str]:
    return [
        word
        for question, answer in told.values()
        if GUESS not in question.name
        for word in spoken_words(question, answer, role=role)
    ]


@pytest.mark.parametrize("share", range(SHARES))
def test_nothing_changes_for_the_blinded_when_the_arms_are_drawn_again(states: States, share: int) -> None:
    """And no text reveals more than that a sample was taken."""
    none(leaks(states, [Reach(role) for role in BLINDED[share::SHARES]]))


@pytest.mark.parametrize(
    ("moment", "draws"),
    [
        pytest.param(list(MOMENTS)[SHARE], IN_TWO),
        *(pytest.param(moment, SHORT, marks=pytest.mark.long) for moment in MOMENTS),
    ],
)
def test_nothing_changes_at_another_moment(states: States, moment: str, draws: int) -> None:
    """Every page and list as somebody, the first page as everybody, in French; and every task."""
    third = list(MOMENTS).index(moment)
    told = []
    for state in states[:draws]:
        with state.entered(at=MOMENTS[moment]):
            told.append({role: _ask_once(state, role, BLINDED, "fr", third) for role in BLINDED})
            told[-1]["worker"] = collected_answers(sign_in(None), tasks(state.cast))  # type: ignore[arg-type]

    none(all_faults(told))


@pytest.mark.parametrize("draws", [IN_TWO, pytest.param(SHORT, marks=pytest.mark.long)])
def test_nothing_changes_for_people_of_two_roles(states: States, draws: int) -> None:
    told = []
    for state in states[:draws]:
        with state.entered():
            told.append({pair: _ask_once(state, pair, PAIRS, "", SHARE) for pair in PAIRS})

    none(all_faults(told))


def _ask_once(
    state: State, who: str, everybody: list[str], language: str, third: int | None = None
) -> Answers:
    asker = sign_in(user_of(state, who), language=language)
    return collected_answers(asker, once_each(state.cast, who, everybody, third))


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("role", BLINDED)
def test_nothing_changes_at_all(more_states: States, role: str, language: str) -> None:
    """Every role at every address, every filter and ordering, every link, in both languages.

    In one of them also every filter in every ordering: which rows come in which order does not depend on the language.
    """
    reach = Reach(role, long=True, crossed=language == "en")

    none(leaks(more_states, [reach], language=language))


def test_no_task_says_or_returns_anything_else(states: States) -> None:
    told = [answers(state, "anonymous", tasks) for state in states]

    none([str(one) for one in all_differences(told)])


@pytest.mark.parametrize("long", [False, pytest.param(True, marks=pytest.mark.long)])
def test_no_command_prints_anything_else(states: States, tmp_path: Path, long: bool) -> None:
    def said(cast: Cast) -> Iterator[Speech]:
        return (one for one in commands(cast, tmp_path, long=long) if one.name != ORACLE)

    told = [answers(state, "anonymous", said) for state in states]

    none([str(one) for one in all_differences(told)])


ORACLE = "command import_sdtm"
STATEMENTS = {"queries", "number of queries", "openings"}
"""A value that differs from the recorded one is written, an equal one is not.

That is a statement more, which is not visible. The rules are evaluated for all participants either way.
"""


def said_differently(told: Sequence[Answers]) -> list[str]:
    """Where the answer to a guess differs between the states, in anything that whoever guesses can see."""
    return [str(one) for one in all_differences(told) if one.channel not in STATEMENTS]


def test_an_import_does_not_say_whether_guessed_arms_are_right(states: States, tmp_path: Path) -> None:
    """The same file is read in every state; in the first its arms are those that are recorded."""

    def said(cast: Cast) -> Iterator[Speech]:
        return (one for one in commands(cast, tmp_path, long=False) if one.name == ORACLE)

    told = [answers(state, "anonymous", said) for state in states]

    none(said_differently(told))


def test_a_laboratory_does_not_learn_what_another_has_recorded(states: States) -> None:
    """The same value is sent in every state; in some another one is recorded by the other laboratory."""

    def guess(cast: Cast) -> Iterator[Question]:
        for value in STRONG["A0201"]:
            row = {**make_result("A0201", value), "specimen": f"S-{cast.people[1].code}-B"}
            body = json.dumps({"results": [row], "reason": "as agreed"}, default=str)
            yield Question("guess", f"guess {value}", "/api/v1/antibody-results/", "POST", body, JSON)

    told = [answers(state, Role.HLA_LABORATORY, guess) for state in states]

    none(said_differently(told))


def test_nothing_is_said_while_the_trial_is_built(states: States) -> None:
    """Doses, batches, antibodies, votes: none of it is logged, mailed or queued in a way that tells an arm."""
    heard = [(aloud(state.built.logs), state.built.mails, steps(state.built.tasks)) for state in states]

    assert heard[1:] == heard[:1] * (len(states) - 1)


def aloud(lines: tuple[str, ...]) -> list[str]:
    """The lines that a site keeps, but for what the queue's library says at its first use in a process."""
    return [line for line in lines if not line.startswith("DEBUG ") and " kombu" not in line]


def steps(tasks: tuple[str, ...]) -> set[str]:
    """Each kind of message to the queue once, with all its options and without its row.

    While the trial is built, how often something sealed is recorded, and for whom, differs on purpose. `acts` takes the
    same number of steps in every arm, for all, and there each message counts.
    """
    return {re.sub(r"^(\S+?)\(.*?\) |'argsrepr': '[^']*', ", r"\1 ", task) for task in tasks}
