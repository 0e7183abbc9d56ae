"""Safety cases, obligations and coding over HTTP. Blinded: nothing sealed is read here."""

from pharmacovigilance.api.cases import SafetyCaseViewSet
from pharmacovigilance.api.coding import TermCodingViewSet
from pharmacovigilance.api.messages import IcsrMessageViewSet
from pharmacovigilance.api.owed import ObligationViewSet

ROUTES = (
    ("safety-cases", SafetyCaseViewSet),
    ("obligations", ObligationViewSet),
    ("term-codings", TermCodingViewSet),
    ("icsr-messages", IcsrMessageViewSet),
)
