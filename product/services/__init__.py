"""Writes about allocation, batches, dispensed doses and their deviations. Sealed."""

from product.services.arm_letters import draw_arm_letters
from product.services.deviations import (
    correct_product_deviation,
    record_product_deviation,
    void_product_deviation,
)
from product.services.product import (
    allocate_participant,
    correct_allocation,
    correct_batch,
    dispense_dose,
    receive_batch,
    void_dispensed_dose,
)

__all__ = [
    "allocate_participant",
    "correct_allocation",
    "correct_batch",
    "correct_product_deviation",
    "dispense_dose",
    "draw_arm_letters",
    "receive_batch",
    "record_product_deviation",
    "void_dispensed_dose",
    "void_product_deviation",
]
