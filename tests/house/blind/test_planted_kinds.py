"""The kinds of leaks that one total swap of the arms did not show: each is planted, and the proof fails there.

`test_planted_leaks.py` has the plain ones. Here are partition and symmetric figures, pages with parameters, responses
to writes, acts of unblinded people, other methods, times, languages and people, oracles, numbers, and refusals.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language
from rest_framework.exceptions import ValidationError
from rest_framework.views import APIView

from accounts.choices import Role
from safety_monitor.middleware import RequestIdMiddleware
from tests.addresses import Address, url_of
from tests.full_fixture import ACTIVE
from tests.house.blind.cast import Cast
from tests.house.blind.comparing import answers, collected_answers, sign_in
from tests.house.blind.further import MOMENTS, links
from tests.house.blind.planting import (
    INDEX,
    PEOPLE,
    SPECIMENS,
    Patch,
    arm_of,
    asked,
    reported,
    say_on_the_first_page,
)
from tests.house.blind.reaching import Question, Reach
from tests.house.blind.states import States
from tests.house.blind.test_planted_leaks import treated_with_cells
from tests.house.blind.test_reallocation import unlogged_openings
from tests.house.blind.writing import PageWrite, Story
from trials.admin import InfusionAdmin
from trials.models import Participant, Trial
from webkit.api import lists, problems
from worklist.pages import sections as pages


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


def test_a_form_filled_in_behind_a_button_is_reported(two_states: States, monkeypatch: Patch) -> None:
    def prefilled(_self: Any, request: Any) -> dict[str, str]:
        wanted = request.GET.get("participant")
        return {"participant": wanted, "kit_number": arm_of(int(wanted))[:1]} if wanted else {}

    monkeypatch.setattr(InfusionAdmin, "get_changeform_initial_data", prefilled)
    followed: list[Question] = []

    def through_buttons(cast: Cast) -> Iterator[Question]:
        person = "GET admin:trials_participant_change"
        with_buttons = list(asked(INDEX, person)(cast))
        if not followed:
            told = collected_answers(sign_in(cast.users[Role.NURSE]), with_buttons)
            followed.extend(links(told, Reach(Role.NURSE, long=True)))
        yield from with_buttons
        yield from (one for one in followed if "infusion_add" in one.address)

    assert "body" in reported(two_states, Role.NURSE, through_buttons)["GET admin:trials_infusion_add"]


def test_an_answer_to_a_successful_write_is_reported(two_states: States, monkeypatch: Patch) -> None:
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

    assert "headers" in reported(two_states, Role.NURSE, write)[SPECIMENS]


def test_what_a_function_remembers_of_another_state_hides_nothing(
    two_states: States, monkeypatch: Patch
) -> None:
    """A function of the program that remembers its first answer would give it in every state."""
    monkeypatch.setattr(pages, "remembered", lru_cache(lambda: len(treated_with_cells())), raising=False)
    say_on_the_first_page(monkeypatch, lambda *_: str(pages.remembered()))  # type: ignore[attr-defined]

    assert "body" in reported(two_states, Role.NURSE)[INDEX]


@pytest.mark.parametrize("moment", MOMENTS)
def test_what_shows_at_another_moment_only_is_reported(
    two_states: States, monkeypatch: Patch, moment: str
) -> None:
    at = MOMENTS[moment]
    say_on_the_first_page(monkeypatch, lambda *_: arm_of(1) if timezone.now() == at else "")

    assert reported(two_states, Role.NURSE) == {}
    assert "body" in reported(two_states, Role.NURSE, at=at)[INDEX]


@pytest.mark.parametrize("method", ["OPTIONS", "HEAD"])
def test_another_method_is_reported(two_states: States, monkeypatch: Patch, method: str) -> None:
    dispatch = APIView.dispatch

    def telling(self: Any, request: Any, *given: Any, **named: Any) -> Any:
        response = dispatch(self, request, *given, **named)
        if request.method == method:
            response["X-Rows"] = str(len(treated_with_cells()))
        return response

    monkeypatch.setattr(APIView, "dispatch", telling)
    name = f"{method} participants-list"

    assert "headers" in reported(two_states, Role.NURSE, asked(name))[name]


def test_what_shows_in_french_only_is_reported(two_states: States, monkeypatch: Patch) -> None:
    say_on_the_first_page(monkeypatch, lambda *_: arm_of(1) if get_language() == "fr" else "")

    assert reported(two_states, Role.NURSE, language="en") == {}
    assert "body" in reported(two_states, Role.NURSE, language="fr")[INDEX]


def test_what_shows_to_people_of_two_roles_only_is_reported(two_states: States, monkeypatch: Patch) -> None:
    call = RequestIdMiddleware.__call__

    def telling(self: Any, request: Any) -> Any:
        response = call(self, request)
        roles = set(request.user.memberships.values_list("role", flat=True)) if request.user.pk else set()
        if {Role.NURSE, Role.DATA_MANAGER} <= roles:
            response["X-Arm"] = arm_of(1)
        return response

    monkeypatch.setattr(RequestIdMiddleware, "__call__", telling)

    assert reported(two_states, Role.NURSE) == {}
    assert "headers" in reported(two_states, f"{Role.NURSE} and {Role.DATA_MANAGER}")[INDEX]


def test_an_oracle_is_reported(two_states: States, monkeypatch: Patch) -> None:
    def telling(request: Any, known: set[str]) -> None:
        guess = request.query_params.get("arm")
        if guess:
            raise ValidationError({"arm": "yes" if guess == arm_of(1) else "no"})

    monkeypatch.setattr(lists, "refuse_unknown_parameters", telling)

    def guess(_cast: Cast) -> Iterator[Question]:
        yield Question(PEOPLE, PEOPLE, f"/api/v1/participants/?arm={ACTIVE}")

    assert "body" in reported(two_states, Role.NURSE, guess)[PEOPLE]


def test_sealed_rows_opened_past_the_log_of_openings_are_reported(
    two_states: States, monkeypatch: Patch
) -> None:
    """By a request that is refused: the clearance is rolled back, and no entry stays."""
    fields = problems._field_errors

    def reading(detail: Any, field: str = "") -> list[dict[str, str]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM accounts_open_clearance(%s, %s, %s, %s, %s, %s, now())",
                ["role", 1, Trial.objects.get().pk, None, "read", ""],
            )
        return fields(detail, field)

    monkeypatch.setattr(problems, "_field_errors", reading)
    told = answers(two_states[0], Role.NURSE, asked("POST participants-list"))

    assert [name for name, _sentence in unlogged_openings(told)] == ["POST participants-list"]
