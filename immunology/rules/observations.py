"""Antibody results as FHIR R4 Observations with LOINC codes, and as rows of SDTM IS. Pure: rows in, rows out.

LOINC 98006-0 (anti-HLA antibody, identity) for a bead, 44534-6 (HLA antibody, presence) for a serum. LOINC has no code for
the MFI of a single antigen, so that component is named in words. SDTMIG 3.4, IS, assumption 3 names antibodies against HLA.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
IMGT = "http://www.ebi.ac.uk/ipd/imgt/hla"
SNOMED = "http://snomed.info/sct"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
IDENTITY = ("98006-0", "HLA Ab [Identifier] in Serum or Plasma")
PRESENCE = ("44534-6", "HLA Ab [Presence] in Serum")
ANSWERS = {"POS": ("10828004", "Positive"), "NEG": ("260385009", "Negative"), "EQ": ("42425007", "Equivocal")}
IS_COLUMNS = (
    "STUDYID", "DOMAIN", "USUBJID", "ISSEQ", "ISREFID", "ISGRPID", "ISTESTCD", "ISTEST", "ISCAT", "ISSCAT", "ISBDAGNT",
    "ISORRES", "ISORRESU", "ISSTRESC", "ISSTRESN", "ISSTRESU", "ISSTAT", "ISSPEC", "ISMETHOD", "VISITDY", "ISDTC",
)  # fmt: skip
SUPP_COLUMNS = (
    "STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QLABEL", "QVAL", "QORIG",
)  # fmt: skip
SUPPLEMENTS = (
    ("ISVENDOR", "Manufacturer of the Kit", "vendor"),
    ("ISKIT", "Catalogue Number of the Kit", "kit"),
    ("ISLOT", "Lot of the Kit", "lot"),
    ("ISCONJ", "Conjugate", "conjugate"),
    ("ISDIL", "Dilution (Fold)", "dilution"),
    ("ISTREAT", "Treatment of the Serum", "treatment"),
    ("ISCOUNT", "Beads Counted", "bead_count"),
)
METHOD = "SINGLE ANTIGEN BEAD ASSAY"


@dataclass(frozen=True)
class ExportedResult:
    """One antibody result with its serum. `call` is that of the rule set in use, "" when nothing can be said."""

    participant: str
    specimen: str
    specimen_kind: str
    collected_at: datetime
    is_known_to_the_day_only: bool
    planned_day: int | None
    specificity: str
    hla_class: str
    mfi: Decimal | None
    limit: str
    run: str
    vendor: str
    kit: str
    lot: str
    conjugate: str
    dilution: Decimal
    treatment: str
    bead_count: int | None
    is_rejected: bool
    call: str

    @property
    def taken(self) -> str:
        """When the serum was taken, as exactly as it is known."""
        if self.is_known_to_the_day_only:
            return self.collected_at.date().isoformat()
        return self.collected_at.isoformat(timespec="minutes")


def observation_bundle(results: Sequence[ExportedResult], *, release: str) -> dict[str, Any]:
    """A collection of one presence per serum and conjugate, and one identity per measured specificity."""
    sera: dict[tuple[str, str, str, str], list[ExportedResult]] = {}
    for one in results:
        sera.setdefault((one.participant, one.specimen, one.run, one.conjugate), []).append(one)
    found = [_presence(each) for each in sera.values()] + [_identity(one, release) for one in results]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": resource} for resource in found],
    }


def _base(one: ExportedResult, code: tuple[str, str], status: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": status,
        "category": [{"coding": [{"system": CATEGORY, "code": "laboratory"}]}],
        "code": {"coding": [{"system": LOINC, "code": code[0], "display": code[1]}]},
        "subject": {"identifier": {"value": one.participant}},
        "specimen": {"identifier": {"value": one.specimen}},
        "effectiveDateTime": one.collected_at.date().isoformat()
        if one.is_known_to_the_day_only
        else one.collected_at.isoformat(timespec="seconds"),
        "method": {"text": METHOD},
    }


def _presence(sera: Sequence[ExportedResult]) -> dict[str, Any]:
    """Positive with any positive bead, negative when every valid bead is, equivocal with a grey one; else absent."""
    calls = {one.call for one in sera} - {"", "INV"}
    answer = next((call for call in ("POS", "EQ", "NEG") if call in calls), "")
    resource = _base(sera[0], PRESENCE, "final" if answer else "cancelled")
    if not answer:
        return resource | {"dataAbsentReason": {"text": "no valid bead"}}
    code, display = ANSWERS[answer]
    return resource | {
        "valueCodeableConcept": {"coding": [{"system": SNOMED, "code": code, "display": display}]}
    }


def _identity(one: ExportedResult, release: str) -> dict[str, Any]:
    coding: dict[str, Any] = {"system": IMGT, "code": one.specificity}
    if release and not release.startswith("compact"):
        coding["version"] = release
    status = "cancelled" if one.is_rejected or one.mfi is None else "final"
    resource = _base(one, IDENTITY, status) | {
        "valueCodeableConcept": {"coding": [coding], "text": one.specificity},
        "component": [
            {
                "code": {"text": "HLA class of the antibody"},
                "valueCodeableConcept": {"text": f"Class {one.hla_class}"},
            },
            {"code": {"text": "conjugate"}, "valueCodeableConcept": {"text": one.conjugate}},
            {"code": {"text": "raw MFI"}, **_quantity(one)},
        ],
    }
    if one.call in ANSWERS:
        code, display = ANSWERS[one.call]
        resource["interpretation"] = [
            {"coding": [{"system": SNOMED, "code": code, "display": display}], "text": display}
        ]
    return resource


def _quantity(one: ExportedResult) -> dict[str, Any]:
    if one.mfi is None:
        return {"dataAbsentReason": {"text": "no value"}}
    number = int(one.mfi) if one.mfi == one.mfi.to_integral_value() else float(one.mfi)
    value: dict[str, Any] = {"value": number, "unit": "MFI", "system": UCUM, "code": "{MFI}"}
    if one.limit:
        value["comparator"] = one.limit
    return {"valueQuantity": value}


def is_rows(study: str, results: Iterable[ExportedResult]) -> tuple[list[list[str]], list[list[str]]]:
    """The rows of IS and of SUPPIS, numbered within the participant, each list with its header."""
    rows, supplements = [list(IS_COLUMNS)], [list(SUPP_COLUMNS)]
    counted: dict[str, int] = {}
    for one in results:
        number = counted[one.participant] = counted.get(one.participant, 0) + 1
        rows.append(_is_row(study, one, number))
        supplements += [
            [study, "IS", one.participant, "ISSEQ", str(number), name, label, str(getattr(one, field)), "CRF"]
            for name, label, field in SUPPLEMENTS
            if getattr(one, field) not in ("", None)
        ]
    return rows, supplements


def _is_row(study: str, one: ExportedResult, number: int) -> list[str]:
    """A value beyond the reader's range has no ISSTRESN: a number would say that it was measured."""
    measured = one.mfi is not None and not one.is_rejected
    plain = f"{one.mfi.normalize():f}" if one.mfi is not None and measured else ""
    values = {
        "STUDYID": study, "DOMAIN": "IS", "USUBJID": one.participant, "ISSEQ": str(number),
        "ISREFID": one.specimen, "ISGRPID": one.run, "ISTESTCD": "HLAIAB", "ISTEST": "HLA Antibody",
        "ISCAT": "ANTI-HLA ANTIBODY", "ISSCAT": f"CLASS {one.hla_class}", "ISBDAGNT": one.specificity,
        "ISORRES": f"{one.limit}{plain}" if measured else "", "ISORRESU": "MFI" if measured else "",
        "ISSTRESC": f"{one.limit}{plain}" if measured else "", "ISSTRESN": "" if one.limit else plain,
        "ISSTRESU": "MFI" if measured else "", "ISSTAT": "" if measured else "NOT DONE",
        "ISSPEC": one.specimen_kind.upper().replace("_", " "), "ISMETHOD": METHOD,
        "VISITDY": "" if one.planned_day is None else str(one.planned_day), "ISDTC": one.taken,
    }  # fmt: skip
    return [values[name] for name in IS_COLUMNS]
