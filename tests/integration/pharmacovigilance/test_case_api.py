"""The case over HTTP: assess, sign, release, amend, nullify; the message at the desk; CIOMS, FHIR and aggregate reports."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from accounts.choices import ClearanceGround
from accounts.models import User
from accounts.services import cleared
from pharmacovigilance.e2b.refusals import MessageError
from pharmacovigilance.models import CaseVersion, DeskRecord, IcsrMessage, SafetyCase
from pharmacovigilance.services.acknowledging import take_acknowledgement
from pharmacovigilance.services.desk import open_arm
from product.models import Allocation
from tests.factories import save_row, unsealed
from tests.integration.events.event_rows import Ward
from tests.integration.pharmacovigilance.case_steps import (
    RELATED,
    SOON,
    event_of,
    fresh,
    opened,
    owed,
    release,
)
from tests.integration.pharmacovigilance.test_messages import answered, place_in_france
from tests.integration.pharmacovigilance.test_pages import signed_in
from tests.ward import PASSWORD

pytestmark = pytest.mark.django_db
CASES = "/api/v1/safety-cases/"


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(path, body, content_type="application/json")


@pytest.fixture
def client_of_officer(officer: User) -> Client:
    officer.set_password(PASSWORD)
    officer.save()
    return signed_in(officer)


def worked(ward: Ward, client: Client, **values: Any) -> SafetyCase:
    """A case that was assessed and signed over HTTP."""
    place_in_france(ward)
    values = {"narrative": "Hypotension one hour after the infusion.", **values}
    case = opened(ward, causality=RELATED, **values)
    answer = {"cause": "study_product", "category": RELATED, "grounds": "time course"}
    at = f"{CASES}{case.pk}/"
    said = post(client, f"{at}assess/", event=event_of(case).pk, answers=[answer], password=PASSWORD)
    assert said.status_code == 200, said.content
    said = post(client, f"{at}sign/", seen_version=fresh(case).version, password=PASSWORD)
    assert said.status_code == 200, said.content
    return fresh(case)


def test_a_case_goes_its_way_over_http(ward: Ward, client_of_officer: Client) -> None:
    case = worked(ward, client_of_officer)
    at = f"{CASES}{case.pk}/"
    letters = [row.pk for code, row in owed(case).items() if code.startswith(("ETHICS", "INVESTIGATORS"))]

    released = post(
        client_of_officer, f"{at}release/", obligations=letters, reference="M-1", late_reason="late"
    )
    amended = post(client_of_officer, f"{at}amend/", reason="the outcome was wrong")
    nullified = post(client_of_officer, f"{at}nullify/", reason="not an event", password=PASSWORD)

    assert [one.json()["state"] for one in (released, amended)] == ["released", "drafted"]
    assert nullified.json()["state"] == "nullified"
    assert CaseVersion.objects.filter(case=case).count() == 2


def test_a_signature_over_http_needs_the_password_and_the_version(
    ward: Ward, client_of_officer: Client
) -> None:
    case = opened(ward, causality=RELATED)
    at = f"{CASES}{case.pk}/"
    answer = {"cause": "study_product", "category": RELATED, "grounds": "x"}

    wrong = post(
        client_of_officer, f"{at}assess/", event=event_of(case).pk, answers=[answer], password="not mine"
    )
    stranger = post(client_of_officer, f"{at}assess/", event=10**6, answers=[answer], password=PASSWORD)
    unknown = post(client_of_officer, f"{at}sign/", seen_version=1, password=PASSWORD, arm="A")

    assert [one.status_code for one in (wrong, stranger, unknown)] == [400, 400, 400]
    assert "Event: it does not stand in this case." in stranger.content.decode()
    assert fresh(case).last_version == 0


@pytest.mark.parametrize("arm", ["UC_MSC", "PLACEBO"])
def test_the_message_names_the_product_under_seal_alone(
    ward: Ward, client_of_officer: Client, reporter: User, arm: str
) -> None:
    case = worked(ward, client_of_officer)
    with unsealed(ward.trial):
        save_row(Allocation(trial=ward.trial, participant=ward.participant, arm_code=arm))
    (signer,) = User.objects.filter(pk=client_of_officer.session["_auth_user_id"])
    release(case, signer, late_reason="late")
    open_arm(case=case, by=reporter, at=SOON, reason="an expedited report")
    desk, wanted = signed_in(reporter), owed(case)["EU_SUSAR_15"].pk

    made = post(desk, "/api/v1/icsr-messages/", obligation=wanted)

    if arm == "PLACEBO":
        assert made.status_code == 400
        assert "Placebo" in made.content.decode()
        return
    assert made.status_code == 201, made.content
    row = made.json()
    content = desk.get(f"/api/v1/icsr-messages/{row['id']}/content/").content.decode()
    blinded = client_of_officer.get(f"{CASES}{case.pk}/icsr/?profile=ema").content.decode()
    sent = post(desk, f"/api/v1/icsr-messages/{row['id']}/send/", late_reason="the desk was closed")
    assert "UC-MSC" in content or "mesenchymal" in content.lower()
    assert "UC-MSC" not in blinded
    assert "mesenchymal" not in blinded.lower()
    assert (row["state"], sent.json()["state"]) == ("made", "sent")
    assert client_of_officer.get("/api/v1/icsr-messages/").status_code == 403


def test_a_message_that_breaks_rules_is_refused_with_each(ward: Ward, client_of_officer: Client) -> None:
    case = worked(ward, client_of_officer)
    version = CaseVersion.objects.get(case=case)
    content = version.content
    assert content["patient"]["infusions"][0]["number"] == 1
    assert content["reporter"]["country"] == "FR"

    unknown = client_of_officer.get(f"{CASES}{case.pk}/icsr/?profile=moon")

    assert unknown.status_code == 400
    assert "none of ich, ema, fda" in unknown.content.decode()


def test_cioms_keeps_a_long_narrative_whole(ward: Ward, client_of_officer: Client) -> None:
    narrative = ("Fièvre, douleur – Ağrı. Пациент. " * 3100)[:100_000]
    case = worked(ward, client_of_officer, narrative=narrative)

    content = client_of_officer.get(f"{CASES}{case.pk}/cioms/").content

    reader = PdfReader(BytesIO(content))
    text = "".join(page.extract_text() for page in reader.pages)
    assert text.count("Пациент") >= narrative.count("Пациент")
    assert text.count("Ağrı") >= narrative.count("Ağrı")
    assert "UC-MSC" not in text
    assert client_of_officer.get(f"/pharmacovigilance/safetycase/{case.pk}/cioms/").status_code == 200


def test_fhir_serves_one_and_pages_of_events(ward: Ward, client_of_officer: Client) -> None:
    first, second = (event_of(opened(ward, reported_term=words)) for words in ("one", "two"))

    one = client_of_officer.get(f"/fhir/AdverseEvent/{first.pk}")
    page = client_of_officer.get("/fhir/AdverseEvent", {"_count": 1}).json()
    rest = client_of_officer.get(page["link"][1]["url"]).json()
    refused = client_of_officer.get("/fhir/AdverseEvent", {"_count": 0})

    assert one["Content-Type"].startswith("application/fhir+json")
    assert one.json()["seriousness"]["coding"][0]["code"] == "serious"
    assert [entry["resource"]["id"] for body in (page, rest) for entry in body["entry"]] == [
        str(first.pk), str(second.pk),
    ]  # fmt: skip
    assert [link["relation"] for link in rest["link"]] == ["self"]
    assert refused.status_code == 400
    assert Client().get("/fhir/AdverseEvent").status_code == 401


def test_aggregate_reports_are_blinded_here_and_by_arm_at_the_desk(
    ward: Ward, client_of_officer: Client, reporter: User
) -> None:
    opened(ward, causality=RELATED)
    with unsealed(ward.trial):
        save_row(Allocation(trial=ward.trial, participant=ward.participant, arm_code="UC_MSC"))
    days = {"start": "2020-01-01", "end": "2020-12-31"}
    page = "/pharmacovigilance/"

    blinded = client_of_officer.get(f"{page}safetycase/tabulations.csv", days).content.decode()
    lines = client_of_officer.get(f"{page}safetycase/susars.csv", days).content.decode()
    by_arm = signed_in(reporter).get(f"{page}deskrecord/tabulations.csv", days).content.decode()
    refused = client_of_officer.get(
        f"{page}safetycase/susars.csv", {"start": "2020-02-01", "end": "2020-01-01"}
    )

    assert "Vascular disorders,any,1,1" in blinded
    assert "Hypotension" in lines
    assert "UC-MSC" not in blinded + lines
    assert "UC-MSC" in by_arm or "mesenchymal" in by_arm.lower()
    assert client_of_officer.get(f"{page}deskrecord/tabulations.csv").status_code == 403
    assert refused.status_code == 400


def test_an_acknowledgement_moves_the_message_of_its_sender_alone(
    ward: Ward, client_of_officer: Client, reporter: User
) -> None:
    """The FDA's answer must not move what was sent to EudraVigilance."""
    case = worked(ward, client_of_officer)
    with unsealed(ward.trial):
        save_row(Allocation(trial=ward.trial, participant=ward.participant, arm_code="UC_MSC"))
    (signer,) = User.objects.filter(pk=client_of_officer.session["_auth_user_id"])
    release(case, signer, late_reason="late")
    open_arm(case=case, by=reporter, at=SOON, reason="an expedited report")
    desk = signed_in(reporter)
    row = post(desk, "/api/v1/icsr-messages/", obligation=owed(case)["EU_SUSAR_15"].pk).json()
    post(desk, f"/api/v1/icsr-messages/{row['id']}/send/", late_reason="late")

    with pytest.raises(MessageError):
        take_acknowledgement(acknowledgement=answered(case, "CA", "", sender="ZZFDA"), by=reporter, at=SOON)
    take_acknowledgement(acknowledgement=answered(case, "CR", "D.5 is wrong"), by=reporter, at=SOON)

    found = desk.get(f"/api/v1/icsr-messages/{row['id']}/").json()
    assert (found["state"], found["acknowledgement"], found["answer"]) == (
        "rejected",
        "ACK-1",
        "D.5 is wrong",
    )
    with cleared(
        ground=ClearanceGround.EXPEDITED_REPORT, by=reporter, trial_id=case.trial_id, purpose="t", at=SOON
    ):
        assert IcsrMessage.objects.count() == DeskRecord.objects.count() == 1
