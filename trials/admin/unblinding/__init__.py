"""The pages of unblinding: asking, confirming, seeing the arm; inadvertent unblindings; the key of the coded arms."""

from trials.admin.unblinding import course
from trials.admin.unblinding.emergencies import UnblindingAdmin
from trials.admin.unblinding.inadvertent import InadvertentUnblindingAdmin
from trials.admin.unblinding.keys import ArmKeyOpeningAdmin

__all__ = ["ArmKeyOpeningAdmin", "InadvertentUnblindingAdmin", "UnblindingAdmin", "course"]
