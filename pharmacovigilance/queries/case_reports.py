"""The input of a signed version's message, from rows and settings. Blinded: no arm is read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from pharmacovigilance.choices import VersionKind
from pharmacovigilance.e2b.case_patient import CaseReport, CodedEvent
from pharmacovigilance.models import CaseVersion, SafetyCase, TermCoding
from pharmacovigilance.queries.coding import pinned_version
from trials.models import ProtocolVersion, Trial

MEDDRA_OF_CTCAE = {"5.0": "20.1", "6.0": "28.0"}
"""MedDRA version whose LLT codes NCI publishes with each CTCAE version (NCI's tables of 27 November 2017, 22 July 2025)."""


def case_report(
    *, case: SafetyCase, version: CaseVersion, profile: str, at: datetime, product_name: str = ""
) -> CaseReport:
    """The parts of the message.

    `product_name` comes from the unblinded desk, under seal; empty: the message is blinded.
    """
    return CaseReport(
        content=version.content,
        trial={
            "code": case.trial.code,
            "title": case.trial.title,
            "registration": case.trial.registration,
        },
        route=settings.E2B_ROUTES[profile],
        codes=codes_of_case(case, version.content),
        created_at=at,
        batch_number=f"{case.worldwide_number}-{version.number}",
        kind_reason=_kind_reason(case, version),
        product_name=product_name,
    )


def _kind_reason(case: SafetyCase, version: CaseVersion) -> str:
    if version.kind == VersionKind.NULLIFICATION:
        return case.nullified_because
    if version.kind != VersionKind.AMENDMENT:
        return ""
    step = case.steps.filter(act="amend").order_by("-done_at", "-pk").first()
    return step.reason if step else ""


def version_of_codes(trial: Trial) -> str:
    """The number of the trial's MedDRA version for reports; empty: none chosen."""
    protocol = ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None)
    if protocol.coding.events == "ctcae":
        return MEDDRA_OF_CTCAE.get(protocol.dictionary.version or "", "")
    version = pinned_version(trial.pk)
    return version.number if version else ""


def codes_of_case(case: SafetyCase, content: Mapping[str, Any]) -> dict[str, CodedEvent]:
    """The codes of a signed version's events, history and reasons for medication, all of one MedDRA version, by key.

    A coder's last decision counts when it is of this version and of the signed words; where the protocol permits it,
    CTCAE's own codes are used without a decision. Keys: `event 3`, `indication 12`, `history 7`.
    """
    number = version_of_codes(case.trial)
    if not number:
        return {}
    decided: dict[str, CodedEvent] = {}
    words = {item["key"]: item["words"] for item in coded_items(content)}
    for row in (
        TermCoding.objects.filter(participant=case.participant_id).select_related("meddra").order_by("pk")
    ):
        key = f"{row.subject} {row.record_id}"
        if words.get(key) != row.words:
            continue
        if not row.llt_code:
            decided.pop(key, None)
        elif row.meddra.number == number:
            decided[key] = CodedEvent(number, row.llt_code)
    return _of_ctcae(case.trial, content, number) | decided


def coded_items(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parts of a signed version that can have a code: key and words."""
    patient = content.get("patient", {})
    return [
        *({"key": f"event {one['id']}", "words": one["words"]} for one in content["events"] if "id" in one),
        *({"key": f"history {one['id']}", "words": one["words"]} for one in patient.get("history", ())),
        *(
            {"key": f"indication {one['id']}", "words": one["indication"]}
            for one in patient.get("medication", ())
            if one["indication"]
        ),
    ]


def _of_ctcae(trial: Trial, content: Mapping[str, Any], number: str) -> dict[str, CodedEvent]:
    protocol = ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None)
    if protocol.coding.events != "ctcae":
        return {}
    dictionary = f"CTCAE-{protocol.dictionary.version}"
    return {
        f"event {event['id']}": CodedEvent(number, event["facts"]["code"])
        for event in content["events"]
        if "id" in event and event["facts"].get("dictionary") == dictionary and event["facts"].get("code")
    }
