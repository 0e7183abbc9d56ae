"""The immunology app over HTTP: each resource and the path it answers on."""

from immunology.api import sealed, specimens

ROUTES = (
    ("specimens", specimens.SpecimenViewSet),
    ("antibody-results", sealed.ResultViewSet),
    ("dsa-findings", sealed.DsaFindingViewSet),
)
