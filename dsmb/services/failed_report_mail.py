"""The mail about a report that could not be made, with a link to its page."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Mail
from accounts.services import MailText


def text_of_failed_report(mail: Mail) -> MailText:
    """Subject and body; no data of the trial."""
    link = settings.SITE_URL.rstrip("/") + reverse("board:report", args=[mail.words["report"]])
    body = _(
        "A report for the board could not be made in three attempts.\n\n"
        "See the step that failed, and have it made again, after signing in:\n%(link)s\n\n"
        "This message holds no data of the trial. Please do not answer it."
    )
    return MailText(_("A report for the board could not be made"), body % {"link": link})
