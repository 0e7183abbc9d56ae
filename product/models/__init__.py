"""Sealed: allocation, coded arms, batches, dispensed doses, deviations of the product; and unblindings."""

from product.models.deviations import ProductDeviation
from product.models.product import Allocation, ArmLetter, DispensedDose, ProductBatch
from product.models.unblinding.emergencies import ArmDisclosure, Unblinding
from product.models.unblinding.inadvertent import InadvertentUnblinding, UnblindingAccount
from product.models.unblinding.keys import ArmKeyOpening
from product.models.unblinding.notices import UnblindingNotice

__all__ = [
    "Allocation",
    "ArmDisclosure",
    "ArmKeyOpening",
    "ArmLetter",
    "DispensedDose",
    "InadvertentUnblinding",
    "ProductBatch",
    "ProductDeviation",
    "Unblinding",
    "UnblindingAccount",
    "UnblindingNotice",
]
