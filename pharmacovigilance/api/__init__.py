"""Safety cases, what is owed of them and coding, over HTTP. Blinded but `icsr-messages`."""

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
