"""Parts of a participant's page about unblinding: the emergency button, its page, and whether the blind was broken."""

from functools import partial

from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from product.admin.unblinding.asking import ask_link, ask_view
from product.admin.unblinding.forms import hides_passwords
from product.queries import blind_broken_at
from trials.admin.page_parts import PageLink, participant_link, participant_pages, participant_warning
from trials.models import Participant
from webkit.admin.base import RoleScopedAdmin
from webkit.admin.display import moment


@participant_link
def ask(page: RoleScopedAdmin, request: HttpRequest, participant: Participant) -> PageLink | None:
    """The button for persons who may request it, once the participant is enrolled."""
    url = ask_link(page, request, participant)
    return PageLink(_lazy("Emergency unblinding"), url, "button-emergency", order=90) if url else None


@participant_warning
def broken(page: RoleScopedAdmin, request: HttpRequest, participant: Participant) -> str | Promise:
    """That the blind was broken, and when, for persons who may see it. Never the arm."""
    if not page.may(request, Action.VIEW_UNBLINDINGS, participant):
        return ""
    at = blind_broken_at(participant)
    return _("Blind broken in an emergency, %(moment)s") % {"moment": moment(at)} if at else ""


@participant_pages
def pages(page: RoleScopedAdmin) -> list[URLPattern]:
    """The page that requests an emergency unblinding."""
    view = hides_passwords(page.admin_site.admin_view(partial(ask_view, page)))
    return [path("<int:pk>/unblind/", view, name="trials_participant_unblind")]
