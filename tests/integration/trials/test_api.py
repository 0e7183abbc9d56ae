"""The trials app over HTTP: scope, refusals, created once, in few queries."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import User
from audit.models import Entry
from tests.factories import (
    make_enrolled,
    make_infusion,
    make_membership,
    make_participant,
    make_site,
    make_token,
    make_user,
)
from tests.integration.trials.api_client import Api, fields_of, screening
from trials.models import Infusion, Participant, Site, Trial

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(nurse: User) -> Api:
    return Api(nurse)


@pytest.fixture
def auditor(trial: Trial) -> Api:
    return Api(make_user("auditor", trial=trial))


def test_a_participant_from_screening_to_death(api: Api, nurse: User) -> None:
    made = api.post("participants/", screening()).json()
    path = f"participants/{made['id']}"
    moment = timezone.now().isoformat()

    enrolled = api.post(f"{path}/enrol/", {"enrolled_at": moment, "reason": "randomised"}).json()
    corrected = api.patch(f"{path}/", {"age_years": 61, "reason": "typing", "seen_version": 2}).json()
    month = timezone.localdate(timezone=ZoneInfo("Europe/Paris")).isoformat()[:7]
    dead = api.post(f"{path}/record-death/", {"died": month, "reason": "died"}).json()

    assert (made["status"], made["strata"]) == ("screened", {"AGE": "AGE_UP_TO_70"})
    assert (enrolled["status"], enrolled["enrolment_number"], enrolled["enrolment_basis"]) == (
        "enrolled",
        1,
        "randomisation",
    )
    assert parse_datetime(enrolled["enrolled_at"]) == parse_datetime(moment)
    assert (corrected["age_years"], corrected["version"]) == (61, 3)
    assert (dead["status"], dead["has_died"]) == ("died", True)
    reasons = Entry.objects.of_row(table="trials_participant", row_id=made["id"]).order_by("id")
    assert list(reasons.values_list("reason", flat=True)) == [
        "first entry, over the API",
        "randomised",
        "typing",
        "died",
    ]
    assert set(reasons.values_list("actor_label", flat=True)) == {nurse.username}


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [
        ("withdraw", {"withdrawn_date": "2020-04-08", "withdrawal_reason": "wish"}, "withdrawn"),
        ("complete", {"completed_date": "2020-05-04"}, "completed"),
    ],
)
def test_an_enrolled_participant_leaves(
    api: Api, site: Site, verb: str, body: dict[str, Any], status: str
) -> None:
    participant = make_enrolled(site.trial, site)

    response = api.post(f"participants/{participant.pk}/{verb}/", {**body, "reason": "told"})

    assert (response.status_code, response.json()["status"]) == (200, status)


def test_a_screened_participant_fails_screening(api: Api, site: Site) -> None:
    participant = make_participant(site.trial, site)

    response = api.post(f"participants/{participant.pk}/fail-screening/", {"reason": "no ARDS"})
    body = {"reason": "read the wrong film", "seen_version": response.json()["version"]}
    back = api.post(f"participants/{participant.pk}/take-back-end/", body)
    again = api.post(f"participants/{participant.pk}/take-back-end/", body)

    assert [answer.json().get("status") for answer in (response, back)] == ["screen_failure", "screened"]
    assert again.status_code == 409


def test_an_infusion_from_record_to_void(api: Api, site: Site) -> None:
    participant = make_enrolled(site.trial, site)
    body = {"trial": "STROMA-COV-2", "participant": participant.code, "number": 1, "kit_number": "K-1"}

    made = api.post("infusions/", {**body, "started_at": "2020-04-07T12:00:00+02:00"}).json()
    path = f"infusions/{made['id']}"
    api.post(f"{path}/interrupt/", {"interruption_reason": "line blocked", "reason": "seen"})
    end = {"ended_at": "2020-04-07T13:00:00+02:00", "volume_ml": "149.5", "reason": "over"}
    ended = api.post(f"{path}/end/", end).json()
    corrected = api.patch(f"{path}/", {"kit_number": "K-2", "reason": "label read again"}).json()
    voided = api.post(f"{path}/void/", {"reason": "wrong participant"}).json()

    assert (made["participant"], made["site"], made["status"]) == (participant.code, "07", "given")
    assert (ended["interrupted"], ended["volume_ml"], ended["ended_at"]) == (
        True,
        "149.5",
        "2020-04-07T11:00:00Z",
    )
    assert (corrected["kit_number"], voided["void_reason"], voided["version"]) == (
        "K-2",
        "wrong participant",
        5,
    )


def test_an_infusion_that_was_not_given(api: Api, site: Site) -> None:
    participant = make_enrolled(site.trial, site)
    body = {"trial": "STROMA-COV-2", "participant": participant.code, "number": 2, "status": "not_given"}

    made = api.post("infusions/", {**body, "not_given_reason": "shock"})
    refused = api.post("infusions/", {**body, "number": 3, "kit_number": "K-1", "not_given_reason": "shock"})

    assert (made.status_code, made.json()["not_given_reason"]) == (201, "shock")
    assert (refused.status_code, fields_of(refused)) == (400, ["kit_number"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"age_years": 121}, "age_years"),
        ({"site": "99"}, "site"),
        ({"strata": {"SOFA": "HIGH"}}, "strata"),
        ({"weight_kg": "301"}, "weight_kg"),
        ({"consented_at": "2999-01-01T00:00:00Z"}, "consented_at"),
        ({"screened_date": "2020-02-30"}, "screened_date"),
        ({"screened_date": "0001-01-01"}, "screened_date"),
        ({"day0_date": "9999-12-31"}, "day0_date"),
        ({"birth_date": "1950-01-01"}, "birth_date"),
        ({"code": ""}, "code"),
    ],
)
def test_a_refusal_is_a_problem_that_names_the_field(api: Api, changes: dict[str, Any], field: str) -> None:
    response = api.post("participants/", screening(**changes))

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert fields_of(response) == [field]
    assert not Participant.objects.exists()


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("enrol/", {"reason": "randomised"}, "enrolled_at"),
        ("enrol/", {"enrolled_at": "2999-01-01T00:00:00Z", "reason": "randomised"}, "enrolled_at"),
        ("enrol/", {"enrolled_at": "2020-04-06T10:00:00Z"}, "reason"),
        ("enrol/", {"enrolled_at": "0001-01-01T00:00:00Z", "reason": "randomised"}, "enrolled_at"),
        ("enrol/", {"enrolled_at": "9999-12-31T23:59:59Z", "reason": "randomised"}, "enrolled_at"),
        (
            "withdraw/",
            {"withdrawn_date": "2020-04-08", "withdrawal_reason": "wish", "reason": "told"},
            "status",
        ),
        ("record-death/", {"died": "2020-13", "reason": "died"}, "status"),
    ],
)
def test_a_verb_that_cannot_be_is_refused(
    api: Api, site: Site, path: str, body: dict[str, Any], field: str
) -> None:
    participant = make_participant(site.trial, site)

    response = api.post(f"participants/{participant.pk}/{path}", body)

    assert (response.status_code, fields_of(response)) == (400, [field])


def test_a_change_made_from_an_old_version_is_refused(api: Api, site: Site) -> None:
    participant = make_participant(site.trial, site)
    path = f"participants/{participant.pk}/"
    api.patch(path, {"age_years": 50, "reason": "typing", "seen_version": 1})

    response = api.patch(path, {"age_years": 51, "reason": "typing", "seen_version": 1})

    assert (response.status_code, fields_of(response)) == (409, ["seen_version"])
    assert Participant.objects.get().age_years == 50


def test_a_create_sent_twice_creates_once(api: Api) -> None:
    first, again = (api.post("participants/", screening(), key="a-key") for _ in range(2))
    other = api.post("participants/", screening(code="07-002"), key="a-key")

    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    assert again["Idempotent-Replay"] == "true"
    assert other.status_code == 422
    assert Participant.objects.count() == 1


def test_key_sent_again_under_a_role_that_does_not_see_the_row_is_not_found(
    api: Api, nurse: User, trial: Trial
) -> None:
    elsewhere = make_token(
        make_membership(nurse, "nurse", trial=trial, site=make_site(trial, code="elsewhere")),
        at=timezone.now(),
    )

    first = api.post("participants/", screening(), key="a-key")
    api.client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {elsewhere}"
    again = api.post("participants/", screening(), key="a-key")

    assert (first.status_code, again.status_code) == (201, 404)


def test_sites_of_others_are_not_there(api: Api, trial: Trial, site: Site) -> None:
    own = make_enrolled(trial, site)
    elsewhere = make_enrolled(trial, trial.sites.get(code="01"))
    infusion = make_infusion(elsewhere)
    body = {
        "trial": trial.code,
        "participant": elsewhere.code,
        "number": 2,
        "started_at": "2020-04-09T10:00:00Z",
    }

    listed = api.get("participants/").json()["results"]

    assert [row["code"] for row in listed] == [own.code]
    assert api.get(f"participants/{elsewhere.pk}/").status_code == 404
    assert api.post(f"participants/{elsewhere.pk}/enrol/", {}).status_code == 404
    assert api.get(f"infusions/{infusion.pk}/").status_code == 404
    assert api.post(f"infusions/{infusion.pk}/void/", {"reason": "mine"}).status_code == 404
    refused = api.post("infusions/", body)
    assert (refused.status_code, fields_of(refused)) == (400, ["participant"])
    assert Infusion.objects.count() == 1


READERS = {
    "nurse",
    "investigator",
    "data_manager",
    "cell_therapy_unit",
    "pharmacovigilance",
    "unblinded_statistician",
    "auditor",
}


BEDSIDE = {"nurse", "investigator"}


ROLES = sorted(READERS | {"hla_laboratory", "board_member"})


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_permission_table_says(trial: Trial, site: Site, role: str) -> None:
    participant = make_enrolled(trial, site)
    infusion = make_infusion(participant)
    api = Api(make_user(role, trial=trial, site=site))
    status_roles = BEDSIDE | {"data_manager"}

    assert api.get("trials/").status_code == api.get("sites/").status_code == 200
    assert api.get("participants/").status_code == (200 if role in READERS else 403)
    assert api.get(f"participants/{participant.pk}/schedule/").status_code == (
        200 if role in READERS else 403
    )
    assert api.get("infusions/").status_code == (200 if role in READERS else 403)
    assert api.get(f"trials/{trial.pk}/counts/").status_code == (200 if role in READERS else 403)
    assert api.post("participants/", screening()).status_code == (201 if role in BEDSIDE else 403)
    assert api.post(f"infusions/{infusion.pk}/void/", {"reason": "x"}).status_code == (
        200 if role in BEDSIDE else 403
    )
    change = api.patch(f"participants/{participant.pk}/", {"age_years": 50, "reason": "typing"})
    assert change.status_code == (200 if role in status_roles else 403)
    site_body = {"trial": trial.code, "code": "11", "name": "Eleven", "reason": "joins"}
    assert api.post("sites/", site_body).status_code == (201 if role == "data_manager" else 403)


def test_without_a_token_nothing_is_answered() -> None:
    assert Client().get("/api/v1/participants/").status_code in (401, 403)


def test_a_new_site_needs_a_trial_that_is_there(trial: Trial) -> None:
    api = Api(make_user("data_manager", trial=trial))

    refused = api.post("sites/", {"trial": "NONE", "code": "11", "name": "Eleven"})

    assert (refused.status_code, fields_of(refused)) == (400, ["trial"])


def test_nothing_is_deleted_or_replaced(api: Api, site: Site) -> None:
    participant = make_participant(site.trial, site)

    for method in (api.client.delete, api.client.put):
        assert method(f"/api/v1/participants/{participant.pk}/").status_code in (403, 405)
    assert Participant.objects.get().version == 1
