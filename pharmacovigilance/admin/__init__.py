"""The pages of safety cases, of what is owed, of rules and reference safety information, and of the unblinded desk."""

from pharmacovigilance.admin.cases import SafetyCaseAdmin
from pharmacovigilance.admin.desk import DeskRecordAdmin
from pharmacovigilance.admin.obligations import ObligationAdmin
from pharmacovigilance.admin.rule_pages import ObligationRuleAdmin, RsiVersionAdmin

__all__ = [
    "DeskRecordAdmin",
    "ObligationAdmin",
    "ObligationRuleAdmin",
    "RsiVersionAdmin",
    "SafetyCaseAdmin",
]
