"""The pages of unblinding: request, confirmation, display of the arm; inadvertent unblindings.

The key of the coded arms.
"""

from product.admin.unblinding import course
from product.admin.unblinding.emergencies import UnblindingAdmin
from product.admin.unblinding.inadvertent import InadvertentUnblindingAdmin
from product.admin.unblinding.keys import ArmKeyOpeningAdmin

__all__ = ["ArmKeyOpeningAdmin", "InadvertentUnblindingAdmin", "UnblindingAdmin", "course"]
