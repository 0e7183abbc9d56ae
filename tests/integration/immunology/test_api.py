"""`specimens`, `antibody-results`, `dsa-findings`: permissions, refusals, nothing sealed for the blinded."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.choices import Action, Role
from accounts.models import Clearance, User
from accounts.rules import PERMISSIONS
from immunology.models import AntibodyResult, Specimen
from tests.factories import make_user, unsealed
from tests.integration.immunology.antibody_rows import D0, D14, Study, make_study
from tests.plugins.shared_rows import shared_rows

pytestmark = pytest.mark.django_db
SPECIMENS = "/api/v1/specimens/"
RESULTS = "/api/v1/antibody-results/"
FINDINGS = "/api/v1/dsa-findings/"


@shared_rows
def study() -> Study:
    return make_study()


def client_of(user: User | None) -> APIClient:
    client = APIClient()
    if user:
        client.force_authenticate(user)
    return client


def user_of(study: Study, role: Role) -> User:
    return make_user(role, trial=None if role == Role.ADMINISTRATOR else study.trial)


def measured(study: Study) -> None:
    for person in (study.treated, study.placebo):
        study.measure(study.take(person, D0, 0), A0201="120")
        study.measure(study.take(person, D14, 14), A0201="1800")


READERS = {
    SPECIMENS: PERMISSIONS[Action.VIEW_SPECIMENS],
    RESULTS: PERMISSIONS[Action.VIEW_ANTIBODIES] | PERMISSIONS[Action.VIEW_OWN_ANTIBODIES],
    FINDINGS: PERMISSIONS[Action.VIEW_ANTIBODIES],
}


@pytest.mark.parametrize("role", Role)
def test_lists_follow_the_permission_table(study: Study, role: Role) -> None:
    client = client_of(user_of(study, role))

    answers = {path: client.get(path).status_code for path in READERS}

    assert answers == {path: 200 if role in readers else 403 for path, readers in READERS.items()}


@pytest.mark.parametrize("path", READERS)
def test_nothing_without_a_token(path: str) -> None:
    assert client_of(None).get(path).status_code == 401


def test_laboratory_sees_its_own_uploads_and_no_finding(study: Study) -> None:
    measured(study)
    colleague = client_of(user_of(study, Role.HLA_LABORATORY))

    own = client_of(study.laboratory).get(RESULTS).json()["results"]
    others = colleague.get(RESULTS).json()["results"]

    assert len(own) == 4
    assert others == []
    assert not {"participant", "donor_code", "is_reference", "arm"} & set(own[0])
    assert client_of(study.laboratory).get(FINDINGS).status_code == 403


def test_cleared_role_sees_everything_and_every_opening_is_logged(study: Study) -> None:
    measured(study)
    client = client_of(study.statistician)
    before = Clearance.objects.count()

    results = client.get(RESULTS).json()["results"]
    findings = client.get(FINDINGS, {"is_reference": "true", "specificity": "A*02:01"}).json()["results"]

    assert len(results) == 4
    assert {row["participant"]: row["classification"] for row in findings} == {
        "P-treated": "DE_NOVO",
        "P-placebo": "DE_NOVO",
    }
    assert Clearance.objects.count() == before + 2


def test_finding_of_another_trial_is_not_there(study: Study) -> None:
    measured(study)
    client = client_of(study.statistician)
    pk = client.get(FINDINGS).json()["results"][0]["id"]

    assert client.get(f"{FINDINGS}{pk}/").status_code == 200
    assert client.get(f"{FINDINGS}{pk}/", {"trial": "ELSEWHERE"}).status_code == 404
    assert client.get(f"{FINDINGS}999999/").status_code == 404


def panel(code: str, **fields: Any) -> dict[str, Any]:
    return {"results": [{"specimen": code, "specificity": "A*02:01", "mfi": "120.5", **fields}]}


def test_laboratory_uploads_all_or_nothing(study: Study) -> None:
    tube = study.take(study.treated, D0, 0)
    client = client_of(study.laboratory)

    first = client.post(RESULTS, panel(tube.code), format="json")
    again = client.post(RESULTS, panel(tube.code), format="json")
    other = client.post(RESULTS, panel(tube.code, mfi="121"), format="json")
    old_name = client.post(RESULTS, panel(tube.code, specificity="A*0201"), format="json")

    assert (first.status_code, first.json()) == (201, {"sent": 1, "recorded": 1})
    assert again.json() == {"sent": 1, "recorded": 0}
    assert (other.status_code, old_name.status_code) == (400, 400)
    assert "“A*0201” is pre-2010 nomenclature" in old_name.json()["detail"]
    with unsealed(study.trial):
        assert AntibodyResult.objects.count() == 1


def test_answer_to_an_upload_is_the_same_for_both_arms(study: Study) -> None:
    client = client_of(study.laboratory)

    answers = [
        client.post(RESULTS, panel(study.take(person, D0, 0).code), format="json").content
        for person in (study.treated, study.placebo)
    ]

    assert answers[0] == answers[1]


def test_result_is_voided_by_its_recorder_with_a_reason(study: Study) -> None:
    study.measure(study.take(study.treated, D0, 0), A0201="120")
    client = client_of(study.laboratory)
    pk = client.get(RESULTS).json()["results"][0]["id"]
    colleague = client_of(user_of(study, Role.HLA_LABORATORY))

    stranger = colleague.post(f"{RESULTS}{pk}/void/", {"reason": "no"}, format="json")
    silent = client.post(f"{RESULTS}{pk}/void/", {}, format="json")
    done = client.post(f"{RESULTS}{pk}/void/", {"reason": "wrong tube"}, format="json")

    assert (stranger.status_code, silent.status_code, done.status_code) == (404, 400, 200)
    assert done.json()["void_reason"] == "wrong tube"


def test_tube_is_taken_once_and_received(study: Study) -> None:
    nurse, laboratory = client_of(study.nurse), client_of(study.laboratory)
    body = {
        "participant": "P-treated",
        "code": "T1",
        "planned_day": 0,
        "collected_at": "2020-04-06T10:00+02:00",
    }

    first = nurse.post(SPECIMENS, body, format="json", HTTP_IDEMPOTENCY_KEY="k")
    nurse.post(SPECIMENS, body, format="json", HTTP_IDEMPOTENCY_KEY="k")
    path = f"{SPECIMENS}{first.json()['id']}/"
    refused = nurse.post(f"{path}receive/", {"received_at": "2020-04-06T12:00+02:00"}, format="json")
    early = laboratory.post(f"{path}receive/", {"received_at": "2020-04-06T09:00+02:00"}, format="json")
    received = laboratory.post(f"{path}receive/", {"received_at": "2020-04-06T12:00+02:00"}, format="json")

    assert first.status_code == 201
    assert Specimen.objects.count() == 1
    assert (refused.status_code, early.status_code, received.status_code) == (403, 400, 200)
    assert received.json()["received_at"] is not None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"participant": "nobody"}, "participant"),
        ({"collected_at": "2999-01-01T00:00Z"}, "collected_at"),
        ({"colour": "red"}, "colour"),
        ({"kind": "blood"}, "kind"),
    ],
)
def test_bad_tube_is_refused_at_its_field(study: Study, fields: dict[str, Any], field: str) -> None:
    body = {"participant": "P-treated", "code": "T1", "collected_at": "2020-04-06T10:00+02:00", **fields}

    response = client_of(study.nurse).post(SPECIMENS, body, format="json")

    assert response.status_code == 400
    assert field in [error["field"] for error in response.json()["errors"]]


def test_tubes_of_other_sites_are_not_there(study: Study) -> None:
    tube = study.take(study.treated, D0, 0)
    client = client_of(make_user("nurse", trial=study.trial, site=study.trial.sites.get(code="02")))

    assert client.get(SPECIMENS).json()["results"] == []
    assert client.get(f"{SPECIMENS}{tube.pk}/").status_code == 404
    assert client.post(f"{SPECIMENS}{tube.pk}/void/", {"reason": "x"}, format="json").status_code == 404


def test_lists_cost_the_same_for_one_row_and_for_many(study: Study) -> None:
    study.measure(study.take(study.treated, D0, 0), A0201="120")
    client = client_of(study.statistician)
    paths = (SPECIMENS, RESULTS, FINDINGS)
    with CaptureQueriesContext(connection) as few:
        for path in paths:
            client.get(path)
    study.measure(study.take(study.treated, D14, 14), A0201="1800", B0702="100", A2402="3000", C0702="700")

    with CaptureQueriesContext(connection) as many:
        for path in paths:
            assert len(client.get(path).json()["results"]) > 1

    assert len(many) <= len(few)
