"""Unblindings: one participant in an emergency, by mistake, and the opening of the key of the coded arms.

No open table contains an arm. Text that could reveal one is in the sealed account of an inadvertent unblinding.
"""

from product.models.unblinding.emergencies import ArmDisclosure, Unblinding, UnblindingQuerySet
from product.models.unblinding.inadvertent import InadvertentUnblinding, UnblindingAccount
from product.models.unblinding.keys import ArmKeyOpening
from product.models.unblinding.notices import UnblindingNotice

__all__ = [
    "ArmDisclosure",
    "ArmKeyOpening",
    "InadvertentUnblinding",
    "Unblinding",
    "UnblindingAccount",
    "UnblindingNotice",
    "UnblindingQuerySet",
]
