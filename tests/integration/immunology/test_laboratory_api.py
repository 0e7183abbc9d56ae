"""Laboratory files over HTTP: previewed, uploaded, excused; only one's own."""

import base64
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from immunology.models import LaboratoryFile
from tests.factories import make_user, unsealed
from tests.integration.immunology.antibody_rows import D0, LABORATORY, Study, bind, make_study
from tests.integration.immunology.test_laboratory_files import failing_rows
from tests.unit.immunology.laboratory_files import long_form, long_rows

pytestmark = pytest.mark.django_db
FILES, SERA = "/api/v1/laboratory-files/", "/api/v1/laboratory-sera/"


@pytest.fixture
def study() -> Study:
    return make_study()


def client(user: User) -> APIClient:
    made = APIClient()
    made.force_authenticate(user)
    return made


def body(rows: list[list[str]], **more: Any) -> dict[str, Any]:
    content = base64.b64encode(long_form(rows)).decode()
    return {"file_name": "run.csv", "content": content, "laboratory": "HLA Paris", **more}


def test_a_file_is_looked_at_and_then_uploaded(study: Study) -> None:
    rows = long_rows(study.take(study.treated, D0, 0).code, ["5200", "90"])
    asker = client(study.laboratory)

    looked = asker.post(FILES, body(rows, dry_run=True), format="json")
    with unsealed(study.trial):
        written = LaboratoryFile.objects.count()
    sent, again = (asker.post(FILES, body(rows), format="json") for _ in range(2))

    assert (looked.status_code, written, sent.status_code, again.status_code) == (200, 0, 201, 200), sent.data
    assert (sent.data["samples"], sent.data["above_5000"], again.data["was_known"]) == (1, 1, True)
    assert [row["file_name"] for row in asker.get(FILES).data["results"]] == ["run.csv"]


def test_a_refused_file_says_why_in_one_sentence(study: Study) -> None:
    rows = long_rows("S1", ["-5", "90"])

    answer = client(study.laboratory).post(FILES, body(rows), format="json")

    assert answer.status_code == 400
    assert "run.csv, line 4, raw MFI “-5”: a raw value is not below 0." in str(answer.data)


def test_nobody_sees_another_accounts_files(study: Study) -> None:
    rows = long_rows(study.take(study.treated, D0, 0).code, ["120", "90"])
    client(study.laboratory).post(FILES, body(rows), format="json")
    other = client(make_user("hla_laboratory", trial=study.trial))

    assert other.get(FILES).data["results"] == other.get(SERA).data["results"] == []
    assert client(study.nurse).get(SERA).status_code == 403


def test_a_failed_serum_is_excused_by_two_accounts(study: Study) -> None:
    colleague = make_user("hla_laboratory", trial=study.trial)
    bind(colleague, study.trial, LABORATORY)
    asker, second = client(study.laboratory), client(colleague)
    asker.post(FILES, body(failing_rows(study.take(study.treated, D0, 0).code)), format="json")
    (serum,) = asker.get(SERA).data["results"]
    said = {"laboratory": "HLA Paris", "reason": "the control bead was old"}

    asked = asker.post(f"{SERA}{serum['id']}/ask-excuse/", said, format="json")
    alone = asker.post(f"{SERA}{serum['id']}/excuse/", said, format="json")
    both = second.post(f"{SERA}{serum['id']}/excuse/", said, format="json")

    assert (serum["quality"], serum["counts"]) == ("failed", False)
    assert (asked.status_code, alone.status_code, both.status_code) == (204, 400, 204)
    assert asker.get(f"{SERA}{serum['id']}/").data["counts"] is True
