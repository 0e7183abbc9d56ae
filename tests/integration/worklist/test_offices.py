"""The laboratory's and the production unit's pages over HTTP: entries are stored under seal."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts.choices import Role
from accounts.models import SealedError
from immunology.models import AntibodyResult, DonorTyping, Specimen
from product.models import Allocation, DispensedDose, ProductBatch
from tests.factories import make_specimen, make_user, unsealed
from tests.plugins.shared_rows import shared_rows
from tests.ward import Ward, make_patient, make_ward, start
from trials.models import Participant

pytestmark = pytest.mark.django_db


@shared_rows
def ward() -> Ward:
    return make_ward()


@pytest.fixture
def patient(ward: Ward) -> Participant:
    return make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=2))


def signed_in(role: Role, ward: Ward) -> Client:
    client = Client()
    client.force_login(make_user(role, trial=ward.trial))
    return client


def moment(name: str, ago: timedelta) -> dict[str, str]:
    at = (timezone.now() - ago).astimezone(ZoneInfo("Europe/Paris"))
    parts = {"day": "%d", "month": "%m", "year": "%Y", "time": "%H:%M"}
    return {f"{name}_{part}": at.strftime(form) for part, form in parts.items()}


def taken(patient: Participant, **fields: object) -> Specimen:
    return make_specimen(patient, code="S-1", collected_at=timezone.now() - timedelta(hours=5), **fields)


RUN = {"run_code": "R-1", "treatment": "EDTA", "conjugate": "IgG", "dilution": "1"}
ROWS = {
    "rows-TOTAL_FORMS": "12",
    "rows-INITIAL_FORMS": "0",
    "rows-0-specificity": "A*02:01",
    "rows-0-hla_class": "I",
    "rows-0-mfi": "1234,5",
}


def test_laboratory_receives_a_sample(ward: Ward, patient: Participant) -> None:
    specimen = taken(patient)

    page = signed_in(Role.HLA_LABORATORY, ward).post(
        f"/immunology/specimen/{specimen.pk}/receive/", moment("received_at", timedelta(hours=1)), follow=True
    )

    specimen.refresh_from_db()
    assert specimen.received_at is not None
    assert "without result" in page.content.decode()


def test_sample_is_not_received_before_it_was_taken(ward: Ward, patient: Participant) -> None:
    specimen = taken(patient)

    page = signed_in(Role.HLA_LABORATORY, ward).post(
        f"/immunology/specimen/{specimen.pk}/receive/", moment("received_at", timedelta(hours=9))
    )

    specimen.refresh_from_db()
    assert specimen.received_at is None
    assert "error-summary" in page.content.decode()


def test_results_of_a_run_are_kept_under_seal(ward: Ward, patient: Participant) -> None:
    specimen = taken(patient, received_at=timezone.now() - timedelta(hours=3))
    laboratory = signed_in(Role.HLA_LABORATORY, ward)

    page = laboratory.post(f"/immunology/antibodyresult/panel/{specimen.pk}/", {**RUN, **ROWS}, follow=True)

    with unsealed(ward.trial):
        result = AntibodyResult.objects.get()
    assert (result.specificity, str(result.mfi), result.treatment) == ("A*02:01", "1234.50", "EDTA")
    assert "1 result kept under seal for sample S-1." in page.content.decode()
    assert "1234.5<" in laboratory.get("/immunology/antibodyresult/").content.decode()


def test_more_results_of_a_sample_are_entered_from_its_page_by_the_laboratory_alone(
    ward: Ward, patient: Participant
) -> None:
    specimen = taken(patient, received_at=timezone.now() - timedelta(hours=3))
    nurse = Client()
    nurse.force_login(ward.nurse)

    page = f"/immunology/specimen/{specimen.pk}/change/"
    pages = [one.get(page).content.decode() for one in (signed_in(Role.HLA_LABORATORY, ward), nurse)]

    assert [f"/immunology/antibodyresult/panel/{specimen.pk}/" in text for text in pages] == [True, False]


@pytest.mark.parametrize(
    "change",
    [
        {"run_code": ""},
        {"rows-0-specificity": ""},
        {"rows-0-mfi": "-5"},
        {"rows-0-mfi": "many"},
        {"dilution": "0"},
    ],
)
def test_bad_run_keeps_nothing_and_what_was_typed_stays(
    ward: Ward, patient: Participant, change: dict[str, str]
) -> None:
    specimen = taken(patient, received_at=timezone.now() - timedelta(hours=3))
    answers = {**RUN, **ROWS, "kit": "K-77", **change}

    page = signed_in(Role.HLA_LABORATORY, ward).post(
        f"/immunology/antibodyresult/panel/{specimen.pk}/", answers
    )

    with unsealed(ward.trial):
        assert not AntibodyResult.objects.exists()
    assert "error-summary" in page.content.decode()
    assert 'value="K-77"' in page.content.decode()


def test_nurse_cannot_enter_results(ward: Ward, patient: Participant) -> None:
    specimen = taken(patient)
    client = Client()
    client.force_login(ward.nurse)

    assert client.post(f"/immunology/antibodyresult/panel/{specimen.pk}/", {**RUN, **ROWS}).status_code == 403


def test_unit_receives_a_batch_allocates_and_dispenses(ward: Ward, patient: Participant) -> None:
    infusion = start(ward, patient, 1, at=timezone.now() - timedelta(hours=20))
    unit = signed_in(Role.CELL_THERAPY_UNIT, ward)
    batch = {
        "code": "B-1",
        "arm_code": "UC_MSC",
        "donor_code": "D-1",
        "viability_percent": "81",
        "meets_specification": "True",
    }

    unit.post("/product/productbatch/add/", batch)
    with unsealed(ward.trial):
        kept = ProductBatch.objects.get()
    unit.post(
        "/product/allocation/add/",
        {"participant": patient.pk, "arm_code": "UC_MSC", "reference_batch": kept.pk},
    )
    unit.post(
        "/product/dispenseddose/add/", {"infusion": infusion.pk, "batch": kept.pk, "cells_million": "70"}
    )
    unit.post("/immunology/donortyping/add/", {"donor_code": "D-1", "locus": "A", "specificity": "A*02:01"})

    with unsealed(ward.trial):
        assert Allocation.objects.get().arm_code == "UC_MSC"
        assert DispensedDose.objects.get().batch == kept
        assert DonorTyping.objects.get().specificity == "A*02:01"


def test_wrong_batch_is_refused_on_the_form(ward: Ward, patient: Participant) -> None:
    unit = signed_in(Role.CELL_THERAPY_UNIT, ward)

    page = unit.post(
        "/product/productbatch/add/", {"code": "B-1", "arm_code": "UC_MSC", "viability_percent": "140"}
    )

    assert "error-summary" in page.content.decode()
    with unsealed(ward.trial):
        assert not ProductBatch.objects.exists()


def test_sealed_page_leaves_no_seal_open(ward: Ward, patient: Participant) -> None:
    signed_in(Role.CELL_THERAPY_UNIT, ward).get("/product/allocation/")

    with pytest.raises(SealedError):
        Allocation.objects.count()
