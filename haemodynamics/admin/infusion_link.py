"""The page about the hours after an infusion, registered for the infusion's own page."""

from django.urls import reverse

from trials.admin.page_parts import infusion_window_page
from trials.models import Infusion


@infusion_window_page
def after_infusion(infusion: Infusion) -> str:
    """The page with the readings of the protocol's window."""
    return reverse("admin:haemodynamics_haemodynamicreading_after_infusion", args=[infusion.pk])
