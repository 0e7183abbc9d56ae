"""The button of a participant's page that records an adverse event."""

from urllib.parse import quote

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from trials.admin.page_parts import PageLink, participant_link
from trials.models import Participant
from webkit.admin.base import RoleScopedAdmin


@participant_link
def new_event(page: RoleScopedAdmin, request: HttpRequest, participant: Participant) -> PageLink | None:
    """The button for those who may record events of this participant."""
    if not page.may(request, Action.RECORD_EVENT, participant):
        return None
    url = (
        f"{reverse('admin:events_adverseevent_add')}?participant={participant.pk}&back={quote(request.path)}"
    )
    return PageLink(_("New adverse event"), url, "button-primary", order=10)
