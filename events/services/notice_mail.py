"""The e-mail about a serious event: that there is news in a trial, and a link.

Never the event, participant or site.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Mail
from accounts.services import MailText, register_mail
from events.models.notices import MAIL_KIND


def serious_event_mail(mail: Mail) -> MailText:
    """The same words whether an event became serious, fatal, not serious any more, or void."""
    link = settings.SITE_URL.rstrip("/") + reverse(
        "admin:events_seriousnotice_change", args=[mail.words["notice"]]
    )
    words = {"trial": mail.words["trial"], "link": link}
    body = _(
        "There is news of a serious adverse event of %(trial)s.\n\n"
        "Read and acknowledge it here after signing in:\n%(link)s\n\n"
        "This message holds no data of any participant. Please do not answer it."
    )
    return MailText(_("%(trial)s: news of a serious adverse event") % words, body % words)


register_mail(MAIL_KIND, serious_event_mail)
