"""Sealed verbs: who may, what is refused, and that nothing can be read without a clearance."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Clearance, SealedError, User
from accounts.services import system_user
from audit.models import Entry
from product.models import Allocation, DispensedDose, ProductBatch
from product.services import (
    allocate_participant,
    correct_allocation,
    correct_batch,
    dispense_dose,
    receive_batch,
    void_dispensed_dose,
)
from tests.factories import AT, make_enrolled, make_infusion, make_participant, make_user, unsealed
from tests.plugins.shared_rows import shared_rows
from trials.models import Infusion, Participant, Site, Trial
from trials.services import load_protocol

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=2)


@shared_rows
def participant(trial: Trial, site: Site) -> Participant:
    return make_enrolled(trial, site, weight_kg=Decimal(90))


@shared_rows
def infusion(participant: Participant) -> Infusion:
    return make_infusion(participant)


def allocate(participant: Participant, by: User, **values: Any) -> Allocation:
    given = {"arm_code": "UC_MSC", "at": AT, "reason": "randomisation list", **values}
    return allocate_participant(participant=participant, by=by, **given)


def receive(trial: Trial, by: User, **values: Any) -> ProductBatch:
    given = {
        "code": "B-1",
        "arm_code": "UC_MSC",
        "donor_code": "D-1",
        "viability_percent": Decimal("78.4"),
        "meets_specification": True,
        "at": AT,
        "reason": "released",
        **values,
    }
    return receive_batch(trial=trial, by=by, **given)


def dispense(infusion: Infusion, by: User, **values: Any) -> DispensedDose:
    given = {"cells_million": Decimal(80), "at": LATER, "reason": "dispensed", **values}
    return dispense_dose(infusion=infusion, by=by, **given)


def test_allocation_is_written_logged_and_sealed(participant: Participant, unit: User) -> None:
    allocation = allocate(participant, unit)

    with pytest.raises(SealedError):
        Allocation.objects.count()
    with unsealed(participant.trial):
        assert Allocation.objects.get(participant=participant).arm_code == "UC_MSC"
        entry = Entry.objects.of_row(table="product_allocation", row_id=allocation.pk).get()
    assert (entry.sealed, entry.reason, entry.actor_label) == (True, "randomisation list", unit.username)
    assert Clearance.objects.filter(actor_id=unit.pk, ground="randomisation").count() == 1
    assert not Entry.objects.of_row(table="product_allocation", row_id=allocation.pk).exists()


def test_allocation_twice_is_refused_and_corrected_instead(participant: Participant, unit: User) -> None:
    allocate(participant, unit)

    with pytest.raises(ValidationError, match="already exists"):
        allocate(participant, unit, arm_code="PLACEBO")
    corrected = correct_allocation(
        participant=participant, changes={"received_arm_code": "PLACEBO"}, by=unit, at=AT, reason="kit mix-up"
    )

    assert (corrected.arm_code, corrected.received_arm_code, corrected.version) == ("UC_MSC", "PLACEBO", 2)


@pytest.mark.parametrize(
    ("values", "message"), [({"arm_code": "VERUM"}, "not an arm"), ({"arm_code": ""}, "cannot be blank")]
)
def test_allocation_to_no_arm_is_refused(
    participant: Participant, unit: User, values: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        allocate(participant, unit, **values)

    with unsealed(participant.trial):
        assert not Allocation.objects.exists()


def test_allocation_before_enrolment_is_refused(trial: Trial, site: Site, unit: User) -> None:
    with pytest.raises(ValidationError, match="only an enrolled"):
        allocate(make_participant(trial, site), unit)


def test_correct_allocation_refuses_other_fields_and_nobody(participant: Participant, unit: User) -> None:
    with pytest.raises(ValidationError, match="cannot be corrected here"):
        correct_allocation(participant=participant, changes={"trial": 1}, by=unit, at=AT, reason="typing")
    with pytest.raises(ValidationError, match="not allocated yet"):
        correct_allocation(
            participant=participant, changes={"arm_code": "PLACEBO"}, by=unit, at=AT, reason="typing"
        )


@pytest.mark.parametrize(
    "role", ["nurse", "investigator", "data_manager", "unblinded_statistician", "board_member"]
)
def test_sealed_verbs_are_the_units_alone(
    trial: Trial, participant: Participant, infusion: Infusion, role: str
) -> None:
    user = make_user(role, trial=trial)

    for verb in (
        lambda: allocate(participant, user),
        lambda: receive(trial, user),
        lambda: dispense(infusion, user),
    ):
        with pytest.raises(PermissionDenied):
            verb()

    assert not Clearance.objects.filter(actor_id=user.pk).exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"viability_percent": Decimal("69.9")}, "meets_specification"),
        ({"meets_specification": False}, "specification_note"),
        ({"arm_code": "VERUM"}, "arm_code"),
        ({"viability_percent": Decimal("100.1")}, "__all__"),
        ({"code": ""}, "code"),
    ],
)
def test_receive_batch_refuses(trial: Trial, unit: User, values: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        receive(trial, unit, **values)

    assert field in refused.value.message_dict
    with unsealed(trial):
        assert not ProductBatch.objects.exists()


def test_receive_batch_at_the_lowest_viability_meets_its_specification(trial: Trial, unit: User) -> None:
    assert receive(trial, unit, viability_percent=Decimal("70.0")).meets_specification


def test_receive_batch_twice_is_refused(trial: Trial, unit: User) -> None:
    receive(trial, unit)

    with pytest.raises(ValidationError, match="recorded already"):
        receive(trial, unit)


def test_correct_batch_out_of_specification(trial: Trial, unit: User) -> None:
    changes = {"meets_specification": False, "specification_note": "cell count low"}

    batch = correct_batch(
        batch=receive(trial, unit), changes=changes, by=unit, at=AT, reason="count repeated"
    )

    assert (batch.meets_specification, batch.version) == (False, 2)


def test_cap_of_a_protocol_loaded_ahead_does_not_hold_yet(
    trial: Trial, infusion: Infusion, unit: User, content: dict[str, Any]
) -> None:
    content |= {"version": "2.0", "effective_date": date(2021, 1, 1)}
    content["infusions"]["cap_cells_million"] = 40
    load_protocol(content=content, by=system_user(), at=AT, reason="amended")
    allocate(infusion.participant, unit)

    dose = dispense(infusion, unit, batch=receive(trial, unit))

    assert dose.cells_million == 80


def test_dispense_dose_up_to_the_cap(trial: Trial, infusion: Infusion, unit: User) -> None:
    allocate(infusion.participant, unit)
    batch = receive(trial, unit)

    dose = dispense(infusion, unit, batch=batch)

    with unsealed(trial):
        stored = DispensedDose.objects.get(pk=dose.pk)
        assert (stored.cells_million, stored.batch.donor_code) == (Decimal(80), "D-1")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"cells_million": Decimal("80.01")}, "cells_million"),
        ({"cells_million": Decimal("-1")}, "cells_million"),
        ({"dose": Decimal(80), "dose_unit": "mg"}, "dose_unit"),
        ({"dose": Decimal(80)}, "dose_unit"),
        ({"viability_percent": Decimal("100.1")}, "__all__"),
    ],
)
def test_dispense_dose_refuses_and_writes_nothing(
    infusion: Infusion, unit: User, values: dict[str, Any], field: str
) -> None:
    allocate(infusion.participant, unit)

    with pytest.raises(ValidationError) as refused:
        dispense(infusion, unit, **values)

    assert field in refused.value.message_dict
    with unsealed(infusion.trial):
        assert not DispensedDose.objects.exists()


@pytest.mark.parametrize(
    ("batch", "dose", "message"),
    [
        ({"arm_code": "PLACEBO"}, {}, "not the product of the participant's arm"),
        ({"expires_date": date(2020, 4, 6)}, {}, "expired on"),
        ({"meets_specification": False, "specification_note": "count"}, {}, "Why given out of specification"),
        ({"expires_date": date(2020, 4, 7)}, {}, None),
        (
            {"meets_specification": False, "specification_note": "count"},
            {"out_of_specification_reason": "no other batch; sponsor agreed"},
            None,
        ),
    ],
)
def test_dispense_dose_looks_at_the_batch(
    trial: Trial,
    infusion: Infusion,
    unit: User,
    batch: dict[str, Any],
    dose: dict[str, Any],
    message: str | None,
) -> None:
    allocate(infusion.participant, unit)
    received = receive(trial, unit, **batch)

    if message is None:
        assert dispense(infusion, unit, batch=received, **dose).pk
    else:
        with pytest.raises(ValidationError, match=message):
            dispense(infusion, unit, batch=received, **dose)


def test_dispense_dose_before_allocation_is_refused(infusion: Infusion, unit: User) -> None:
    with pytest.raises(ValidationError, match="enter the allocation first"):
        dispense(infusion, unit)


def test_dispense_dose_follows_the_arm_that_was_received(
    trial: Trial, infusion: Infusion, unit: User
) -> None:
    allocate(infusion.participant, unit)
    changes = {"received_arm_code": "PLACEBO"}
    correct_allocation(participant=infusion.participant, changes=changes, by=unit, at=AT, reason="mix-up")

    dose = dispense(infusion, unit, batch=receive(trial, unit, arm_code="PLACEBO"), cells_million=None)

    assert dose.pk


def test_dispense_dose_twice_is_refused_until_the_first_is_void(infusion: Infusion, unit: User) -> None:
    allocate(infusion.participant, unit)
    dose = dispense(infusion, unit)

    with pytest.raises(ValidationError, match="recorded already"):
        dispense(infusion, unit)
    void_dispensed_dose(dose=dose, by=unit, at=LATER, reason="wrong bag scanned")

    assert dispense(infusion, unit).pk != dose.pk
