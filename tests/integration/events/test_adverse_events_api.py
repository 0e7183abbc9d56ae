"""The resource `adverse-events`: scope, filters, pages, one shape of refusal, idempotency, versions,
query budget.
"""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Membership, User
from events.models import AdverseEvent
from events.services.adverse_events import record_adverse_event, save_draft, void_adverse_event
from tests.factories import make_event, make_token, make_user
from tests.integration.events.event_rows import (
    AT,
    NOT_SERIOUS,
    REASON,
    Ward,
    make_serious_values,
    make_term,
    make_values,
    make_ward,
)

pytestmark = pytest.mark.django_db

LIST = "/api/v1/adverse-events/"
NOW = datetime.now(tz=UTC)
PLAIN = {
    "reported_term": "low blood pressure",
    "ctcae_term": "10021097",
    "onset": "2020-04-07T13:40",
    "ended": "2020-04-08",
    "grade": 2,
    "severity": "MODERATE",
    "causality": "OTHER_DISEASE",
    "outcome": "RECOVERED/RESOLVED",
    **NOT_SERIOUS,
}


@pytest.fixture
def ward() -> Ward:
    make_term()
    return make_ward()


def client_of(user: User) -> Client:
    """A client with a bearer token of the account's first membership."""
    secret = make_token(Membership.objects.filter(user=user).first(), at=NOW)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def record(ward: Ward, **values: Any) -> AdverseEvent:
    return record_adverse_event(
        participant=ward.participant, values=make_values(**values), by=ward.nurse, at=AT, reason=REASON
    )


def post(client: Client, path: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(path, body, content_type="application/json", headers=headers)


def listed(client: Client, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(LIST, query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def errors(answer: Any) -> dict[str, str]:
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return {item["field"]: item["message"] for item in answer.json()["errors"]}


def test_list_without_a_token_is_refused() -> None:
    assert Client().get(LIST).status_code == 401


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


@pytest.mark.parametrize("role", ["data_manager", "pharmacovigilance", "auditor", "unblinded_statistician"])
def test_create_by_roles_that_only_read_is_refused(ward: Ward, role: str) -> None:
    client = client_of(make_user(role, trial=ward.trial))

    answer = post(client, LIST, {**PLAIN, "participant": ward.participant.code})

    assert (answer.status_code, AdverseEvent.objects.count()) == (403, 0)


def test_list_shows_own_site_and_own_trial_only(ward: Ward) -> None:
    other_site = make_ward(ward.trial)
    own, other = record(ward), record(other_site)

    at_site = listed(client_of(ward.nurse))
    in_trial = listed(client_of(make_user("pharmacovigilance", trial=ward.trial)))

    assert [row["id"] for row in at_site] == [own.pk]
    assert {row["id"] for row in in_trial} == {own.pk, other.pk}


def test_event_of_another_site_is_not_found_whatever_is_asked_of_it(ward: Ward) -> None:
    other = record(make_ward(ward.trial))
    client = client_of(ward.nurse)

    answers = [
        client.get(f"{LIST}{other.pk}/"),
        post(client, f"{LIST}{other.pk}/void/", {"reason": "x"}),
        post(client, f"{LIST}{other.pk}/correct/", {"reason": "x", "version": 1, "grade": 1}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_create_records_the_event_and_gives_it_back_with_what_follows(ward: Ward) -> None:
    answer = post(client_of(ward.nurse), LIST, {**PLAIN, "participant": ward.participant.code})

    body = answer.json()
    assert answer.status_code == 201, body
    assert (body["term"], body["soc"], body["ctcae_version"]) == ("Hypotension", "Vascular disorders", "5.0")
    assert (body["site"], body["participant"], body["number"]) == (
        ward.site.code,
        ward.participant.code,
        1,
    )
    assert (body["after_infusion"], body["hours_after_infusion"]) == (1, {"fewest": 1.67, "most": 1.67})
    assert (body["related"], body["version"], body["remarks"]) == (False, 1, [])


def test_create_tells_what_is_asked_about(ward: Ward) -> None:
    sent = {**PLAIN, "participant": ward.participant.code, "severity": "MILD", "grade": 4}

    body = post(client_of(ward.nurse), LIST, {**sent, "life_threatening": None}).json()

    assert [(remark["kind"], remark["rule"]) for remark in body["remarks"]] == [
        ("warning", "R4"),
        ("prompt", "R3"),
    ]


def test_create_at_another_site_does_not_tell_that_the_participant_exists(ward: Ward) -> None:
    other = make_ward(ward.trial).participant
    client = client_of(ward.nurse)

    answers = [post(client, LIST, {**PLAIN, "participant": code}) for code in (other.code, "nobody")]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert [errors(answer)["participant"].replace(other.code, "nobody") for answer in answers] == [
        "Participant: no participant within your reach has the code nobody."
    ] * 2


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"grade": 7}, "grade", "Grade: 7 is not a grade; CTCAE grades are 1 to 5 (R1)."),
        ({"onset": "2020-02-30"}, "onset", "2020-02-30"),
        ({"ended": "2020-04-01"}, "ended", "End: 2020-04-01 is before onset"),
        ({"onset": "2099", "ended": "", "outcome": ""}, "onset", "lies in the future"),
        ({"serious": True}, "serious", "none of the six criteria"),
        ({"hospitalisation": True}, "serious", "an event with a criterion is serious (R5)"),
        ({"causality": "WEATHER"}, "causality", "WEATHER is not a category of the protocol"),
        ({"ctcae_term": "Ghosts"}, "ctcae_term", "“Ghosts” is not a term of CTCAE v5.0"),
        ({"after_infusion": 3}, "after_infusion", "no infusion 3"),
        ({"outcome": "CURED"}, "outcome", "CURED"),
        ({"garde": 3}, "garde", "garde: not a field here; known are:"),
        ({"number": 3}, "number", "number: not a field here; known are:"),
    ],
)
def test_create_refused_names_field_value_and_rule_and_writes_nothing(
    ward: Ward, changes: dict[str, Any], field: str, sentence: str
) -> None:
    sent = {**PLAIN, "participant": ward.participant.code, **changes}

    answer = post(client_of(ward.nurse), LIST, sent)

    assert answer.status_code == 400
    assert sentence in errors(answer)[field]
    assert not AdverseEvent.objects.exists()


def test_create_sent_twice_with_one_key_creates_once(ward: Ward) -> None:
    client = client_of(ward.nurse)
    sent = {**PLAIN, "participant": ward.participant.code}

    answers = [post(client, LIST, sent, **{"Idempotency-Key": "k-1"}) for _ in range(2)]
    other = post(client, LIST, {**sent, "grade": 1}, **{"Idempotency-Key": "k-1"})

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert (other.status_code, AdverseEvent.objects.count()) == (422, 1)


def test_draft_is_kept_completed_and_only_then_listed(ward: Ward) -> None:
    client = client_of(ward.nurse)
    draft = post(
        client, LIST, {"participant": ward.participant.code, "status": "draft", "reported_term": "collapse"}
    ).json()

    before = listed(client)
    completed = post(client, f"{LIST}{draft['id']}/complete/", {**PLAIN, "version": 1})

    assert (draft["status"], before) == ("draft", [])
    assert [row["id"] for row in listed(client, status="draft")] == []
    assert (completed.status_code, completed.json()["status"]) == (200, "recorded")
    assert [row["id"] for row in listed(client)] == [draft["id"]]


def test_correction_needs_the_version_that_was_seen(ward: Ward) -> None:
    event, client = record(ward), client_of(ward.nurse)
    path = f"{LIST}{event.pk}/correct/"

    first = post(client, path, {"grade": 3, "version": 1, "reason": "ward called back"})
    late = post(client, path, {"grade": 1, "version": 1, "reason": "ward called back"})
    unreasoned = post(client, path, {"grade": 1, "version": 2, "reason": ""})

    assert (first.status_code, first.json()["grade"], first.json()["version"]) == (200, 3, 2)
    assert (late.status_code, "read it again" in errors(late)["version"]) == (400, True)
    assert (unreasoned.status_code, list(errors(unreasoned))) == (400, ["reason"])


def test_follow_up_signature_and_void_over_http(ward: Ward) -> None:
    event = record(ward, outcome="RECOVERING/RESOLVING", ended="")
    nurse, investigator = client_of(ward.nurse), client_of(ward.investigator)
    path = f"{LIST}{event.pk}/"

    follow_up = {"outcome": "RECOVERED/RESOLVED", "ended": "2020-04-09", "version": 1, "reason": "seen again"}
    followed = post(nurse, f"{path}follow-up/", follow_up)
    refused = post(nurse, f"{path}sign/", {"version": 2})
    signed = post(investigator, f"{path}sign/", {"version": 2})
    voided = post(nurse, f"{path}void/", {"reason": "wrong participant"})

    assert [answer.status_code for answer in (followed, refused, signed, voided)] == [200, 403, 200, 200]
    assert signed.json()["signed_by"] == "Ada Kern"
    assert voided.json()["void_reason"] == "wrong participant"
    assert listed(nurse) == []
    assert [row["id"] for row in listed(nurse, voided="true")] == [event.pk]


def test_versions_tell_who_changed_what_when_and_why(ward: Ward, django_assert_max_num_queries: Any) -> None:
    event, client = record(ward), client_of(ward.nurse)
    path = f"{LIST}{event.pk}/"
    correction = {"grade": 3, "causality": "UNDETERMINED", "version": 1, "reason": "ward called back"}
    post(client, f"{path}correct/", correction)
    post(client_of(ward.investigator), f"{path}sign/", {"version": 2})

    with django_assert_max_num_queries(8):
        first, second, third = client.get(f"{path}versions/").json()

    entered = {change["field"]: change["after"] for change in first["changes"]}
    assert (first["version"], first["by"], first["reason"]) == (1, ward.nurse.username, REASON)
    assert (entered["ctcae_term"], entered["after_infusion"], entered["grade"]) == ("10021097", 1, 2)
    assert (second["version"], second["reason"]) == (2, "ward called back")
    assert second["changes"] == [
        {"field": "grade", "before": 2, "after": 3},
        {"field": "causality", "before": "OTHER_DISEASE", "after": "UNDETERMINED"},
    ]
    assert [change["field"] for change in third["changes"]] == ["signed_by", "signed_at"]


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_nothing_is_overwritten_or_deleted(ward: Ward, method: str) -> None:
    event = record(ward)

    answer = getattr(client_of(ward.nurse), method)(f"{LIST}{event.pk}/")

    assert answer.status_code in (403, 405)
    assert AdverseEvent.objects.filter(pk=event.pk).exists()


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
    ({"updated_since": "2020-04-10T09:00:01Z"}, set()),
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
