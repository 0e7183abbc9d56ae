"""The list of adverse events over HTTP: filters, pages that lose nothing, a bounded number of queries."""

from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from events.services.adverse_events import save_draft, void_adverse_event
from tests.factories import make_event, make_user
from tests.integration.events.event_requests import LIST, client_of, errors, listed
from tests.integration.events.event_rows import (
    AT,
    NOT_SERIOUS,
    REASON,
    Ward,
    make_serious_values,
    make_term,
    make_ward,
)
from tests.integration.events.event_steps import record
from tests.plugins.shared_rows import shared_rows

pytestmark = pytest.mark.django_db


@shared_rows
def ward() -> Ward:
    make_term()
    return make_ward()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("nurse", 200),
        ("investigator", 200),
        ("data_manager", 200),
        ("pharmacovigilance", 200),
        ("auditor", 200),
        ("unblinded_statistician", 200),
        ("cell_therapy_unit", 403),
        ("hla_laboratory", 403),
        ("board_member", 403),
    ],
)
def test_list_by_role(ward: Ward, role: str, status: int) -> None:
    client = client_of(make_user(role, trial=ward.trial))

    assert client.get(LIST).status_code == status


def test_list_shows_own_site_and_own_trial_only(ward: Ward) -> None:
    other_site = make_ward(ward.trial)
    own, other = record(ward), record(other_site)

    at_site = listed(client_of(ward.nurse))
    in_trial = listed(client_of(make_user("pharmacovigilance", trial=ward.trial)))

    assert [row["id"] for row in at_site] == [own.pk]
    assert {row["id"] for row in in_trial} == {own.pk, other.pk}


FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"plain", "serious", "open"}),
    ({"serious": "true"}, {"serious"}),
    ({"serious": "false"}, {"plain"}),
    ({"serious": "unknown"}, {"open"}),
    ({"related": "true"}, {"serious"}),
    ({"related": "false"}, {"plain"}),
    ({"related": "unknown"}, {"open"}),
    ({"grade": 2}, {"plain"}),
    ({"grade_min": 2}, {"plain", "serious"}),
    ({"outcome": "RECOVERED/RESOLVED"}, {"plain"}),
    ({"causality": "undetermined"}, {"serious"}),
    ({"term": "10021097"}, {"plain", "serious", "open"}),
    ({"term": "hypo"}, {"plain", "serious", "open"}),
    ({"term": "sepsis"}, set()),
    ({"soc": "vascular disorders"}, {"plain", "serious", "open"}),
    ({"soc": "vascular"}, set()),
    ({"onset_from": "2020-04-08T22:00:00Z"}, {"open"}),
    ({"onset_to": "2020-04-07T12:00:00Z"}, {"plain"}),
    ({"signed": "true"}, set()),
    ({"updated_since": "2020-04-10T09:00:00Z"}, {"plain", "serious", "open"}),
    ({"updated_since": "2050-04-10T09:00:01Z"}, set()),
    ({"status": "any", "voided": "any"}, {"plain", "serious", "open", "draft", "voided"}),
    ({"status": "draft"}, {"draft"}),
    ({"site": "nowhere"}, set()),
    ({"trial": "STROMA-COV-2"}, {"plain", "serious", "open"}),
]


def test_each_filter_chooses_its_events(ward: Ward) -> None:
    record(ward, reported_term="plain")
    record(
        ward,
        **make_serious_values(
            reported_term="serious",
            grade=3,
            causality="UNDETERMINED",
            onset="2020-04-08T03:40",
            outcome="NOT RECOVERED/NOT RESOLVED",
            ended="",
        ),
    )
    unknown = dict.fromkeys(NOT_SERIOUS)
    record(
        ward,
        **{
            **unknown,
            "reported_term": "open",
            "grade": None,
            "severity": "",
            "causality": "",
            "onset": "2020-04-09",
            "outcome": "",
            "ended": "",
        },
    )
    void_adverse_event(event=record(ward, reported_term="voided"), by=ward.nurse, at=AT, reason=REASON)
    save_draft(
        participant=ward.participant, values={"reported_term": "draft"}, by=ward.nurse, at=AT, reason=REASON
    )

    client = client_of(ward.nurse)
    found = [(query, {row["reported_term"] for row in listed(client, **query)}) for query, _ in FILTERS]
    assert found == FILTERS


UNKNOWN = {
    "serious": "maybe",
    "grade": "9",
    "outcome": "CURED",
    "onset_from": "yesterday",
    "serius": "true",
    "ordering": "narrative",
    "cursor": "nonsense",
}


def test_unknown_filter_value_ordering_or_cursor_is_refused_by_name(ward: Ward) -> None:
    client = client_of(ward.nurse)

    answers = {name: client.get(LIST, {name: value}) for name, value in UNKNOWN.items()}

    assert {answer.status_code for answer in answers.values()} == {400}
    assert {name: list(errors(answer)) for name, answer in answers.items()} == {n: [n] for n in UNKNOWN}


def test_pages_lose_and_repeat_no_row_where_values_are_equal_or_missing(ward: Ward) -> None:
    for number in range(9):
        onset = AT - timedelta(days=number // 3) if number < 6 else None
        made = {"grade": [None, 1, 2][number % 3], "onset": "2020-04" if onset else ""}
        make_event(ward.participant, **made, onset_earliest_at=onset, onset_latest_at=onset)
    client = client_of(ward.nurse)

    for ordering in ("-onset", "onset", "grade", "-grade", "id", "-changed_at"):
        pages = pages_of(client, f"{LIST}?page_size=2&ordering={ordering}")
        before_last = client.get(pages[-1]["previous"]).json()

        forward = [row["id"] for page in pages for row in page["results"]]
        assert forward == [row["id"] for row in listed(client, ordering=ordering)], ordering
        assert len(set(forward)) == 9
        assert before_last["results"] == pages[-2]["results"]
        assert pages[0]["previous"] is None


def pages_of(client: Client, link: str | None) -> list[dict[str, Any]]:
    """Every page of a list, from the first link on."""
    pages = []
    while link:
        pages.append(client.get(link).json())
        link = pages[-1]["next"]
    return pages


def test_cursor_of_another_ordering_is_refused(ward: Ward) -> None:
    record(ward)
    record(ward)
    client = client_of(ward.nurse)
    cursor = client.get(LIST, {"page_size": 1}).json()["next"].split("cursor=")[1].split("&")[0]

    answer = client.get(f"{LIST}?page_size=1&ordering=grade&cursor={cursor}")

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "said",
    [
        "1",
        "[]",
        '{"by": ["-onset_earliest_at", "-id"], "key": [null, 1e400], "back": 1}',
        '{"by": 1, "key": 1}',
    ],
)
def test_cursor_that_somebody_made_up_is_refused(ward: Ward, said: str) -> None:
    cursor = urlsafe_b64encode(said.encode()).decode()

    answer = client_of(ward.nurse).get(LIST, {"cursor": cursor})

    assert (answer.status_code, list(errors(answer))) == (400, ["cursor"])


def test_list_needs_as_many_queries_for_ten_events_as_for_one(
    ward: Ward, django_assert_max_num_queries: Any
) -> None:
    client = client_of(ward.nurse)
    record(ward)
    client.get(LIST)

    with django_assert_max_num_queries(8) as one:
        listed(client)
    for _ in range(9):
        record(ward)
    with django_assert_max_num_queries(8) as ten:
        assert len(listed(client)) == 10

    assert len(ten) == len(one)
