"""The kinds of leaks that one total swap of the arms did not see: each is planted, and the proof goes red at
the right place.

`test_planted_leaks.py` has the plain ones. Here are partition and symmetric figures, pages with parameters,
answers to writes, what unblinded people do in between, other methods, moments, languages and people, oracles,
numbers, and refusals.
"""

import logging
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from rest_framework.exceptions import ValidationError
from rest_framework.views import APIView

from accounts.api import lists, problems
from accounts.choices import Role
from immunology.tasks import judge_after_product
from safety_monitor.middleware import RequestIdMiddleware
from safety_monitor.worklist import pages
from tests.addresses import Address, url_of
from tests.factories import unsealed
from tests.house.blind.acts import change_the_product, heard_outside
from tests.house.blind.cast import Cast
from tests.house.blind.comparing import Told, all_differences, answers, sign_in, told_to, user_of
from tests.house.blind.further import MOMENTS, links
from tests.house.blind.reaching import Question, Reach
from tests.house.blind.states import States
from tests.house.blind.test_planted_leaks import treated_with_cells
from tests.house.blind.test_reallocation import refused_after_opening
from tests.house.blind.test_sealed_rows import sequences
from tests.house.blind.writing import PageWrite, Story
from tests.one_of_everything import ACTIVE
from trials.admin import InfusionAdmin
from trials.models import Allocation, Participant, Trial
from trials.signals import product_changed

Patch = pytest.MonkeyPatch
Found = dict[str, set[str]]
INDEX = "GET admin:index"
SPECIMENS = "GET admin:immunology_specimen_add"
PEOPLE = "GET participants-list"


def arm_of(participant_id: int | None) -> str:
    with unsealed(Trial.objects.get()):
        return Allocation.objects.get(participant_id=participant_id).arm_code


def asked(*names: str) -> Callable[[Cast], Iterator[Question]]:
    def ask(cast: Cast) -> Iterator[Question]:
        for name in names:
            method, place = name.split(" ")
            yield Question(name, name, url_of(Address("GET", place), cast.everything), method)

    return ask


def found_in(told: list[Told]) -> Found:
    found: Found = {}
    for difference in all_differences(told):
        found.setdefault(difference.address, set()).add(difference.channel)
    return found


def reported(states: States, role: str, ask: Any = None, **how: Any) -> Found:
    return found_in([answers(state, role, ask or asked(INDEX, PEOPLE), **how) for state in states])


def reported_after_acts(states: States) -> Found:
    """Unblinded people change doses, then a nurse looks."""
    told = []
    for state in states:
        with state.entered():
            acts = heard_outside(lambda state=state: change_the_product(state.cast) or HttpResponse())
            looked = told_to(sign_in(user_of(state, Role.NURSE)), asked(INDEX, PEOPLE)(state.cast))
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


def say_on_the_first_page(patch: Patch, say: Callable[..., str]) -> None:
    patch.setattr(pages, "_standing", lambda *given: say(*given))


def test_who_is_in_the_same_arm_is_reported(states: States, monkeypatch: Patch) -> None:
    def same(*_: Any) -> str:
        first = arm_of(1)
        return str([one.code for one in Participant.objects.filter(pk__lte=7) if arm_of(one.pk) == first])

    say_on_the_first_page(monkeypatch, same)

    assert "body" in reported(states, Role.NURSE)[INDEX]


@pytest.mark.parametrize("figure", ["smaller arm", "absolute difference", "balanced"])
def test_a_symmetric_figure_is_reported(states: States, monkeypatch: Patch, figure: str) -> None:
    def say(*_: Any) -> str:
        cells = len([pk for pk in treated_with_cells() if pk <= 7])
        figures = {"smaller arm": min(cells, 7 - cells), "absolute difference": abs(7 - 2 * cells)}
        return str(figures.get(figure, "balanced" if abs(7 - 2 * cells) == 1 else "not balanced"))

    say_on_the_first_page(monkeypatch, say)

    assert "body" in reported(states, Role.NURSE)[INDEX]


def test_a_form_filled_in_behind_a_button_is_reported(states: States, monkeypatch: Patch) -> None:
    def prefilled(_self: Any, request: Any) -> dict[str, str]:
        wanted = request.GET.get("participant")
        return {"participant": wanted, "kit_number": arm_of(int(wanted))[:1]} if wanted else {}

    monkeypatch.setattr(InfusionAdmin, "get_changeform_initial_data", prefilled)
    followed: list[Question] = []

    def through_buttons(cast: Cast) -> Iterator[Question]:
        person = "GET admin:trials_participant_change"
        with_buttons = list(asked(INDEX, person)(cast))
        if not followed:
            told = told_to(sign_in(cast.users[Role.NURSE]), with_buttons)
            followed.extend(links(told, Reach(Role.NURSE, long=True)))
        yield from with_buttons
        yield from (one for one in followed if "infusion_add" in one.address)

    assert "body" in reported(states, Role.NURSE, through_buttons)["GET admin:trials_infusion_add"]


def test_an_answer_to_a_successful_write_is_reported(states: States, monkeypatch: Patch) -> None:
    call = RequestIdMiddleware.__call__

    def with_a_header(self: Any, request: Any) -> Any:
        response = call(self, request)
        if request.method == "POST" and response.status_code == 302:
            response["X-Kits"] = str(len(treated_with_cells()))
        return response

    monkeypatch.setattr(RequestIdMiddleware, "__call__", with_a_header)

    def write(cast: Cast) -> Iterator[Story]:
        url = url_of(Address("GET", "admin:immunology_specimen_add"), cast.everything)
        yield PageWrite(SPECIMENS, SPECIMENS, url)

    assert "headers" in reported(states, Role.NURSE, write)[SPECIMENS]


def test_a_log_line_of_an_unblinded_write_is_reported(states: States, on_dose: Any) -> None:
    on_dose(lambda pk: logging.getLogger("trials").info("dose of %s dispensed", arm_of(pk)))

    assert reported_after_acts(states) == {"acts": {"log"}}


QUEUES: dict[str, Callable[[str, int], Any]] = {
    "name": lambda arm, pk: judge_after_product.app.send_task(f"judge.{arm.lower()}", [pk]),
    "queue": lambda arm, pk: judge_after_product.apply_async([1, pk], queue=arm),
    "header": lambda arm, pk: judge_after_product.apply_async([1, pk], headers={"arm": arm}),
    "countdown": lambda arm, pk: judge_after_product.apply_async([1, pk], countdown=600 * (arm == ACTIVE)),
    "priority": lambda arm, pk: judge_after_product.apply_async([1, pk], priority=1 + (arm == ACTIVE)),
}


@pytest.mark.parametrize("option", QUEUES)
def test_what_stands_on_a_task_is_reported(states: States, on_dose: Any, option: str) -> None:
    def enqueue(pk: int) -> None:
        arm = arm_of(pk)
        transaction.on_commit(lambda: QUEUES[option](arm, pk))

    on_dose(enqueue)

    assert "tasks" in reported_after_acts(states)["acts"]


def test_a_cache_that_an_unblinded_write_fills_is_reported(
    states: States, on_dose: Any, monkeypatch: Patch
) -> None:
    on_dose(lambda pk: cache.set("last dose", arm_of(pk)))
    say_on_the_first_page(monkeypatch, lambda *_: f"last dose {cache.get('last dose')}")

    assert "body" in reported_after_acts(states)[INDEX]


def test_what_a_function_remembers_of_another_state_hides_nothing(states: States, monkeypatch: Patch) -> None:
    """A function of the program that remembers its first answer would give it in every state."""
    monkeypatch.setattr(pages, "remembered", lru_cache(lambda: len(treated_with_cells())), raising=False)
    say_on_the_first_page(monkeypatch, lambda *_: str(pages.remembered()))  # type: ignore[attr-defined]

    assert "body" in reported(states, Role.NURSE)[INDEX]


@pytest.mark.parametrize("moment", MOMENTS)
def test_what_shows_at_another_moment_only_is_reported(
    states: States, monkeypatch: Patch, moment: str
) -> None:
    at = MOMENTS[moment]
    say_on_the_first_page(monkeypatch, lambda *_: arm_of(1) if timezone.now() == at else "")

    assert reported(states, Role.NURSE) == {}
    assert "body" in reported(states, Role.NURSE, at=at)[INDEX]


def test_a_mail_of_a_sealed_write_is_reported(states: States, on_dose: Any) -> None:
    on_dose(lambda pk: mail.send_mail("A bag came", arm_of(pk), "us@site.example", ["nurse@site.example"]))

    assert reported_after_acts(states) == {"acts": {"mail"}}


@pytest.mark.parametrize("method", ["OPTIONS", "HEAD"])
def test_another_method_is_reported(states: States, monkeypatch: Patch, method: str) -> None:
    dispatch = APIView.dispatch

    def telling(self: Any, request: Any, *given: Any, **named: Any) -> Any:
        response = dispatch(self, request, *given, **named)
        if request.method == method:
            response["X-Rows"] = str(len(treated_with_cells()))
        return response

    monkeypatch.setattr(APIView, "dispatch", telling)
    name = f"{method} participants-list"

    assert "headers" in reported(states, Role.NURSE, asked(name))[name]


def test_what_shows_in_french_only_is_reported(states: States, monkeypatch: Patch) -> None:
    say_on_the_first_page(monkeypatch, lambda *_: arm_of(1) if get_language() == "fr" else "")

    assert reported(states, Role.NURSE, language="en") == {}
    assert "body" in reported(states, Role.NURSE, language="fr")[INDEX]


def test_what_shows_to_people_of_two_roles_only_is_reported(states: States, monkeypatch: Patch) -> None:
    call = RequestIdMiddleware.__call__

    def telling(self: Any, request: Any) -> Any:
        response = call(self, request)
        roles = set(request.user.memberships.values_list("role", flat=True)) if request.user.pk else set()
        if {Role.NURSE, Role.DATA_MANAGER} <= roles:
            response["X-Arm"] = arm_of(1)
        return response

    monkeypatch.setattr(RequestIdMiddleware, "__call__", telling)

    assert reported(states, Role.NURSE) == {}
    assert "headers" in reported(states, f"{Role.NURSE} and {Role.DATA_MANAGER}")[INDEX]


def test_an_oracle_is_reported(states: States, monkeypatch: Patch) -> None:
    def telling(request: Any, known: set[str]) -> None:
        guess = request.query_params.get("arm")
        if guess:
            raise ValidationError({"arm": "yes" if guess == arm_of(1) else "no"})

    monkeypatch.setattr(lists, "refuse_unknown_parameters", telling)

    def guess(_cast: Cast) -> Iterator[Question]:
        yield Question(PEOPLE, PEOPLE, f"/api/v1/participants/?arm={ACTIVE}")

    assert "body" in reported(states, Role.NURSE, guess)[PEOPLE]


def test_numbers_that_sealed_writes_move_are_reported(states: States, on_dose: Any) -> None:
    def take_a_number(pk: int) -> None:
        if arm_of(pk) == ACTIVE:
            with connection.cursor() as cursor:
                cursor.execute("SELECT nextval('trials_participant_id_seq')")

    on_dose(take_a_number)
    stand = []
    for state in states:
        with state.entered():
            change_the_product(state.cast)
            stand.append(sequences())

    assert stand[0]["trials_participant_id_seq"] != stand[1]["trials_participant_id_seq"]


def test_sealed_rows_opened_by_a_request_that_is_refused_are_reported(
    states: States, monkeypatch: Patch
) -> None:
    fields = problems._field_errors

    def reading(detail: Any, field: str = "") -> list[dict[str, str]]:
        treated_with_cells()
        return fields(detail, field)

    monkeypatch.setattr(problems, "_field_errors", reading)
    told = answers(states[0], Role.NURSE, asked("POST participants-list"))

    assert [name for name, _sentence in refused_after_opening(told)] == ["POST participants-list"]
