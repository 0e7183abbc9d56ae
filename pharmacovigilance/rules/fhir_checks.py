"""The requirements of HL7's clinical-research profile of AdverseEvent (FHIR R5), checked on the sent resource.

Source: HL7 fhir-ae-research-ig, profile AdverseEvent-clinical-research, and the code lists that it binds; FHIR R5
AdverseEvent. A library that accepts any text as a code does not check these.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

PROFILE = "http://hl7.org/fhir/uv/ae-research-ig/StructureDefinition/AdverseEvent-clinical-research"
EXTENSIONS = "http://hl7.org/fhir/uv/ae-research-ig/StructureDefinition/"
NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
SERIOUSNESS = "http://terminology.hl7.org/CodeSystem/adverse-event-seriousness"
SEVERITY = "http://terminology.hl7.org/CodeSystem/adverse-event-severity"
STATUSES = ("in-progress", "completed", "entered-in-error", "unknown")
OUTCOMES = ("C48275", "C49494", "C49495", "C49496", "C49498", "C17998")
RELATEDNESS = ("C53256", "C53257", "C53258", "C53260")
GRADES = {1: "C41338", 2: "C41339", 3: "C41340", 4: "C41337", 5: "C48275"}
CRITERIA_CODES = {
    "results_in_death": "C48275",
    "life_threatening": "C84266",
    "hospitalisation": "C83052",
    "disability": "C11338",
    "congenital_anomaly": "C83117",
    "medically_important": "C82521",
}
Resource = Mapping[str, Any]


def fhir_problems(resource: Resource) -> tuple[str, ...]:
    """Every requirement that the resource does not meet, in sentences: element, value, rule."""
    return (*_base(resource), *_required(resource), *_coded(resource), *_seriousness(resource))


def _base(resource: Resource) -> Iterator[str]:
    if resource.get("resourceType") != "AdverseEvent":
        yield f"resourceType: {resource.get('resourceType')!r} is not AdverseEvent."
    if resource.get("status") not in STATUSES:
        yield f"status: {resource.get('status')!r} is none of {', '.join(STATUSES)}."
    if resource.get("actuality") != "actual":
        yield f"actuality: {resource.get('actuality')!r} is not actual."
    for name in ("occurrenceDateTime", "occurrenceTiming"):
        if name in resource:
            yield f"{name}: the profile has occurrencePeriod only."
    if "preventiveAction" in resource:
        yield "preventiveAction: the profile forbids it."


def _required(resource: Resource) -> Iterator[str]:
    for name in ("subject", "code", "seriousness"):
        if not resource.get(name):
            yield f"{name}: missing; the profile demands one."
    for name in ("outcome", "study"):
        count = len(resource.get(name, ()))
        if count != 1:
            yield f"{name}: {count} given; the profile demands exactly one."
    for place, suspect in enumerate(resource.get("suspectEntity", ())):
        if not suspect.get("causality"):
            yield f"suspectEntity[{place}].causality: missing; the profile demands one."


def codes_of_concept(concept: Resource | None, system: str) -> list[str]:
    """The codes of a CodeableConcept in one system."""
    codings: Sequence[Resource] = (concept or {}).get("coding", ())
    return [str(one.get("code")) for one in codings if one.get("system") == system]


def _coded(resource: Resource) -> Iterator[str]:
    for outcome in resource.get("outcome", ()):
        codes = codes_of_concept(outcome, NCIT)
        if not codes or any(code not in OUTCOMES for code in codes):
            yield f"outcome: {codes} is no code of the required list {', '.join(OUTCOMES)}."
    for place, suspect in enumerate(resource.get("suspectEntity", ())):
        found = codes_of_concept(suspect.get("causality", {}).get("entityRelatedness"), NCIT)
        if any(code not in RELATEDNESS for code in found):
            yield f"suspectEntity[{place}].causality.entityRelatedness: {found} is none of {', '.join(RELATEDNESS)}."
    for name, limit in (("ae-severity", 1), ("ae-grade", 1), ("caused-subject-to-discontinue-study", 1)):
        count = len(extensions_named(resource, name))
        if count > limit:
            yield f"extension {name}: {count} given; at most one."


def extensions_named(resource: Resource, name: str) -> list[Resource]:
    """The extensions of the profile with this name."""
    return [one for one in resource.get("extension", ()) if one.get("url") == EXTENSIONS + name]


def _seriousness(resource: Resource) -> Iterator[str]:
    codes = codes_of_concept(resource.get("seriousness"), SERIOUSNESS)
    criteria = extensions_named(resource, "seriousness-criteria")
    if codes not in (["serious"], ["non-serious"]):
        yield f"seriousness: {codes} is not one of serious, non-serious."
    elif codes == ["serious"] and not criteria:
        yield "seriousness: serious, without a seriousness-criteria extension (aeClinRes-seriousness-1)."
    elif codes == ["non-serious"] and criteria:
        yield "seriousness: non-serious, with a seriousness-criteria extension (aeClinRes-seriousness-1)."
    if codes == ["serious"] and not any(_is_present(one) for one in criteria):
        yield "seriousness: serious, and no criterion is present."
    for one in criteria:
        yield from _criterion(one)


def _is_present(criterion: Resource) -> bool:
    return any(part.get("valueBoolean") is True for part in criterion.get("extension", ()))


def _criterion(criterion: Resource) -> Iterator[str]:
    parts = criterion.get("extension", ())
    codes = [one for part in parts for one in codes_of_concept(part.get("valueCodeableConcept"), NCIT)]
    if len(codes) != 1 or codes[0] not in (*CRITERIA_CODES.values(), "C201939"):
        yield f"seriousness-criteria: criterionCode {codes} is no code of the list."
    if sum("valueBoolean" in part for part in parts) != 1:
        yield "seriousness-criteria: criterionPresent is needed once."
