"""Safety cases, receipts, assessments, reference safety information, coding, rules, obligations, the desk."""

from pharmacovigilance.models.assessments import CausalityAssessment, SeriousnessAssessment
from pharmacovigilance.models.cases import CaseEvent, CaseStep, CaseVersion, SafetyCase
from pharmacovigilance.models.coding import (
    MeddraPath,
    MeddraPin,
    MeddraTerm,
    MeddraVersion,
    TermCoding,
)
from pharmacovigilance.models.desk import CaseOpening, DeskRecord, DeskStep, IcsrMessage
from pharmacovigilance.models.hooks import HookDelivery, WebHook
from pharmacovigilance.models.obligations import Declaration, Obligation, ObligationRule, ObligationStep
from pharmacovigilance.models.receipts import Receipt
from pharmacovigilance.models.rsi import RsiTerm, RsiVersion

__all__ = [
    "CaseEvent",
    "CaseOpening",
    "CaseStep",
    "CaseVersion",
    "CausalityAssessment",
    "Declaration",
    "DeskRecord",
    "DeskStep",
    "HookDelivery",
    "IcsrMessage",
    "MeddraPath",
    "MeddraPin",
    "MeddraTerm",
    "MeddraVersion",
    "Obligation",
    "ObligationRule",
    "ObligationStep",
    "Receipt",
    "RsiTerm",
    "RsiVersion",
    "SafetyCase",
    "SeriousnessAssessment",
    "TermCoding",
    "WebHook",
]
