"""Deviations that concern the product: recorded, corrected and voided under seal."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import Clearance, SealedError, User
from audit.models import Entry
from product.models import ProductDeviation
from product.services import correct_product_deviation, record_product_deviation, void_product_deviation
from tests.factories import make_enrolled, make_user, unsealed
from tests.integration.trials.api_client import Api, fields_of
from tests.plugins.shared_rows import shared_rows
from trials.models import Participant, Site, Trial

pytestmark = pytest.mark.django_db
LATER = datetime(2020, 4, 20, 9, 0, tzinfo=UTC)
FEW_CELLS = {
    "category": "out_of_specification",
    "importance": "minor",
    "occurred": "2020-04-08",
    "description": "Cell count below specification.",
}
WHY = {"at": LATER, "reason": "recounted"}


@shared_rows
def person(trial: Trial, site: Site) -> Participant:
    return make_enrolled(trial, site, code="07-001")


@shared_rows
def deviation(person: Participant, unit: User) -> ProductDeviation:
    return record_product_deviation(participant=person, values=FEW_CELLS, by=unit, at=LATER, reason="log")


def kept(trial: Trial) -> ProductDeviation:
    with unsealed(trial):
        return ProductDeviation.objects.select_related("participant").get()


def trail(trial: Trial) -> list[tuple[Any, Any]]:
    """Importance and version before each change, of the sealed trail."""
    with unsealed(trial):
        rows = Entry.objects.filter(table_name="product_productdeviation", change="UPDATE").order_by("pk")
        return [(row.old["importance"], row.old["version"]) for row in rows if row.old]


def test_what_speaks_of_the_product_is_sealed(
    person: Participant, deviation: ProductDeviation, nurse: User
) -> None:
    with pytest.raises(SealedError):
        ProductDeviation.objects.count()
    assert kept(person.trial).category == "out_of_specification"
    assert not Entry.objects.filter(table_name="product_productdeviation").exists()
    with pytest.raises(PermissionDenied):
        record_product_deviation(participant=person, values=FEW_CELLS, by=nurse, at=LATER, reason="log")


def test_a_correction_and_a_void_keep_what_was_there_under_seal(
    trial: Trial, deviation: ProductDeviation, unit: User
) -> None:
    corrected = correct_product_deviation(
        deviation=deviation, changes={"importance": "major"}, by=unit, seen_version=1, **WHY
    )
    void_product_deviation(deviation=corrected, by=unit, **WHY)

    row = kept(trial)
    assert (row.importance, row.version, row.voided_at, row.void_reason) == ("major", 3, LATER, "recounted")
    assert trail(trial) == [("minor", 1), ("major", 2)]
    assert not Entry.objects.filter(table_name="product_productdeviation").exists()
    purposes = list(
        Clearance.objects.filter(actor_id=unit.pk).order_by("pk").values_list("purpose", flat=True)
    )
    assert purposes[1:] == ["correct a product deviation", "void a product deviation"]
    with pytest.raises(ValidationError, match="voided"):
        correct_product_deviation(deviation=row, changes={"importance": "minor"}, by=unit, **WHY)
    with pytest.raises(ValidationError, match="voided"):
        void_product_deviation(deviation=row, by=unit, **WHY)


@pytest.mark.parametrize(
    ("changes", "seen", "refused"),
    [
        ({"importance": "major"}, 7, "seen_version"),
        ({"occurred": "2020-05-30"}, 1, "occurred"),
        ({"occurred": "2020-03"}, 1, "occurred"),
        ({"category": "consent"}, 1, "category"),
        ({"participant": None}, 1, "participant"),
    ],
)
def test_a_correction_that_cannot_be_changes_nothing(
    trial: Trial, deviation: ProductDeviation, unit: User, changes: Any, seen: int, refused: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        correct_product_deviation(deviation=deviation, changes=changes, by=unit, seen_version=seen, **WHY)

    assert refused in refusal.value.message_dict
    assert kept(trial).version == 1


@pytest.mark.parametrize("role", ["nurse", "data_manager", "unblinded_statistician", "board_chair"])
def test_others_neither_correct_nor_void(trial: Trial, deviation: ProductDeviation, role: str) -> None:
    by = make_user(role, trial=trial)

    with pytest.raises(PermissionDenied):
        correct_product_deviation(deviation=deviation, changes={"importance": "major"}, by=by, **WHY)
    with pytest.raises(PermissionDenied):
        void_product_deviation(deviation=deviation, by=by, **WHY)
    assert kept(trial).version == 1


def test_the_units_page_corrects_and_voids(
    client: Any, trial: Trial, deviation: ProductDeviation, unit: User
) -> None:
    client.force_login(unit)
    page = reverse("admin:product_productdeviation_change", args=[deviation.pk])
    said = {"category": "dose", "importance": "major", "description": "Half a dose.", "action_taken": ""}
    moment = {"occurred_day": "8", "occurred_month": "4", "occurred_year": "2020", "occurred_time": ""}
    shown = client.get(page).content.decode()

    client.post(page, {**said, **moment, "reason": "recounted", "seen_version": "1"})
    client.post(f"{page.removesuffix('change/')}void/", {"reason": "of another participant"})

    assert "Cell count below specification." in shown
    row = kept(trial)
    assert (row.category, row.description, row.void_reason) == (
        "dose",
        "Half a dose.",
        "of another participant",
    )
    assert row.participant.code == "07-001"
    listed = client.get(reverse("admin:product_productdeviation_changelist")).content.decode()
    assert ">void<" in listed


def test_the_api_records_once_corrects_and_voids(person: Participant, unit: User) -> None:
    api = Api(unit)
    body = {"participant": "07-001", **FEW_CELLS}
    made = api.post("product-deviations/", body, key="k1")
    again = api.post("product-deviations/", body, key="k1")
    path = f"product-deviations/{made.json()['id']}/"

    changed = api.patch(path, {"importance": "major", "reason": "recounted", "seen_version": 1}).json()
    voided = api.post(f"{path}void/", {"reason": "of another participant"}).json()

    assert (made.status_code, again.json()["id"]) == (201, made.json()["id"])
    assert (changed["importance"], changed["version"]) == ("major", 2)
    assert voided["void_reason"] == "of another participant"
    assert [row["version"] for row in api.get("product-deviations/", voided="true").json()["results"]] == [3]
    assert api.get("product-deviations/", voided="false").json()["results"] == []


def test_the_api_names_what_it_refuses_and_keeps_nothing(person: Participant, unit: User) -> None:
    answers = [
        Api(unit).post("product-deviations/", {"participant": "07-001", **FEW_CELLS, **changed})
        for changed in (
            {"participant": "07-009"},
            {"category": "consent"},
            {"site": "07"},
            {"occurred": "2020-02-30"},
        )
    ]

    assert [fields_of(answer) for answer in answers] == [
        ["participant"],
        ["category"],
        ["site"],
        ["occurred"],
    ]
    with unsealed(person.trial):
        assert not ProductDeviation.objects.exists()


def test_the_statistician_reads_and_the_nurse_finds_nothing(
    trial: Trial, deviation: ProductDeviation, nurse: User
) -> None:
    statistician = Api(make_user("unblinded_statistician", trial=trial))
    path = f"product-deviations/{deviation.pk}/"

    assert statistician.get(path).json()["description"] == "Cell count below specification."
    assert statistician.post(f"{path}void/", {"reason": "r"}).status_code == 403
    assert Api(nurse).get(path).status_code == 403
