"""What a message of a signed version is made of, from rows and settings. Blinded: no arm is read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from pharmacovigilance.choices import VersionKind
from pharmacovigilance.e2b.case_messages import CaseReport, CodedEvent
from pharmacovigilance.models import CaseVersion, SafetyCase

MEDDRA_OF_CTCAE = {"CTCAE-5.0": "20.1", "CTCAE-6.0": "28.0"}
"""MedDRA version whose LLT codes NCI publishes with each CTCAE version (NCI's tables of 27 November 2017, 22 July 2025)."""


def case_report(
    *, case: SafetyCase, version: CaseVersion, profile: str, ctcae_codes: bool, at: datetime
) -> CaseReport:
    """The parts of the message. `ctcae_codes`: the trial lets CTCAE's codes stand for MedDRA's."""
    return CaseReport(
        content=version.content,
        trial={
            "code": case.trial.code,
            "title": case.trial.title,
            "registration": case.trial.registration,
        },
        participant=_participant(case),
        route=settings.E2B_ROUTES[profile],
        codes=_ctcae_codes(version.content) if ctcae_codes else {},
        created_at=at,
        batch_number=f"{case.worldwide_number}-{version.number}",
        kind_reason=_kind_reason(case, version),
    )


def _participant(case: SafetyCase) -> dict[str, Any]:
    row = case.participant
    return {
        "sex": row.sex,
        "age_years": row.age_years,
        "weight_kg": row.weight_kg,
        "died": row.died,
        "country": row.site.country,
    }


def _kind_reason(case: SafetyCase, version: CaseVersion) -> str:
    if version.kind == VersionKind.NULLIFICATION:
        return case.nullified_because
    if version.kind != VersionKind.AMENDMENT:
        return ""
    step = case.steps.filter(act="amend").order_by("-done_at", "-pk").first()
    return step.reason if step else ""


def _ctcae_codes(content: Mapping[str, Any]) -> dict[int, CodedEvent]:
    found = {}
    for event in content["events"]:
        version = MEDDRA_OF_CTCAE.get(event["facts"].get("dictionary", ""))
        code = event["facts"].get("code")
        if version and code:
            found[event["number"]] = CodedEvent(version, code)
    return found
