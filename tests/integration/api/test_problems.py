"""Refusals of the API: one format with a code, for every visitor and address; nothing is ignored."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.factories import make_user
from tests.integration.events.event_requests import LIST, PLAIN, client_of, listed, post
from tests.integration.events.event_rows import Ward, make_term, make_ward
from tests.integration.events.event_steps import record
from tests.plugins.shared_rows import shared_rows

pytestmark = pytest.mark.django_db
SERIOUS = {"serious": True, "hospitalisation": True}


@shared_rows
def ward() -> Ward:
    make_term()
    return make_ward()


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v2/trials/", "/api/v1/adverse-event/"])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_wrong_address_is_a_problem_and_never_the_sign_in_page(path: str, method: str) -> None:
    answer = getattr(Client(), method)(path)

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert (answer.json()["code"], answer.json()["detail"]) == ("not_found", "There is no such address.")


@pytest.mark.parametrize("path", ["/api", "/api/v1/adverse-events"])
def test_address_without_its_slash_is_told_so(path: str) -> None:
    answer = Client().get(path)

    assert answer.status_code == 404
    assert answer.json()["detail"] == "There is no such address; the addresses of the API end with a slash."


def test_method_that_is_not_allowed_says_which_are(ward: Ward) -> None:
    answer = client_of(ward.nurse).delete(LIST)

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in answer["Allow"]


def test_each_refused_field_has_a_code(ward: Ward) -> None:
    answer = post(client_of(ward.nurse), LIST, {**PLAIN, "participant": ward.participant.code, "grade": 9})

    codes = {error["field"]: error["code"] for error in answer.json()["errors"]}
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert codes["grade"] == "grade_impossible"


def test_change_of_an_old_version_is_a_conflict_with_a_code(ward: Ward) -> None:
    event = record(ward)
    client = client_of(ward.nurse)
    body = {"version": 1, "reason": "typing", "reported_term": "low"}
    post(client, f"{LIST}{event.pk}/correct/", body)

    late = post(client, f"{LIST}{event.pk}/correct/", {**body, "reported_term": "lower"})

    assert (late.status_code, late.json()["code"]) == (409, "version_is_old")
    assert [(error["field"], error["code"]) for error in late.json()["errors"]] == [
        ("version", "version_is_old")
    ]


@pytest.mark.parametrize("given", ["0", "-1", "1001", "many", "", "1e2", "٣", "9" * 6000])
def test_wrong_page_size_is_refused(ward: Ward, given: str) -> None:
    answer = client_of(ward.nurse).get(LIST, {"page_size": given})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "page_size"
    assert "is not a whole number from 1 to 1000" in answer.json()["detail"]


@pytest.mark.parametrize("field", ["grade", "version", "after_infusion"])
def test_integer_of_six_thousand_digits_is_refused(ward: Ward, field: str) -> None:
    body = f'{{"participant": "x", "reported_term": "y", "{field}": {"9" * 6000}}}'

    answer = client_of(ward.nurse).post(LIST, body, content_type="application/json")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


NOW = datetime.now(tz=UTC)


def events_by(ward: Ward, **query: Any) -> list[str]:
    client = client_of(make_user("pharmacovigilance", trial=ward.trial))
    return sorted(row["reported_term"] for row in listed(client, **query))


def test_officers_find_candidates_for_a_susar(ward: Ward) -> None:
    record(ward, reported_term="not serious")
    record(ward, reported_term="unrelated", **SERIOUS, causality="OTHER_DISEASE")
    record(ward, reported_term="not assessed", **SERIOUS, causality="")

    assert events_by(ward, susar_candidate="true") == ["not assessed"]
    assert events_by(ward, susar_candidate="false") == ["not serious", "unrelated"]


def test_officers_find_by_criterion_action_and_times(ward: Ward) -> None:
    aware = datetime(2020, 4, 8, 8, 0, tzinfo=UTC)
    record(ward, reported_term="plain")
    record(ward, reported_term="hospital", **SERIOUS, aware_at=aware)
    record(
        ward,
        reported_term="told in time",
        serious=True,
        life_threatening=True,
        aware_at=aware,
        sponsor_informed_at=aware + timedelta(hours=24),
        action_taken="DRUG INTERRUPTED",
    )
    record(
        ward,
        reported_term="told late",
        serious=True,
        medically_important=True,
        aware_at=aware,
        sponsor_informed_at=aware + timedelta(hours=24, minutes=1),
    )

    assert events_by(ward, hospitalisation="true") == ["hospital"]
    assert events_by(ward, life_threatening="true") == ["told in time"]
    assert events_by(ward, action_taken="DRUG INTERRUPTED") == ["told in time"]
    assert events_by(ward, overdue="true") == ["hospital", "told late"]
    assert events_by(ward, aware="false") == ["plain"]
    assert events_by(ward, sponsor_informed="true") == ["told in time", "told late"]
    assert events_by(ward, sponsor_informed_to="2020-04-09T08:00:00Z") == ["told in time"]
    assert events_by(ward, dictionary_code="10021097") == ["hospital", "plain", "told in time", "told late"]
