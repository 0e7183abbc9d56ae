"""An adverse event as a FHIR R5 resource by HL7's clinical-research profile. Pure; without the arm.

An unanswered field is left out; no value is invented. A resource that does not meet the profile then does not name it
(`meta.profile` is left out), and stays valid FHIR R5.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pharmacovigilance.rules.fhir_checks import (
    CRITERIA_CODES,
    EXTENSIONS,
    GRADES,
    NCIT,
    PROFILE,
    SERIOUSNESS,
    SEVERITY,
    fhir_problems,
)

MEDDRA = "https://www.meddra.org"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
OUTCOME_CODES = {
    "FATAL": ("C48275", "Fatal"),
    "NOT RECOVERED/NOT RESOLVED": ("C49494", "Not Recovered/Not Resolved"),
    "RECOVERED/RESOLVED WITH SEQUELAE": ("C49495", "Recovered/Resolved With Sequelae"),
    "RECOVERING/RESOLVING": ("C49496", "Recovering/Resolving"),
    "RECOVERED/RESOLVED": ("C49498", "Recovered/Resolved"),
}
UNKNOWN = ("C17998", "Unknown")
ENDED = frozenset({"FATAL", "RECOVERED/RESOLVED", "RECOVERED/RESOLVED WITH SEQUELAE"})
_PARTIAL = re.compile(r"(\d{4}(?:-\d\d(?:-\d\d)?)?)(?:T(\d\d:\d\d)(?::\d\d)?)?")


@dataclass(frozen=True)
class FhirEvent:
    """The input of a resource.

    Dates are partial texts as recorded, times aware; `relatedness` is `related`, `possibly`, `not related` or empty;
    `code` is a MedDRA code with its version, or empty.
    """

    id: int
    version: int
    changed_at: datetime
    recorded_at: datetime
    aware_at: datetime | None
    trial: str
    trial_title: str
    participant: str
    number: int
    site: str
    words: str
    term: str
    code: str
    code_version: str
    onset: str
    onset_at: datetime | None
    ended: str
    ended_at: datetime | None
    grade: int | None
    severity: str
    serious: bool | None
    criteria: Mapping[str, bool | None]
    outcome: str
    relatedness: str
    expected: bool | None
    is_void: bool
    product: str


def fhir_adverse_event(event: FhirEvent) -> dict[str, Any]:
    """The resource as JSON values."""
    meta: dict[str, Any] = {"versionId": str(event.version), "lastUpdated": instant(event.changed_at)}
    resource: dict[str, Any] = {
        "resourceType": "AdverseEvent",
        "id": str(event.id),
        "meta": meta,
        "extension": list(_extensions(event)),
        "identifier": [
            {"system": "urn:adverse-event", "value": f"{event.trial}/{event.participant}/{event.number}"}
        ],
        "status": _status(event),
        "actuality": "actual",
        "code": _code(event),
        "subject": {
            "type": "ResearchSubject",
            "identifier": {"system": f"urn:trial:{event.trial}", "value": event.participant},
        },
        "occurrencePeriod": _period(event),
        "detected": instant(event.aware_at) if event.aware_at else None,
        "recordedDate": instant(event.recorded_at),
        "location": {"display": event.site},
        "seriousness": _seriousness(event),
        "outcome": [concept(NCIT, *OUTCOME_CODES.get(event.outcome, UNKNOWN))],
        "study": [
            {"type": "ResearchStudy", "identifier": {"value": event.trial}, "display": event.trial_title}
        ],
        "expectedInResearchStudy": event.expected,
        "suspectEntity": [_suspect(event)],
    }
    found = {name: value for name, value in resource.items() if value not in (None, [], {})}
    if not fhir_problems(found):
        meta["profile"] = [PROFILE]
    return found


def instant(at: datetime) -> str:
    """A time with its offset, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def concept(system: str, code: str, display: str) -> dict[str, Any]:
    """A CodeableConcept of one coding."""
    return {"coding": [{"system": system, "code": code, "display": display}]}


def _status(event: FhirEvent) -> str:
    if event.is_void:
        return "entered-in-error"
    return "completed" if event.ended or event.outcome in ENDED else "in-progress"


def _code(event: FhirEvent) -> dict[str, Any]:
    text = {"text": event.words or event.term}
    if not event.code:
        return text
    coding = {"system": MEDDRA, "version": event.code_version, "code": event.code, "display": event.term}
    return {"coding": [{name: value for name, value in coding.items() if value}], **text}


def _period(event: FhirEvent) -> dict[str, str]:
    ends = {"start": fhir_date(event.onset, event.onset_at), "end": fhir_date(event.ended, event.ended_at)}
    return {name: value for name, value in ends.items() if value}


def fhir_date(text: str, at: datetime | None) -> str:
    """A partial date in FHIR's form; with a time of day it is the time with its offset."""
    match = _PARTIAL.match(text.strip())
    if match is None:
        return ""
    if match[2] and at is not None:
        return instant(at)
    return match[1]


def _extensions(event: FhirEvent) -> Iterator[dict[str, Any]]:
    if event.severity:
        word = event.severity.lower()
        yield _extension("ae-severity", valueCodeableConcept=concept(SEVERITY, word, word.capitalize()))
    if event.grade is not None:
        label = f"Grade {event.grade}"
        yield _extension(
            "ae-grade", valueCodeableConcept=concept(NCIT, GRADES[event.grade], label) | {"text": label}
        )
    if event.serious:
        for name, code in CRITERIA_CODES.items():
            if (answer := event.criteria.get(name)) is not None:
                yield _extension("seriousness-criteria", extension=_criterion_parts(name, code, answer))


def _extension(name: str, **value: Any) -> dict[str, Any]:
    return {"url": EXTENSIONS + name, **value}


def _criterion_parts(name: str, code: str, answer: bool) -> list[dict[str, Any]]:
    display = name.replace("_", " ").capitalize()
    return [
        {"url": "criterionCode", "valueCodeableConcept": concept(NCIT, code, display)},
        {"url": "criterionPresent", "valueBoolean": answer},
    ]


def _seriousness(event: FhirEvent) -> dict[str, Any]:
    if event.serious is None:
        return {"extension": [{"url": ABSENT, "valueCode": "unknown"}]}
    code = "serious" if event.serious else "non-serious"
    return concept(SERIOUSNESS, code, code.capitalize())


def _suspect(event: FhirEvent) -> dict[str, Any]:
    codes = {
        "related": ("C53260", "Related"),
        "possibly": ("C53258", "Possibly Related"),
        "not related": ("C53256", "Not Related"),
    }
    found = codes.get(event.relatedness)
    answer = concept(NCIT, *found) if found else {"text": "not assessed"}
    return {
        "instanceCodeableConcept": {"text": event.product},
        "causality": {"entityRelatedness": answer},
    }


def fhir_bundle(
    resources: Sequence[dict[str, Any]], *, base: str, links: Mapping[str, str], at: datetime
) -> dict[str, Any]:
    """A searchset. `base` is the address of the resource type; `links` by relation (`self`, `next`)."""
    bundle: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "timestamp": instant(at),
        "link": [{"relation": relation, "url": url} for relation, url in links.items()],
    }
    entries = [
        {"fullUrl": f"{base}/{one['id']}", "resource": one, "search": {"mode": "match"}} for one in resources
    ]
    return bundle | ({"entry": entries} if entries else {})
