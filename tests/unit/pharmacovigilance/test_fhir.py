"""FHIR R5 AdverseEvent: valid for the library and for the profile's own demands.

The library accepts what these refuse.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fhir.resources.adverseevent import AdverseEvent as FhirModel
from fhir.resources.bundle import Bundle

from pharmacovigilance.rendering.fhir import FhirEvent, fhir_adverse_event, fhir_bundle, fhir_date
from pharmacovigilance.rules.fhir_checks import PROFILE, fhir_problems

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
NO_CRITERIA = dict.fromkeys(
    (
        "results_in_death",
        "life_threatening",
        "hospitalisation",
        "disability",
        "congenital_anomaly",
        "medically_important",
    ),
    False,
)
SERIOUS = FhirEvent(
    id=7, version=3, changed_at=AT, recorded_at=AT, aware_at=AT, trial="TRIAL-1", trial_title="A trial",
    participant="01-001", number=2, site="01", words="Fever of the ward", term="Fever", code="10016558", code_version="20.1",
    onset="2026-11-10T08:30", onset_at=AT, ended="2026-11", ended_at=AT, grade=3, severity="SEVERE", serious=True,
    criteria=NO_CRITERIA | {"hospitalisation": True, "disability": None}, outcome="RECOVERED/RESOLVED",
    relatedness="possibly", expected=False, is_void=False, product="Investigational product or control, blinded",
)  # fmt: skip
VARIANTS = {
    "serious": SERIOUS,
    "not serious": replace(SERIOUS, serious=False, criteria=NO_CRITERIA),
    "void": replace(SERIOUS, is_void=True),
    "fatal": replace(SERIOUS, outcome="FATAL", grade=5, criteria=NO_CRITERIA | {"results_in_death": True}),
    "open end": replace(SERIOUS, ended="", ended_at=None, outcome="NOT RECOVERED/NOT RESOLVED"),
    "little known": replace(
        SERIOUS, aware_at=None, code="", onset="", onset_at=None, ended="", grade=None, severity="", outcome="",
        relatedness="", expected=None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("event", VARIANTS.values(), ids=VARIANTS)
def test_the_resource_is_valid_for_the_library_and_for_the_profile(event: FhirEvent) -> None:
    resource = fhir_adverse_event(event)

    FhirModel.model_validate(resource)
    assert fhir_problems(resource) == ()
    assert resource["meta"]["profile"] == [PROFILE]


def test_what_nobody_answered_is_not_made_up_and_claims_no_profile() -> None:
    resource = fhir_adverse_event(replace(SERIOUS, serious=None))

    FhirModel.model_validate(resource)
    assert fhir_problems(resource) == ("seriousness: [] is not one of serious, non-serious.",)
    assert "profile" not in resource["meta"]
    assert "coding" not in resource["seriousness"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"status": "banana"}, "status: 'banana'"),
        ({"actuality": "potential"}, "actuality"),
        ({"outcome": []}, "outcome: 0 given"),
        ({"outcome": [{"text": "well"}]}, "no code of the required list"),
        ({"study": []}, "study: 0 given"),
        ({"code": None}, "code: missing"),
        ({"seriousness": {"text": "very"}}, "seriousness: []"),
        ({"extension": []}, "aeClinRes-seriousness-1"),
        ({"suspectEntity": [{"instanceCodeableConcept": {"text": "x"}}]}, "causality: missing"),
        ({"preventiveAction": []}, "forbids"),
        ({"occurrenceDateTime": "2026"}, "occurrencePeriod only"),
    ],
)
def test_demands_that_the_library_does_not_ask_are_asked(change: dict[str, Any], sentence: str) -> None:
    resource = {**fhir_adverse_event(SERIOUS), **change}

    assert any(sentence in problem for problem in fhir_problems(resource)), fhir_problems(resource)


def test_a_serious_event_without_a_criterion_met_is_named() -> None:
    resource = fhir_adverse_event(replace(SERIOUS, criteria=NO_CRITERIA))

    assert fhir_problems(resource) == ("seriousness: serious, and no criterion is present.",)


def test_a_searchset_is_valid() -> None:
    resources = [fhir_adverse_event(replace(SERIOUS, id=number)) for number in (1, 2)]
    links = {
        "self": "https://x.example/fhir/AdverseEvent",
        "next": "https://x.example/fhir/AdverseEvent?_after=2",
    }

    bundle = fhir_bundle(resources, base="https://x.example/fhir/AdverseEvent", links=links, at=AT)

    Bundle.model_validate(bundle)
    Bundle.model_validate(fhir_bundle([], base="https://x.example/fhir/AdverseEvent", links=links, at=AT))
    assert [one["fullUrl"] for one in bundle["entry"]][-1] == "https://x.example/fhir/AdverseEvent/2"


@pytest.mark.parametrize(
    ("text", "at", "written"),
    [
        ("2026", None, "2026"),
        ("2026-11", None, "2026-11"),
        ("2026-11-10", AT, "2026-11-10"),
        ("2026-11-10T08:30", AT, "2026-11-30T12:00:00Z"),
        ("", None, ""),
        ("yesterday", None, ""),
    ],
)
def test_partial_dates_of_fhir(text: str, at: datetime | None, written: str) -> None:
    assert fhir_date(text, at) == written
