"""The pages of cases, obligations, coding, rules, reference safety information, and of the unblinded desk."""

from pharmacovigilance.admin.cases import SafetyCaseAdmin
from pharmacovigilance.admin.coding import TermCodingAdmin
from pharmacovigilance.admin.desk import DeskRecordAdmin
from pharmacovigilance.admin.hooks import WebHookAdmin
from pharmacovigilance.admin.messages import IcsrMessageAdmin
from pharmacovigilance.admin.obligations import ObligationAdmin
from pharmacovigilance.admin.rule_pages import DeclarationAdmin, ObligationRuleAdmin, RsiVersionAdmin

__all__ = [
    "DeclarationAdmin",
    "DeskRecordAdmin",
    "IcsrMessageAdmin",
    "ObligationAdmin",
    "ObligationRuleAdmin",
    "RsiVersionAdmin",
    "SafetyCaseAdmin",
    "TermCodingAdmin",
    "WebHookAdmin",
]
