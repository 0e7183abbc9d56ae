"""Lists of the trials app over HTTP: filters, pages without loss, a bounded number of queries, nothing sealed."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from tests.factories import (
    AT,
    make_enrolled,
    make_infusion,
    make_participant,
    make_trial,
    make_user,
)
from tests.integration.trials.api_client import Api, fields_of
from trials.models import Site, Trial

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(nurse: User) -> Api:
    return Api(nurse)


@pytest.fixture
def auditor(trial: Trial) -> Api:
    return Api(make_user("auditor", trial=trial))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"status": "screened"}, {"SCREENED"}),
        ({"enrolled": "true"}, {"FIRST", "SECOND"}),
        ({"enrolled": "false"}, {"SCREENED"}),
        ({"site": "07"}, {"FIRST", "SCREENED"}),
        ({"trial": "OTHER"}, set()),
        ({"code": "SECOND"}, {"SECOND"}),
        ({"has_died": "true"}, {"SECOND"}),
        ({"updated_since": "2020-04-06T09:00:00Z"}, {"FIRST", "SECOND", "SCREENED"}),
        ({"updated_since": "2050-04-06T09:00:01Z"}, set()),
    ],
)
def test_participants_are_filtered(
    auditor: Api, trial: Trial, site: Site, query: dict[str, str], expected: set[str]
) -> None:
    make_enrolled(trial, site, code="FIRST")
    make_enrolled(trial, trial.sites.get(code="01"), code="SECOND", has_died=True)
    make_participant(trial, site, code="SCREENED")

    response = auditor.get("participants/", **query)

    assert {row["code"] for row in response.json()["results"]} == expected


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"number": "2"}, [2]),
        ({"status": "not_given"}, [3]),
        ({"started_from": "2020-04-09T10:00:00Z"}, [2]),
        ({"started_to": "2020-04-07T10:00:00Z"}, [1]),
        ({"voided": "true"}, [4]),
        ({"voided": "false"}, [1, 2, 3]),
        ({"participant": "FIRST"}, [1, 2, 3, 4]),
        ({"participant": "OTHER"}, []),
        ({"site": "01"}, []),
    ],
)
def test_infusions_are_filtered(
    auditor: Api, trial: Trial, site: Site, query: dict[str, str], numbers: list[int]
) -> None:
    participant = make_enrolled(trial, site, code="FIRST")
    make_infusion(participant)
    make_infusion(participant, started_at=AT + timedelta(days=3, hours=1))
    make_infusion(participant, status="not_given", started_at=None, not_given_reason="shock")
    make_infusion(
        participant, number=4, started_at=AT + timedelta(days=2), voided_at=AT, void_reason="mistake"
    )

    response = auditor.get("infusions/", ordering="id", **query)

    assert [row["number"] for row in response.json()["results"]] == numbers


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"updated_since": "yesterday"}, "updated_since"),
        ({"statsu": "enrolled"}, "statsu"),
        ({"ordering": "arm"}, "ordering"),
        ({"cursor": "nonsense"}, "cursor"),
    ],
)
def test_an_unreadable_parameter_is_refused(auditor: Api, query: dict[str, str], field: str) -> None:
    response = auditor.get("participants/", **query)

    assert (response.status_code, fields_of(response)) == (400, [field])


def test_pages_follow_each_other_without_loss(auditor: Api, trial: Trial, site: Site) -> None:
    enrolled = [make_enrolled(trial, site).code for _ in range(3)]
    screened = [make_participant(trial, site).code for _ in range(2)]
    seen: list[str] = []
    answer = auditor.get("participants/", page_size=2, ordering="enrolment_number").json()

    while True:
        seen += [row["code"] for row in answer["results"]]
        if not answer["next"]:
            break
        answer = auditor.client.get(answer["next"]).json()

    assert seen == enrolled + screened


def test_counts_are_of_the_askers_sites(api: Api, auditor: Api, trial: Trial, site: Site) -> None:
    make_infusion(make_enrolled(trial, site))
    make_enrolled(trial, trial.sites.get(code="01"))
    make_participant(trial, site, status="screen_failure")
    path = f"trials/{trial.pk}/counts/"

    own = {
        "site_code": "07", "screened": 2, "screen_failures": 1, "enrolled": 1, "treated": 1,
        "completed": 0, "withdrawn": 0, "died": 0,
    }  # fmt: skip
    assert api.get(path).json() == [own]
    assert [row["site_code"] for row in auditor.get(path).json()] == ["01", "07"]


def test_protocol_of_a_trial_is_what_was_loaded(auditor: Api, trial: Trial, content: dict[str, Any]) -> None:
    versions = auditor.get(f"trials/{trial.pk}/protocol/").json()

    assert [version["label"] for version in versions] == ["1.0"]
    assert versions[0]["content"]["looks"] == content["looks"]


def test_other_trials_are_not_there(auditor: Api, trial: Trial) -> None:
    other = make_trial(code="OTHER")

    assert [row["code"] for row in auditor.get("trials/").json()["results"]] == [trial.code]
    assert auditor.get(f"trials/{other.pk}/protocol/").status_code == 404


def test_schedule_shows_planned_infusions_as_they_stand(auditor: Api, trial: Trial, site: Site) -> None:
    participant = make_enrolled(trial, site)
    infusion = make_infusion(participant)

    rows = auditor.get(f"participants/{participant.pk}/schedule/").json()

    assert [(row["number"], row["state"], row["timing"]) for row in rows] == [
        (1, "done", "inside"),
        (2, "lapsed", None),
        (3, "lapsed", None),
    ]
    assert (rows[0]["infusion"], rows[1]["opens_at"], rows[1]["closes_at"]) == (
        infusion.pk,
        "2020-04-07T22:00:00Z",
        "2020-04-10T21:59:59.999999Z",
    )


@pytest.mark.parametrize("path", ["participants/", "infusions/", "sites/", "trials/"])
def test_lists_cost_the_same_for_one_row_and_for_ten(
    auditor: Api, trial: Trial, site: Site, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_infusion(make_enrolled(trial, site))
    with django_assert_max_num_queries(4) as one:
        auditor.get(path)
    for _ in range(9):
        make_infusion(make_enrolled(trial))

    with django_assert_max_num_queries(4) as ten:
        auditor.get(path)

    assert len(ten) == len(one)


def test_nothing_sealed_is_in_any_answer(auditor: Api, trial: Trial, site: Site) -> None:
    participant = make_enrolled(trial, site)
    make_infusion(participant)
    words = ("arm", "batch", "donor", "allocation", "viability", "cells")

    rows = auditor.get("participants/").json()["results"] + auditor.get("infusions/").json()["results"]

    assert not [name for row in rows for name in row if any(word in name.split("_") for word in words)]
