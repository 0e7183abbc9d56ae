"""Conditions for dispensing: the cap, the batch's specification, its expiry and its arm (all sealed facts).

Out-of-specification cells are given only on a recorded decision: EC Guidelines on GCP specific to ATMPs,
C(2019) 7140, section 9.3.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from partial_dates.refusals import Refusal, gettext_noop
from trials.rules.protocol import InfusionPlan


@dataclass(frozen=True)
class BatchFacts:
    """A batch of product; None = not recorded."""

    arm_code: str
    expires_date: date | None
    viability_percent: Decimal | None
    meets_specification: bool | None
    specification_note: str


@dataclass(frozen=True)
class DoseFacts:
    """A dispensed dose; `given_on` is the day of its infusion in the trial's zone."""

    cells_million: Decimal | None
    dose: Decimal | None
    dose_unit: str
    given_on: date | None
    out_of_specification_reason: str


def batch_refusals(facts: BatchFacts, plan: InfusionPlan) -> tuple[Refusal, ...]:
    """A batch below the specification's viability cannot be in specification.

    One out of specification needs a reason.
    """
    found = []
    product = plan.product
    if (
        product
        and facts.meets_specification
        and facts.viability_percent is not None
        and facts.viability_percent < product.viability_percent_lowest
    ):
        message = gettext_noop(
            "Meets its specification: not with a viability of %(value)s %%, which is below %(lowest)s %%."
        )
        params = {"value": facts.viability_percent, "lowest": product.viability_percent_lowest}
        found.append(Refusal("meets_specification", message, params))
    if facts.meets_specification is False and not facts.specification_note:
        message = gettext_noop("What is out of specification: needed for a batch that does not meet it.")
        found.append(Refusal("specification_note", message))
    return tuple(found)


def dose_refusals(
    facts: DoseFacts, *, plan: InfusionPlan, batch: BatchFacts | None, arm_code: str
) -> tuple[Refusal, ...]:
    """Why this dose cannot be dispensed to a participant of that arm; nothing when it can."""
    found = [*_amount_refusals(facts, plan)]
    if batch is None:
        return tuple(found)
    if batch.arm_code != arm_code:
        message = gettext_noop(
            "Batch: it is not the product of the participant's arm; record first which arm was received."
        )
        found.append(Refusal("batch", message))
    if batch.expires_date and facts.given_on and facts.given_on > batch.expires_date:
        message = gettext_noop("Batch: it expired on %(value)s, before the infusion on %(given)s.")
        found.append(Refusal("batch", message, {"value": batch.expires_date, "given": facts.given_on}))
    if batch.meets_specification is False and not facts.out_of_specification_reason:
        message = gettext_noop("Why given out of specification: needed for a batch that does not meet it.")
        found.append(Refusal("out_of_specification_reason", message))
    return tuple(found)


def _amount_refusals(facts: DoseFacts, plan: InfusionPlan) -> list[Refusal]:
    found = []
    cap = plan.cap_cells_million
    if facts.cells_million is not None and cap is not None and facts.cells_million > cap:
        message = gettext_noop("Cells (million): %(value)s is above the cap of %(cap)s million per infusion.")
        found.append(Refusal("cells_million", message, {"value": facts.cells_million, "cap": cap}))
    for field, value in (("cells_million", facts.cells_million), ("dose", facts.dose)):
        if value is not None and value < 0:
            message = gettext_noop("%(field)s: %(value)s is below 0.")
            found.append(Refusal(field, message, {"field": field, "value": value}))
    if facts.dose is not None and facts.dose_unit != plan.unit:
        message = gettext_noop("Unit of the dose: %(value)s is not the protocol's unit, %(unit)s.")
        found.append(Refusal("dose_unit", message, {"value": facts.dose_unit or "–", "unit": plan.unit}))
    return found
