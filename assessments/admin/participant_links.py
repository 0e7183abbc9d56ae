"""The button of a participant's page to the days in intensive care."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from trials.admin.page_parts import PageLink, participant_link
from trials.models import Participant
from webkit.admin.base import RoleScopedAdmin


@participant_link
def days(page: RoleScopedAdmin, request: HttpRequest, participant: Participant) -> PageLink | None:
    """The button from day 0 on, for those who may see the days."""
    if participant.day0_date is None or not page.may(request, Action.VIEW_ASSESSMENTS, participant):
        return None
    url = reverse("admin:assessments_dailyassessment_days", args=[participant.pk])
    return PageLink(_("Days in intensive care"), url, order=30)
