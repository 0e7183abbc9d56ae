"""The participant in a message, besides the events: history, medication and tests of a signed version."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

Given = Mapping[str, Any]
LONGEST_INDICATION = 250
"""Characters of G.k.7.r.1 (ICH)."""
CONCOMITANT = "2"
_UNIT = re.compile(r"[A-Za-z0-9%\[\]{}/.*^()'+-]+")
"""Units that HL7 can store (UCUM, case sensitive); other units are sent as text."""


@dataclass(frozen=True)
class CodedEvent:
    """The MedDRA code (LLT) of an event, of an entry of the history, or of the reason for a medication."""

    meddra_version: str
    meddra_code: str


@dataclass(frozen=True)
class CaseReport:
    """The input of a case's message.

    `content` is the frozen content of the signed version. `route` and `trial` are texts by name, as in
    `case_mapping.csv`; a missing one leaves its element out. `codes` are by subject: `event 3`, `history 7`,
    `indication 12` with the ids of the content. `created_at` is aware.
    """

    content: Given
    trial: Given
    route: Given
    codes: Mapping[str, CodedEvent]
    created_at: datetime
    batch_number: str
    kind_reason: str = ""
    product_name: str = ""
    """The given product, from the unblinded desk under seal. Empty: the message is blinded."""


def reference_of(report: CaseReport, what: str) -> str:
    """The same in every version, so that a follow-up changes only what is new."""
    return str(uuid5(NAMESPACE_OID, f"{report.content['worldwide_number']} {what}"))


def _patient(report: CaseReport) -> Given:
    patient: Given = report.content.get("patient", {})
    return patient


def coded_history(report: CaseReport) -> list[dict[str, Any]]:
    """The entries of the history with a code: each is a section of its own."""
    return [
        {**one, "meddra_version": coded.meddra_version, "meddra_code": coded.meddra_code}
        for one in _patient(report).get("history", ())
        if (coded := report.codes.get(f"history {one['id']}"))
    ]


def history_text(report: CaseReport) -> str:
    """The entries without a code, in words; empty without any."""
    rest = [one for one in _patient(report).get("history", ()) if f"history {one['id']}" not in report.codes]
    return "; ".join(" ".join(filter(None, (one["words"], one["occurred"]))) for one in rest)


def medications(report: CaseReport) -> list[dict[str, Any]]:
    """The medication of the version, each with the code of its reason, if it has one."""
    return [_medication(one, report) for one in _patient(report).get("medication", ())]


def _medication(one: Given, report: CaseReport) -> dict[str, Any]:
    coded = report.codes.get(f"indication {one['id']}")
    is_short = len(one["indication"]) <= LONGEST_INDICATION
    return {
        **one,
        "meddra_version": coded and coded.meddra_version,
        "meddra_code": coded and coded.meddra_code,
        "indication": one["indication"] if is_short else "",
        "long_indication": "" if is_short else one["indication"],
    }


def concomitant_drugs(report: CaseReport) -> Iterator[dict[str, Any]]:
    """Drugs other than the study product, as drugs of the message."""
    for one in medications(report):
        if not one["is_past"]:
            yield {
                **one,
                "reference": reference_of(report, f"medication {one['id']}"),
                "name": one["drug"],
                "blinded": "",
                "action_taken": None,
                "role": CONCOMITANT,
                "dosages": [_dosage(one)],
            }


def _dosage(one: Given) -> dict[str, Any]:
    unit = plain_unit(one["dose_unit"])
    has_amount = bool(one["dose"]) and bool(unit)
    return {
        "started": one["started"],
        "ended": one["ended"],
        "route": one["route"],
        "dose": one["dose"] if has_amount else None,
        "unit": unit if has_amount else None,
        "text": None if has_amount else " ".join(filter(None, (one["dose"], one["dose_unit"]))),
    }


def plain_unit(unit: str) -> str:
    """The unit in HL7's form; empty for one that it does not have."""
    written = unit.strip().replace("µ", "u").replace("μ", "u")
    return written if _UNIT.fullmatch(written) else ""


def tests_of(content: Given) -> Iterator[dict[str, Any]]:
    """Laboratory results: a number with its unit, or text where the unit has no form in HL7."""
    for one in content.get("patient", {}).get("tests", ()):
        unit = plain_unit(one["unit"]) if one["unit"] else "1"
        text = None if unit else f"{one['value']} {one['unit']}"
        yield {
            **one,
            "number": one["value"] if unit else None,
            "unit": unit or None,
            "lower": one["lower"] if unit else None,
            "upper": one["upper"] if unit else None,
            "lower_unit": unit if unit and one["lower"] else None,
            "upper_unit": unit if unit and one["upper"] else None,
            "text": text,
        }
