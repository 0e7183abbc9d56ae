"""Laboratory results and medication: recorded, corrected, voided; refused alike; followed by the trail."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from assessments.models import LaboratoryResult, Medication
from assessments.services import (
    correct_laboratory_result,
    correct_medication,
    record_laboratory_result,
    record_medication,
    void_laboratory_result,
    void_medication,
)
from audit.models import Entry
from tests.factories import make_token, make_user
from tests.integration.events.event_rows import AT, LATER, REASON, Ward, make_ward

pytestmark = pytest.mark.django_db

POTASSIUM: dict[str, Any] = {
    "test": "Potassium",
    "value": Decimal("5.8"),
    "unit": "mmol/L",
    "lower_limit": Decimal("3.5"),
    "upper_limit": Decimal("5.1"),
    "sampled": "2020-04-08T06:00",
}
HEPARIN: dict[str, Any] = {
    "drug": "Heparin",
    "dose": Decimal(5000),
    "dose_unit": "IU",
    "route": "SUBCUTANEOUS",
    "started": "2020-04-08",
    "indication": "Prophylaxis",
}


@pytest.fixture
def ward() -> Ward:
    return make_ward()


def said(ward: Ward) -> dict[str, Any]:
    return {"by": ward.nurse, "at": AT, "reason": REASON}


def make_result(ward: Ward, **changed: Any) -> LaboratoryResult:
    return record_laboratory_result(participant=ward.participant, values=POTASSIUM | changed, **said(ward))


def make_medication(ward: Ward, **changed: Any) -> Medication:
    return record_medication(participant=ward.participant, values=HEPARIN | changed, **said(ward))


def entries(row: LaboratoryResult | Medication) -> int:
    return Entry.objects.filter(table_name=row._meta.db_table, row_id=str(row.pk)).count()


def test_a_result_is_recorded_corrected_voided_and_followed(ward: Ward) -> None:
    result = make_result(ward)

    corrected = correct_laboratory_result(
        result=result, changes={"value": Decimal("4.8")}, by=ward.nurse, at=LATER, reason=REASON
    )
    void = void_laboratory_result(result=corrected, by=ward.nurse, at=LATER, reason=REASON)

    assert (void.value, void.version, void.void_reason) == (Decimal("4.8"), 3, REASON)
    assert not LaboratoryResult.objects.standing().exists()
    assert entries(void) == 3


def test_a_medication_is_recorded_corrected_voided_and_followed(ward: Ward) -> None:
    medication = make_medication(ward)

    ended = correct_medication(
        medication=medication, changes={"ended": "2020-04-10"}, by=ward.nurse, at=LATER, reason=REASON
    )
    void = void_medication(medication=ended, by=ward.nurse, at=LATER, reason=REASON)

    assert (void.ended, void.ended_latest_at is not None, void.version) == ("2020-04-10", True, 3)
    assert entries(void) == 3


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"lower_limit": Decimal(6)}, "lower_limit"),
        ({"sampled": "2099"}, "sampled"),
        ({"sampled": "2020-02-30"}, "sampled"),
        ({"value": None}, "value"),
        ({"test": "Anti-HLA class I"}, "test"),
        ({"test": "DSA (MFI)"}, "test"),
        ({"test": "Donor chimerism"}, "test"),
    ],
)
def test_a_result_that_cannot_be_is_refused_at_its_field(
    ward: Ward, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        make_result(ward, **changed)

    assert field in refused.value.message_dict
    assert not LaboratoryResult.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ended": "2020-04-07"}, "ended"),
        ({"dose_unit": ""}, "dose_unit"),
        ({"started": "2099"}, "started"),
        ({"route": "BY OWL"}, "route"),
    ],
)
def test_a_medication_that_cannot_be_is_refused_at_its_field(
    ward: Ward, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        make_medication(ward, **changed)

    assert field in refused.value.message_dict
    assert not Medication.objects.exists()


def test_a_dose_of_nothing_is_refused(ward: Ward) -> None:
    with pytest.raises(ValidationError, match="above 0"):
        make_medication(ward, dose=Decimal(0))


def test_a_test_has_one_baseline(ward: Ward) -> None:
    first = make_result(ward, is_baseline=True)

    with pytest.raises(ValidationError, match="one for this test"):
        make_result(ward, test="POTASSIUM", is_baseline=True)

    void_laboratory_result(result=first, **said(ward))
    assert make_result(ward, is_baseline=True).is_baseline


def test_a_missing_limit_stays_missing(ward: Ward) -> None:
    result = make_result(ward, lower_limit=None, upper_limit=None)

    result.refresh_from_db()
    assert (result.lower_limit, result.upper_limit) == (None, None)


def test_a_stranger_records_nothing(ward: Ward) -> None:
    stranger = {"by": make_user(), "at": AT, "reason": REASON}

    with pytest.raises(PermissionDenied):
        record_laboratory_result(participant=ward.participant, values=POTASSIUM, **stranger)
    with pytest.raises(PermissionDenied):
        record_medication(participant=ward.participant, values=HEPARIN, **stranger)

    assert not LaboratoryResult.objects.exists()
    assert not Medication.objects.exists()


def test_both_are_recorded_over_http(ward: Ward) -> None:
    secret = make_token(Membership.objects.get(user=ward.nurse), at=datetime.now(tz=UTC))
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    whose = {"trial": ward.participant.trial.code, "participant": ward.participant.code, "reason": REASON}

    answers = [
        client.post(
            f"/api/v1/{name}/",
            {**values, **whose},
            content_type="application/json",
            headers={"Idempotency-Key": f"{name}-0000000000001"},
        )
        for name, values in (("laboratory-results", POTASSIUM), ("medications", HEPARIN))
    ]

    assert [answer.status_code for answer in answers] == [201, 201], [a.content for a in answers]
    assert LaboratoryResult.objects.get().value == Decimal("5.8")
    assert Medication.objects.get().route == "SUBCUTANEOUS"


@pytest.mark.parametrize("model", ["laboratoryresult", "medication"])
def test_lists_ask_as_many_questions_for_ten_rows_as_for_one(
    ward: Ward, client: Client, django_assert_num_queries: Any, model: str
) -> None:
    make = make_result if model == "laboratoryresult" else make_medication
    address = reverse(f"admin:assessments_{model}_changelist")
    client.force_login(ward.nurse)
    make(ward)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        page = client.get(address).content.decode()
    for _number in range(9):
        make(ward)
    with CaptureQueriesContext(connection) as ten:
        client.get(address)

    assert ("5.8 mmol/L" if model == "laboratoryresult" else "5000 IU") in page.replace(",", "")
    assert len(ten) == len(one)
