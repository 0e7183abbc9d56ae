"""Safety cases and what is owed of them, over HTTP. Blinded: nothing sealed is asked here."""

from pharmacovigilance.api.cases import SafetyCaseViewSet
from pharmacovigilance.api.owed import ObligationViewSet

ROUTES = (("safety-cases", SafetyCaseViewSet), ("obligations", ObligationViewSet))
