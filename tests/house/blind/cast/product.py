"""What was allocated, received and dispensed, and what went wrong with it: all sealed."""

from random import Random
from typing import Any

from accounts.services import system_user
from product.models import DispensedDose, ProductBatch
from product.services import (
    allocate_participant,
    dispense_dose,
    receive_batch,
    record_product_deviation,
    void_dispensed_dose,
)
from tests.factories import unsealed
from tests.full_fixture import ACTIVE, CONTROL
from tests.house.blind.cast.base import BATCHES, CELLS, DONORS, SYSTEM, VIABILITY, Cast
from trials.models import Infusion


def product(cast: Cast) -> None:
    """Batches in an order that is drawn, allocations, doses.

    Of who got cells, some have a dose voided and recorded again.
    """
    by = {"by": system_user(), **SYSTEM}
    trial = cast.everything.trial
    coming = [(arm, code) for arm, codes in BATCHES.items() for code in codes]
    coming = cast.chance("batches").sample(coming, len(coming))
    batches = {code: _receive(cast, arm, code) for arm, code in coming}
    for place, person in enumerate(cast.people):
        chance = cast.chance(f"product of {place}")
        reference = batches[chance.choice(BATCHES[ACTIVE])]
        arm = cast.arm_of(place)
        allocate_participant(participant=person, arm_code=arm, reference_batch=reference, **by)
        batch = reference if arm == ACTIVE else batches[BATCHES[CONTROL][0]]
        for infusion in Infusion.objects.given().filter(participant=person).order_by("number"):
            _dispense(infusion, batch, chance)
    with unsealed(trial):
        cast.everything.add(DispensedDose.objects.filter(voided_at=None).latest("pk"))


def _receive(cast: Cast, arm: str, code: str) -> ProductBatch:
    return receive_batch(
        trial=cast.everything.trial,
        code=code,
        arm_code=arm,
        donor_code=DONORS[code],
        cells_million=cast.chance(code).choice(CELLS) if arm == ACTIVE else None,
        viability_percent=cast.chance(code).choice(VIABILITY) if arm == ACTIVE else None,
        meets_specification=True,
        by=system_user(),
        **SYSTEM,
    )


def _dispense(infusion: Infusion, batch: ProductBatch, chance: Random) -> None:
    by = {"by": system_user(), **SYSTEM}
    holds_cells = batch.arm_code == ACTIVE
    dose: dict[str, Any] = {"batch": batch, "cells_million": chance.choice(CELLS) if holds_cells else None}
    first = dispense_dose(infusion=infusion, **dose, **by)
    if holds_cells and infusion.number == 1:
        void_dispensed_dose(dose=first, **by)
        dispense_dose(infusion=infusion, viability_percent=chance.choice(VIABILITY), **dose, **by)


def product_deviations(cast: Cast) -> None:
    """Under seal, of everybody who got cells; only where there is a product can something be wrong with it."""
    unit = cast.users["cell_therapy_unit"]
    told = {"category": "storage", "importance": "major", "occurred": "2020-04-08"}
    for place, person in enumerate(cast.people):
        if cast.arm_of(place) == ACTIVE:
            values = {**told, "description": f"Thawed too slowly: {BATCHES[ACTIVE][0]}."}
            record_product_deviation(participant=person, values=values, by=unit, **SYSTEM)
