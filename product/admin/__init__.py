"""The production unit's sealed pages, and the pages of unblinding."""

from product.admin.deviations import ProductDeviationAdmin
from product.admin.doses import DispensedDoseAdmin
from product.admin.sealed import AllocationAdmin, ProductBatchAdmin
from product.admin.unblinding import course, participant_page
from product.admin.unblinding.emergencies import UnblindingAdmin
from product.admin.unblinding.inadvertent import InadvertentUnblindingAdmin
from product.admin.unblinding.keys import ArmKeyOpeningAdmin

__all__ = [
    "AllocationAdmin",
    "ArmKeyOpeningAdmin",
    "DispensedDoseAdmin",
    "InadvertentUnblindingAdmin",
    "ProductBatchAdmin",
    "ProductDeviationAdmin",
    "UnblindingAdmin",
    "course",
    "participant_page",
]
