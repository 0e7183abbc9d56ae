"""The result of one serum for one target, from the values of all beads that represent it."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from immunology.rules.calls import Call, Serum, call_in_assay
from trials.rules.protocol import AntibodyPlan


def weigh(beads: Sequence[Serum], *, is_surrogate: bool, plan: AntibodyPlan) -> Serum | None:
    """One serum of the readings of its beads; `None` when no bead was read.

    Beads of the very allele: the highest counts. Surrogates: positive when all are, negative when all are, else grey,
    because it is unknown which of them the donor's protein resembles.
    """
    if not beads:
        return None
    values = [bead.mfi for bead in beads if bead.mfi is not None]
    highest: Decimal | None = max(values, default=None)
    chosen = next((bead for bead in beads if bead.mfi == highest), beads[0])
    if not is_surrogate or not values:
        return chosen
    calls = {call_in_assay(bead, plan) for bead in beads if bead.mfi is not None}
    return replace(chosen, consensus=calls.pop() if len(calls) == 1 else Call.GREY)
