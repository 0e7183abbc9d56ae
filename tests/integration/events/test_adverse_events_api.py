"""The resource `adverse-events`: scope, filters, pages, refusals, idempotency, versions, query budget."""

from typing import Any

import pytest
from django.test import Client

from events.models import AdverseEvent
from tests.factories import make_user
from tests.integration.events.event_requests import LIST, PLAIN, client_of, errors, listed, post
from tests.integration.events.event_rows import (
    REASON,
    Ward,
    make_term,
    make_ward,
)
from tests.integration.events.event_steps import record
from tests.plugins.shared_rows import shared_rows
from tests.ward import PASSWORD

pytestmark = pytest.mark.django_db


@shared_rows
def ward() -> Ward:
    make_term()
    return make_ward()


def test_list_without_a_token_is_refused() -> None:
    assert Client().get(LIST).status_code == 401


@pytest.mark.parametrize("role", ["data_manager", "pharmacovigilance", "auditor", "unblinded_statistician"])
def test_create_by_roles_that_only_read_is_refused(ward: Ward, role: str) -> None:
    client = client_of(make_user(role, trial=ward.trial))

    answer = post(client, LIST, {**PLAIN, "participant": ward.participant.code})

    assert (answer.status_code, AdverseEvent.objects.count()) == (403, 0)


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
    unreasoned = post(client, path, {"grade": 4, "version": 2, "reason": ""})

    assert (first.status_code, first.json()["grade"], first.json()["version"]) == (200, 3, 2)
    assert (late.status_code, "read it again" in errors(late)["version"]) == (409, True)
    assert (unreasoned.status_code, list(errors(unreasoned))) == (400, ["reason"])


def test_follow_up_signature_and_void_over_http(ward: Ward) -> None:
    event = record(ward, outcome="RECOVERING/RESOLVING", ended="")
    nurse, investigator = client_of(ward.nurse), client_of(ward.investigator)
    path = f"{LIST}{event.pk}/"

    follow_up = {"outcome": "RECOVERED/RESOLVED", "ended": "2020-04-09", "version": 1, "reason": "seen again"}
    followed = post(nurse, f"{path}follow-up/", follow_up)
    refused = post(nurse, f"{path}sign/", {"version": 2})
    unlike = post(investigator, f"{path}sign/", {"version": 2, "password": "somebody else's"})
    signed = post(investigator, f"{path}sign/", {"version": 2, "password": PASSWORD})
    voided = post(nurse, f"{path}void/", {"reason": "wrong participant"})

    assert [answer.status_code for answer in (followed, refused, signed, voided)] == [200, 403, 200, 200]
    assert errors(unlike) == {"password": "Password: this is not your password; nothing was done."}
    assert signed.json()["signed_by"] == "Ada Kern"
    assert voided.json()["void_reason"] == "wrong participant"
    assert listed(nurse) == []
    assert [row["id"] for row in listed(nurse, voided="true")] == [event.pk]


def test_versions_tell_who_changed_what_when_and_why(ward: Ward, django_assert_max_num_queries: Any) -> None:
    event, client = record(ward), client_of(ward.nurse)
    path = f"{LIST}{event.pk}/"
    correction = {"grade": 3, "causality": "UNDETERMINED", "version": 1, "reason": "ward called back"}
    post(client, f"{path}correct/", correction)
    post(client_of(ward.investigator), f"{path}sign/", {"version": 2, "password": PASSWORD})

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
