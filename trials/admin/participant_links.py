"""The button of a participant's page that the trials app itself adds."""

from urllib.parse import quote

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from trials.admin.page_parts import PageLink, participant_link
from trials.models import Participant
from webkit.admin.base import RoleScopedAdmin


@participant_link
def start_infusion_link(
    page: RoleScopedAdmin, request: HttpRequest, participant: Participant
) -> PageLink | None:
    """For persons who may record at the bedside."""
    if not page.may(request, Action.RECORD_EVENT, participant):
        return None
    url = f"{reverse('admin:trials_infusion_add')}?participant={participant.pk}&back={quote(request.path)}"
    return PageLink(_("Start infusion"), url, order=20)
