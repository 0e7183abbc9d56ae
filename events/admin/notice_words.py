"""The recipient and the state of a notice, in words."""

from django.utils.translation import gettext as _

from events.models import SeriousNotice
from webkit.admin.display import moment


def reader_of(notice: SeriousNotice) -> str:
    """The person's name, or the sponsor's inbox."""
    person = notice.recipient
    if person is None:
        return _("sponsor's inbox")
    return person.get_full_name() or person.get_username()


def sent_in_words(notice: SeriousNotice) -> str:
    """When the e-mail was sent, for a notice read `with_mail`."""
    sent_at = getattr(notice, "mail_sent_at", None)
    if sent_at:
        return moment(sent_at)
    if notice.recipient is not None and not notice.recipient.email:
        return _("no e-mail address; on the worklist only")
    return _("not yet")


def acknowledged_in_words(notice: SeriousNotice) -> str:
    if notice.acknowledged_at is None or notice.acknowledged_by is None:
        return _("not yet")
    person = notice.acknowledged_by
    return f"{person.get_full_name() or person.get_username()}, {moment(notice.acknowledged_at)}"
