"""Safety cases, what is owed of them and coding, over HTTP. Blinded: nothing sealed is asked here."""

from pharmacovigilance.api.cases import SafetyCaseViewSet
from pharmacovigilance.api.coding import TermCodingViewSet
from pharmacovigilance.api.owed import ObligationViewSet

ROUTES = (
    ("safety-cases", SafetyCaseViewSet),
    ("obligations", ObligationViewSet),
    ("term-codings", TermCodingViewSet),
)
