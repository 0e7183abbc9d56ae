"""Unblindings: one participant in an emergency, by mistake, and the opening of the key of the coded arms.

None of the open tables holds an arm; what could tell one stands in the sealed account of an inadvertent unblinding.
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
