"""The e-mail about a serious event: that there is news in a trial, and a link.

Never the event, participant or site.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Mail
from accounts.services import MailText, register_mail
from events.models.notices import MAIL_KIND, MAIL_REMINDER


def serious_event_mail(mail: Mail) -> MailText:
    """The same words whether an event became serious, fatal, not serious any more, or void."""
    words = _words(mail)
    body = _(
        "There is news of a serious adverse event of %(trial)s.\n\n"
        "Read and acknowledge it here after signing in:\n%(link)s\n\n"
        "This message holds no data of any participant. Please do not answer it."
    )
    return MailText(_("%(trial)s: news of a serious adverse event") % words, body % words)


def reminder_mail(mail: Mail) -> MailText:
    """That news is not acknowledged and its time is ending or over; the same words for both."""
    body = _(
        "News of a serious adverse event of %(trial)s is not acknowledged yet, and the time to tell the sponsor is "
        "ending or over.\n\n"
        "Read and acknowledge it here after signing in:\n%(link)s\n\n"
        "This message holds no data of any participant. Please do not answer it."
    )
    words = _words(mail)
    return MailText(_("%(trial)s: reminder of news of a serious adverse event") % words, body % words)


def _words(mail: Mail) -> dict[str, str]:
    link = settings.SITE_URL.rstrip("/") + reverse(
        "admin:events_seriousnotice_change", args=[mail.words["notice"]]
    )
    return {"trial": mail.words["trial"], "link": link}


register_mail(MAIL_KIND, serious_event_mail)
register_mail(MAIL_REMINDER, reminder_mail)
