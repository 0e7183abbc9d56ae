"""The immunology app over HTTP: each resource and its path."""

from immunology.api import laboratory, own_typing, sealed, specimens

ROUTES = (
    ("specimens", specimens.SpecimenViewSet),
    ("antibody-results", sealed.ResultViewSet),
    ("laboratory-files", laboratory.LaboratoryFileViewSet),
    ("laboratory-sera", laboratory.LaboratorySerumViewSet),
    ("participant-typings", own_typing.ParticipantTypingViewSet),
    ("dsa-findings", sealed.DsaFindingViewSet),
)
