"""A dispensed dose that was recorded by mistake: voided by the unit only, by page and API, under seal."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from product.models import DispensedDose
from product.services import allocate_participant, dispense_dose
from tests.factories import AT, make_enrolled, make_infusion, make_user, unsealed
from tests.integration.trials.api_client import Api
from tests.plugins.shared_rows import shared_rows
from trials.models import Site, Trial

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=2)


@shared_rows
def dose(trial: Trial, site: Site, unit: User) -> DispensedDose:
    person = make_enrolled(trial, site, code="07-001", weight_kg=Decimal(90))
    allocate_participant(participant=person, arm_code="UC_MSC", by=unit, at=AT, reason="randomisation list")
    return dispense_dose(
        infusion=make_infusion(person), cells_million=Decimal(80), by=unit, at=LATER, reason="dispensed"
    )


def kept(trial: Trial) -> DispensedDose:
    with unsealed(trial):
        return DispensedDose.objects.get()


def test_the_units_page_voids_a_dose_and_says_why_in_its_list(
    client: Any, trial: Trial, dose: DispensedDose, unit: User
) -> None:
    client.force_login(unit)
    page = reverse("admin:product_dispenseddose_change", args=[dose.pk])
    address = reverse("admin:product_dispenseddose_void", args=[dose.pk])

    shown = client.get(page).content.decode()
    refused = client.post(address, {"reason": ""}).content.decode()
    untouched = kept(trial).voided_at
    client.post(address, {"reason": "wrong bag scanned"})

    assert address in shown
    assert "Why is it void?" in refused
    assert untouched is None
    row = kept(trial)
    assert (row.voided_at is not None, row.void_reason, row.version) == (True, "wrong bag scanned", 2)
    assert (
        "void: wrong bag scanned"
        in client.get(reverse("admin:product_dispenseddose_changelist")).content.decode()
    )
    assert address not in client.get(page).content.decode()


def test_the_trail_of_a_void_is_sealed(client: Any, trial: Trial, dose: DispensedDose, unit: User) -> None:
    client.force_login(unit)
    client.post(reverse("admin:product_dispenseddose_void", args=[dose.pk]), {"reason": "wrong bag scanned"})

    assert not Entry.objects.filter(table_name="product_dispenseddose").exists()
    with unsealed(trial):
        entry = Entry.objects.get(table_name="product_dispenseddose", change="UPDATE")
        assert (entry.actor_id, entry.reason) == (unit.pk, "wrong bag scanned")


def test_the_api_voids_a_dose_once(trial: Trial, dose: DispensedDose, unit: User) -> None:
    api = Api(unit)
    path = f"dispensed-doses/{dose.pk}/"

    empty = api.post(f"{path}void/", {"reason": " "})
    voided = api.post(f"{path}void/", {"reason": "wrong bag scanned"})
    again = api.post(f"{path}void/", {"reason": "once more"})

    assert (empty.status_code, voided.status_code, again.status_code) == (400, 200, 400)
    assert (voided.json()["void_reason"], voided.json()["infusion"]) == ("wrong bag scanned", 1)
    assert [row["id"] for row in api.get("dispensed-doses/", voided="true").json()["results"]] == [dose.pk]
    assert api.get("dispensed-doses/", voided="false").json()["results"] == []
    assert kept(trial).void_reason == "wrong bag scanned"


@pytest.mark.parametrize(
    "role", ["nurse", "investigator", "pharmacovigilance", "unblinded_statistician", "sponsor"]
)
def test_others_do_not_void_and_the_blinded_see_nothing(
    trial: Trial, site: Site, dose: DispensedDose, role: str
) -> None:
    api = Api(make_user(role, trial=trial, site=site))

    refused = api.post(f"dispensed-doses/{dose.pk}/void/", {"reason": "wrong bag scanned"})
    unknown = api.post(f"dispensed-doses/{dose.pk + 1}/void/", {"reason": "wrong bag scanned"})

    assert (refused.status_code, refused.content) == (403, unknown.content)
    assert kept(trial).voided_at is None
