"""The pages of trials, participants, infusions, and what is sealed about them."""

from trials.admin import course
from trials.admin.assessments import DailyAssessmentAdmin
from trials.admin.deviations import ProductDeviationAdmin, ProtocolDeviationAdmin
from trials.admin.doses import DispensedDoseAdmin
from trials.admin.infusions import InfusionAdmin
from trials.admin.participants import ParticipantAdmin
from trials.admin.sealed import AllocationAdmin, ProductBatchAdmin
from trials.admin.sensitising import SensitisingEventAdmin
from trials.admin.trials import ProtocolVersionAdmin, SiteAdmin, TrialAdmin
from trials.admin.unblinding import ArmKeyOpeningAdmin, InadvertentUnblindingAdmin, UnblindingAdmin

__all__ = [
    "AllocationAdmin",
    "ArmKeyOpeningAdmin",
    "DailyAssessmentAdmin",
    "DispensedDoseAdmin",
    "InadvertentUnblindingAdmin",
    "InfusionAdmin",
    "ParticipantAdmin",
    "ProductBatchAdmin",
    "ProductDeviationAdmin",
    "ProtocolDeviationAdmin",
    "ProtocolVersionAdmin",
    "SensitisingEventAdmin",
    "SiteAdmin",
    "TrialAdmin",
    "UnblindingAdmin",
    "course",
]
