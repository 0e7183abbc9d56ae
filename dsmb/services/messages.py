"""The outbox: e-mails that a report, a letter or something else is available, and where; never its content."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.services import send_once, unsent_ids
from dsmb.choices import NoticeMessageKind
from dsmb.models import NoticeMessage
from reports.choices import MessageKind, ReportTrigger
from reports.models import BoardMessage, PortalNotice


def unsent_messages() -> list[int]:
    """The ids of unsent messages. A person without an address has the message in the portal only."""
    return unsent_ids(BoardMessage.objects.unsent())


def send_message(*, message_id: int, at: datetime) -> bool:
    """Send one message, once; false when it was sent before or another process is sending it."""
    waiting = BoardMessage.objects.unsent().select_related("recipient", "report__trial")
    return send_once(waiting, message_id, email=_email, at=at)


def unsent_notice_messages() -> list[int]:
    """The ids of unsent messages about letters."""
    return unsent_ids(NoticeMessage.objects.unsent())


def send_notice_message(*, message_id: int, at: datetime) -> bool:
    """Send one message about a letter, once, in the same way."""
    waiting = NoticeMessage.objects.unsent().select_related("recipient", "notice__trial")
    return send_once(waiting, message_id, email=_letter_email, at=at)


def _email(message: BoardMessage) -> EmailMessage:
    link = settings.SITE_URL.rstrip("/") + reverse("board:report", args=[message.report_id])
    with translation.override(message.recipient.language):
        words = {"trial": message.report.trial.code, "look": message.report.look, "link": link}
        trigger = message.report.called_for_by
        if message.kind == MessageKind.REMINDER:
            return _mail(message.recipient.email, *_reminder_words(trigger), words)
        return _mail(
            message.recipient.email, _("%(trial)s: a report for the board is ready"), _body(trigger), words
        )


def _body(trigger: ReportTrigger) -> str:
    """The text, by the trigger of the report."""
    if trigger == ReportTrigger.LOOK:
        return _(
            "The report of the look at %(look)s enrolled participants of %(trial)s is ready.\n\n"
            "Read it here after signing in:\n%(link)s\n\n"
            "This message holds no data of the trial. Please do not answer it."
        )
    return _(
        "A report that the protocol of %(trial)s asks for is ready.\n\n"
        "Read it here after signing in:\n%(link)s\n\n"
        "This message holds no data of the trial. Please do not answer it."
    )


def _reminder_words(trigger: ReportTrigger) -> tuple[str, str]:
    subject = _("%(trial)s: a report for the board waits for you")
    if trigger == ReportTrigger.LOOK:
        return subject, _(
            "You have not opened the report of the look at %(look)s enrolled participants of %(trial)s yet.\n\n"
            "Read it here after signing in:\n%(link)s\n\n"
            "The reminders end when you have opened it. This message holds no data of the trial. "
            "Please do not answer it."
        )
    return subject, _(
        "You have not opened a report of %(trial)s for the board yet.\n\n"
        "Read it here after signing in:\n%(link)s\n\n"
        "The reminders end when you have opened it. This message holds no data of the trial. "
        "Please do not answer it."
    )


def unsent_portal_notices() -> list[int]:
    """The ids of unsent notices."""
    return unsent_ids(PortalNotice.objects.unsent())


def send_portal_notice(*, notice_id: int, at: datetime) -> bool:
    """Send one notice, once, as `send_message` does; false when it was sent before or is being sent."""
    waiting = PortalNotice.objects.unsent().select_related("recipient")
    return send_once(waiting, notice_id, email=_portal_email, at=at)


def _portal_email(notice: PortalNotice) -> EmailMessage:
    """The same words for every kind of notice: the e-mail names neither trial nor subject."""
    link = settings.SITE_URL.rstrip("/") + reverse("board:index")
    with translation.override(notice.recipient.language):
        subject = _("Something waits for you in the board's portal")
        body = _(
            "Something waits for you in the board's portal.\n\n"
            "Read it here after signing in:\n%(link)s\n\n"
            "This message holds no data of any trial. Please do not answer it."
        )
        return EmailMessage(subject, body % {"link": link}, to=[notice.recipient.email])


def _letter_email(message: NoticeMessage) -> EmailMessage:
    link = settings.SITE_URL.rstrip("/") + reverse("board:notice", args=[message.notice_id])
    with translation.override(message.recipient.language):
        words = {"trial": message.notice.trial.code, "link": link}
        subject = _("%(trial)s: a letter of the board for you")
        body = _(
            "The data safety monitoring board of %(trial)s has sent you a letter.\n\n"
            "Read it and answer it here after signing in:\n%(link)s\n\n"
            "This message holds no data of the trial. Please do not answer it."
        )
        if message.kind == NoticeMessageKind.ANSWER_OVERDUE:
            subject = _("%(trial)s: a letter of the board waits for your answer")
            body = _(
                "The day by which the data safety monitoring board of %(trial)s asked for your answer has passed.\n\n"
                "Read the letter and answer it here after signing in:\n%(link)s\n\n"
                "This message holds no data of the trial. Please do not answer it."
            )
        return _mail(message.recipient.email, subject, body, words)


def _mail(address: str, subject: str, body: str, words: dict[str, Any]) -> EmailMessage:
    return EmailMessage(subject % words, body % words, to=[address])
