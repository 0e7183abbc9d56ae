"""Leaks by what unblinded people do in between: what the log, the mail, the queue, a cache or a number has of it."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse

from accounts.choices import Role
from immunology.tasks import judge_after_product
from product.signals import product_changed
from tests.full_fixture import ACTIVE
from tests.house.blind.acts import change_the_product, heard_outside
from tests.house.blind.comparing import collected_answers, sign_in, user_of
from tests.house.blind.planting import (
    INDEX,
    PEOPLE,
    Found,
    Patch,
    arm_of,
    asked,
    found_in,
    say_on_the_first_page,
)
from tests.house.blind.reaching import Question
from tests.house.blind.states import States
from tests.house.blind.test_sealed_rows import open_sequences


def reported_after_acts(states: States) -> Found:
    """Unblinded people change doses, then a nurse looks."""
    told = []
    for state in states:
        with state.entered():
            acts = heard_outside(lambda state=state: change_the_product(state.cast) or HttpResponse())
            looked = collected_answers(sign_in(user_of(state, Role.NURSE)), asked(INDEX, PEOPLE)(state.cast))
            told.append(looked | {"acts": (Question("acts", "acts", ""), acts)})
    return found_in(told)


def test_nothing_is_reported_after_acts_when_nothing_is_planted(states: States) -> None:
    assert reported_after_acts(states) == {}


@pytest.fixture
def on_dose() -> Iterator[Callable[[Callable[[int], None]], None]]:
    """Let something happen whenever a dose or an allocation of a participant changes."""
    receivers: list[Any] = []

    def plant(act: Callable[[int], None]) -> None:
        def receive(participant_id: int | None, **_: Any) -> None:
            if participant_id:
                act(participant_id)

        receivers.append(receive)
        product_changed.connect(receive)

    yield plant
    for receive in receivers:
        product_changed.disconnect(receive)


def test_a_log_line_of_an_unblinded_write_is_reported(two_states: States, on_dose: Any) -> None:
    on_dose(lambda pk: logging.getLogger("trials").info("dose of %s dispensed", arm_of(pk)))

    assert reported_after_acts(two_states) == {"acts": {"log"}}


QUEUES: dict[str, Callable[[str, int], Any]] = {
    "name": lambda arm, pk: judge_after_product.app.send_task(f"judge.{arm.lower()}", [pk]),
    "queue": lambda arm, pk: judge_after_product.apply_async([1, pk], queue=arm),
    "header": lambda arm, pk: judge_after_product.apply_async([1, pk], headers={"arm": arm}),
    "countdown": lambda arm, pk: judge_after_product.apply_async([1, pk], countdown=600 * (arm == ACTIVE)),
    "priority": lambda arm, pk: judge_after_product.apply_async([1, pk], priority=1 + (arm == ACTIVE)),
}


@pytest.mark.parametrize("option", QUEUES)
def test_what_stands_on_a_task_is_reported(two_states: States, on_dose: Any, option: str) -> None:
    def enqueue(pk: int) -> None:
        arm = arm_of(pk)
        transaction.on_commit(lambda: QUEUES[option](arm, pk))

    on_dose(enqueue)

    assert "tasks" in reported_after_acts(two_states)["acts"]


def test_a_cache_that_an_unblinded_write_fills_is_reported(
    two_states: States, on_dose: Any, monkeypatch: Patch
) -> None:
    on_dose(lambda pk: cache.set("last-dose", arm_of(pk)))
    say_on_the_first_page(monkeypatch, lambda *_: f"last dose {cache.get('last-dose')}")

    assert "body" in reported_after_acts(two_states)[INDEX]


def test_a_mail_of_a_sealed_write_is_reported(two_states: States, on_dose: Any) -> None:
    on_dose(lambda pk: mail.send_mail("A bag came", arm_of(pk), "us@site.example", ["nurse@site.example"]))

    assert reported_after_acts(two_states) == {"acts": {"mail"}}


def test_numbers_that_sealed_writes_move_are_reported(two_states: States, on_dose: Any) -> None:
    def take_a_number(pk: int) -> None:
        if arm_of(pk) == ACTIVE:
            with connection.cursor() as cursor:
                cursor.execute("SELECT nextval('trials_participant_id_seq')")

    on_dose(take_a_number)
    stand = []
    for state in two_states:
        with state.entered():
            change_the_product(state.cast)
            stand.append(open_sequences(state))

    assert stand[0]["trials_participant_id_seq"] != stand[1]["trials_participant_id_seq"]
