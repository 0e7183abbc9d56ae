"""The outbox: e-mail that says that a report is ready, and where; never what is in it."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from dsmb.models import BoardMessage


def unsent_messages() -> list[int]:
    """The ids of messages that wait for their e-mail; whoever has no address finds the message in the portal
    only.
    """
    return list(BoardMessage.objects.unsent().order_by("id").values_list("id", flat=True))


def send_message(*, message_id: int, at: datetime) -> bool:
    """Send one message, once; false when it was sent before or is being sent by somebody else.

    The row is locked while the e-mail leaves. Killed between the two, the e-mail is sent again: twice is a
    nuisance, never is a board that does not know.
    """
    with transaction.atomic():
        waiting = BoardMessage.objects.unsent().select_for_update(skip_locked=True, of=("self",))
        message = waiting.select_related("recipient", "report__trial").filter(pk=message_id).first()
        if message is None:
            return False
        _email(message).send()
        message.sent_at = at
        message.save(update_fields=["sent_at"])
        return True


def _email(message: BoardMessage) -> EmailMessage:
    link = settings.SITE_URL.rstrip("/") + reverse("board:report", args=[message.report_id])
    with translation.override(message.recipient.language):
        words = {"trial": message.report.trial.code, "look": message.report.look, "link": link}
        subject = _("%(trial)s: a report for the board is ready") % words
        body = _(
            "The report of the look at %(look)s enrolled participants of %(trial)s is ready.\n\n"
            "Read it here after signing in:\n%(link)s\n\n"
            "This message holds no data of the trial. Please do not answer it."
        )
        return EmailMessage(subject, body % words, to=[message.recipient.email])
