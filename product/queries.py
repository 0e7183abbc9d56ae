"""Questions about the product and about unblinding."""

from datetime import datetime

from product.models import Unblinding
from trials.models import Participant


def blind_broken_at(participant: Participant) -> datetime | None:
    """When the participant's arm was first shown in an emergency; None: never. One query, whatever the arm."""
    shown = Unblinding.objects.disclosed().filter(participant=participant).order_by("disclosed_at")
    return shown.values_list("disclosed_at", flat=True).first()
