"""`haemodynamic-readings` and `haemodynamic-findings`: roles, scope, one shape of refusal, lists, idempotency."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.choices import Action, Role
from accounts.models import User
from accounts.rules import PERMISSIONS
from haemodynamics.models import HaemodynamicFinding, HaemodynamicReading
from tests.factories import make_enrolled, make_event, make_user
from tests.integration.haemodynamics.haemodynamic_rows import START, Bedside, at, make_bedside, norepinephrine
from tests.plugins.shared_rows import shared_rows

pytestmark = pytest.mark.django_db
READINGS = "/api/v1/haemodynamic-readings/"
FINDINGS = "/api/v1/haemodynamic-findings/"


@shared_rows
def bedside() -> Bedside:
    return make_bedside()


def client_of(user: User | None) -> APIClient:
    client = APIClient()
    if user:
        client.force_authenticate(user)
    return client


def body(bedside: Bedside, **fields: Any) -> dict[str, Any]:
    return {
        "participant": bedside.participant.code,
        "taken_at": "2020-04-07T12:15:00+02:00",
        "map_mmhg": 70,
        "fio2_fraction": "0.40",
        "vasopressors": [{"agent": "norepinephrine", "rate": "0.1", "unit": "ug/kg/min", "salt": "base"}],
        **fields,
    }


def test_reading_is_created_once_however_often_it_is_sent(bedside: Bedside) -> None:
    client = client_of(bedside.nurse)

    first = client.post(READINGS, body(bedside), format="json", HTTP_IDEMPOTENCY_KEY="k")
    again = client.post(READINGS, body(bedside), format="json", HTTP_IDEMPOTENCY_KEY="k")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert HaemodynamicReading.objects.get().taken_at == at(15)
    assert first.json()["vasopressors"][0]["rate"] == "0.100"
    assert first.json()["heart_rate_bpm"] is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"map_mmhg": 900}, "map_mmhg"),
        ({"map_mmhg": "many"}, "map_mmhg"),
        ({"fio2_fraction": "40"}, "fio2_fraction"),
        ({"pulse": 80}, "pulse"),
        ({"taken_at": "yesterday"}, "taken_at"),
        ({"taken_at": "2999-01-01T00:00:00Z"}, "taken_at"),
        ({"participant": "nobody"}, "participant"),
        (
            {
                "vasopressors": [
                    {"agent": "norepinephrine", "rate": "1", "unit": "ug/min", "salt": "sulphate"}
                ]
            },
            "vasopressors.0.salt",
        ),
    ],
)
def test_bad_reading_is_refused_in_one_shape(bedside: Bedside, fields: dict[str, Any], field: str) -> None:
    response = client_of(bedside.nurse).post(READINGS, body(bedside, **fields), format="json")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert field in [error["field"] for error in response.json()["errors"]]
    assert not HaemodynamicReading.objects.exists()


def test_pump_without_a_salt_has_the_one_of_the_sites_pharmacy(bedside: Bedside) -> None:
    manager = client_of(make_user("data_manager", trial=bedside.trial))
    change = {"norepinephrine_salt": "tartrate", "reason": "the pharmacy wrote"}
    set_to = manager.post(f"/api/v1/sites/{bedside.site.pk}/pharmacy/", change, format="json")
    line = {"agent": "norepinephrine", "rate": "1", "unit": "ug/min"}

    stored = client_of(bedside.nurse).post(READINGS, body(bedside, vasopressors=[line]), format="json")

    assert (set_to.status_code, set_to.json()["norepinephrine_salt"]) == (200, "tartrate")
    assert stored.json()["vasopressors"][0]["salt"] == "tartrate"


@pytest.mark.parametrize("path", [READINGS, FINDINGS])
@pytest.mark.parametrize("role", Role)
def test_lists_follow_the_permission_table(bedside: Bedside, path: str, role: Role) -> None:
    user = make_user(role, trial=None if role == Role.ADMINISTRATOR else bedside.trial)

    response = client_of(user).get(path)

    assert response.status_code == (200 if role in PERMISSIONS[Action.VIEW_READINGS] else 403)


@pytest.mark.parametrize("path", [READINGS, FINDINGS])
def test_nothing_without_a_token(path: str) -> None:
    assert client_of(None).get(path).status_code == 401


def test_other_sites_are_not_there(bedside: Bedside) -> None:
    reading = bedside.read(15, map_mmhg=70)
    stranger = client_of(make_user("nurse", trial=bedside.trial, site=bedside.trial.sites.get(code="02")))

    listed = stranger.get(READINGS).json()["results"]
    one = stranger.get(f"{READINGS}{reading.pk}/")
    created = stranger.post(READINGS, body(bedside), format="json")

    assert listed == []
    assert one.status_code == 404
    assert created.status_code == 400
    assert created.json()["errors"][0]["field"] == "participant"


def test_correction_and_voiding_need_a_reason(bedside: Bedside) -> None:
    reading = bedside.read(15, map_mmhg=70)
    client = client_of(bedside.nurse)

    corrected = client.patch(f"{READINGS}{reading.pk}/", {"map_mmhg": 71, "reason": "misread"}, format="json")
    unexplained = client.patch(f"{READINGS}{reading.pk}/", {"map_mmhg": 72}, format="json")
    voided = client.post(f"{READINGS}{reading.pk}/void/", {"reason": "twice"}, format="json")
    gone = client.delete(f"{READINGS}{reading.pk}/")

    assert (corrected.status_code, corrected.json()["map_mmhg"], corrected.json()["version"]) == (200, 71, 2)
    assert unexplained.status_code == 400
    assert (voided.status_code, voided.json()["void_reason"]) == (200, "twice")
    assert gone.status_code in (403, 405)
    assert [row["id"] for row in client.get(READINGS, {"voided": "true"}).json()["results"]] == [reading.pk]
    assert client.get(READINGS, {"voided": "false"}).json()["results"] == []


def test_list_filters_and_orders(bedside: Bedside) -> None:
    for minutes in (30, 15, 45):
        bedside.read(minutes, map_mmhg=60 + minutes)
    client = client_of(bedside.nurse)

    def taken(**query: str) -> list[int]:
        rows = client.get(READINGS, query).json()["results"]
        return [row["map_mmhg"] - 60 for row in rows]

    assert taken() == [45, 30, 15]
    assert taken(ordering="taken_at") == [15, 30, 45]
    assert taken(taken_from=at(30).isoformat()) == [45, 30]
    assert taken(participant="nobody") == []
    assert client.get(READINGS, {"colour": "red"}).status_code == 400
    assert client.get(READINGS, {"ordering": "colour"}).status_code == 400


def test_list_costs_the_same_for_one_row_and_for_ten(bedside: Bedside) -> None:
    client = client_of(bedside.nurse)
    bedside.read(1, norepinephrine("5"))
    with CaptureQueriesContext(connection) as few:
        client.get(READINGS)
    for minutes in range(2, 11):
        bedside.read(minutes, norepinephrine("5"))

    with CaptureQueriesContext(connection) as many:
        assert len(client.get(READINGS).json()["results"]) == 10

    assert len(many) == len(few)


@shared_rows
def finding(bedside: Bedside) -> HaemodynamicFinding:
    bedside.read(-10, norepinephrine("5"))
    bedside.read(60, norepinephrine("20"))
    return HaemodynamicFinding.objects.get()


def test_investigator_confirms_with_an_event(bedside: Bedside, finding: HaemodynamicFinding) -> None:
    event = make_event(bedside.participant)
    client = client_of(bedside.investigator)

    response = client.post(
        f"{FINDINGS}{finding.pk}/confirm/", {"reason": "shock", "adverse_event": event.pk}, format="json"
    )

    assert response.status_code == 200
    assert (response.json()["state"], response.json()["adverse_event"]) == ("confirmed", event.pk)
    assert response.json()["infusion"] == 1
    assert client.get(FINDINGS, {"state": "candidate"}).json()["results"] == []


def test_decisions_are_refused_to_the_nurse_without_reason_and_with_a_stranger_event(
    bedside: Bedside, finding: HaemodynamicFinding
) -> None:
    stranger = make_event(make_enrolled(bedside.trial, bedside.site))
    investigator = client_of(bedside.investigator)
    path = f"{FINDINGS}{finding.pk}/"

    nurse = client_of(bedside.nurse).post(f"{path}refute/", {"reason": "no"}, format="json")
    silent = investigator.post(f"{path}refute/", {}, format="json")
    wrong = investigator.post(f"{path}confirm/", {"reason": "x", "adverse_event": stranger.pk}, format="json")

    assert (nurse.status_code, silent.status_code, wrong.status_code) == (403, 400, 400)
    finding.refresh_from_db()
    assert finding.state == "candidate"


def test_pharmacovigilance_reads_findings_since_a_moment(
    bedside: Bedside, finding: HaemodynamicFinding
) -> None:
    client = client_of(make_user("pharmacovigilance", trial=bedside.trial))

    since = client.get(FINDINGS, {"updated_since": START.isoformat()}).json()["results"]
    later = client.get(FINDINGS, {"updated_since": "2030-01-01T00:00:00Z"}).json()["results"]

    assert [row["criterion"] for row in since] == ["NOREPINEPHRINE"]
    assert later == []
