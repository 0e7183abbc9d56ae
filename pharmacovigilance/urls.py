"""Addresses of FHIR, below `/fhir/`. Without a slash at the end, as in FHIR."""

from django.urls import path

from pharmacovigilance.api.fhir import FhirAdverseEvent, FhirAdverseEvents

urlpatterns = [
    path("AdverseEvent", FhirAdverseEvents.as_view(), name="fhir_adverse_events"),
    path("AdverseEvent/<int:pk>", FhirAdverseEvent.as_view(), name="fhir_adverse_event"),
]
