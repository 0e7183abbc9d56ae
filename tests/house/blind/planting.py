"""Common parts of the tests of planted leaks: the leaked arm, the requests, the differing places."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from product.models import Allocation
from tests.addresses import Address, url_of
from tests.factories import unsealed
from tests.house.blind.cast import Cast
from tests.house.blind.comparing import Answers, all_differences, answers
from tests.house.blind.reaching import Question
from tests.house.blind.states import States
from trials.models import Trial
from worklist.pages import sections as pages

Patch = pytest.MonkeyPatch
Found = dict[str, set[str]]
INDEX = "GET admin:index"
SPECIMENS = "GET admin:immunology_specimen_add"
PEOPLE = "GET participants-list"


def arm_of(participant_id: int) -> str:
    with unsealed(Trial.objects.get()):
        return Allocation.objects.get(participant_id=participant_id).arm_code


def asked(*names: str) -> Callable[[Cast], Iterator[Question]]:
    def ask(cast: Cast) -> Iterator[Question]:
        for name in names:
            method, place = name.split(" ")
            yield Question(name, name, url_of(Address("GET", place), cast.everything), method)

    return ask


def found_in(told: list[Answers]) -> Found:
    found: Found = {}
    for difference in all_differences(told):
        found.setdefault(difference.address, set()).add(difference.channel)
    return found


def reported(states: States, role: str, ask: Any = None, **how: Any) -> Found:
    return found_in([answers(state, role, ask or asked(INDEX, PEOPLE), **how) for state in states])


def say_on_the_first_page(patch: Patch, say: Callable[..., str]) -> None:
    patch.setattr(pages, "_standing", say)
