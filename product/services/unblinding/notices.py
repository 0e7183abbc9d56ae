"""The outbox of unblindings: recipients, and an e-mail with a link. Never an arm, never a participant."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.queries import user_ids_of_roles, user_ids_with
from accounts.services import send_once, unsent_ids
from product.choices import UnblindingNews
from product.models import InadvertentUnblinding, Unblinding, UnblindingNotice
from product.rules.unblinding import TOLD_BY_EMAIL
from product.signals import unblinding_notices_put


def notify_second_persons(unblinding: Unblinding, *, at: datetime) -> None:
    """Notify every person who may confirm, except the requester."""
    place = {"trial_code": unblinding.trial.code, "site_code": unblinding.participant.site.code}
    possible = user_ids_with(Action.CONFIRM_UNBLINDING, **place)
    people = set(possible) - {unblinding.asked_by_id}
    _put(UnblindingNews.SECOND_PERSON_NEEDED, people, at, unblinding=unblinding)


def notify_of_unblinding(unblinding: Unblinding, *, at: datetime) -> None:
    """Notify those who oversee the trial and the site, except the requester and the second person."""
    place = {"trial_code": unblinding.trial.code, "site_code": unblinding.participant.site.code}
    people = set(user_ids_of_roles(TOLD_BY_EMAIL, **place))
    people -= {unblinding.asked_by_id, unblinding.confirmed_by_id or 0}
    _put(UnblindingNews.UNBLINDED, people, at, unblinding=unblinding)


def notify_of_inadvertent(record: InadvertentUnblinding, *, by: User, at: datetime) -> None:
    """Notify those who oversee the trial and the site, except the person who recorded it."""
    site_code = record.site.code if record.site else ""
    people = set(user_ids_of_roles(TOLD_BY_EMAIL, trial_code=record.trial.code, site_code=site_code))
    _put(UnblindingNews.INADVERTENT, people - {by.pk}, at, inadvertent=record)


def read_notices(
    *, by: User, at: datetime, unblinding: int | None = None, inadvertent: int | None = None
) -> None:
    """Mark the notices about a record as read by the person who opens it."""
    about = UnblindingNotice.objects.filter(recipient=by, read_at=None)
    about.filter(unblinding=unblinding, inadvertent=inadvertent).update(read_at=at)


def unsent_notices() -> list[int]:
    """The ids of notices whose e-mail is not sent yet."""
    return unsent_ids(UnblindingNotice.objects.unsent())


def send_notice(*, notice_id: int, at: datetime) -> bool:
    """Send one notice, once; false when it was sent before or another process is sending it."""
    related = ("recipient", "unblinding__trial", "unblinding__participant__site", "inadvertent__trial")
    waiting = UnblindingNotice.objects.unsent().select_related(*related)
    return send_once(waiting, notice_id, email=_email, at=at)


def _put(news: UnblindingNews, people: Collection[int], at: datetime, **about: object) -> None:
    rows = [
        UnblindingNotice(news=news, recipient_id=person, created_at=at, **about) for person in sorted(people)
    ]
    UnblindingNotice.objects.bulk_create(rows, ignore_conflicts=True)
    unblinding_notices_put.send(UnblindingNotice)


def _email(notice: UnblindingNotice) -> EmailMessage:
    with translation.override(notice.recipient.language):
        words = {"trial": _record(notice).trial.code, "link": _link(notice)}
        subject, first = _sentences(notice)
        body = first + _(
            "\n\nRead it here after signing in:\n%(link)s\n\n"
            "This message holds no arm and no participant. Please do not answer it, and do not ask anybody for the arm."
        )
        return EmailMessage(subject % words, body % words, to=[notice.recipient.email])


def _sentences(notice: UnblindingNotice) -> tuple[str, str]:
    """Subject and first sentence of a notice."""
    if notice.news == UnblindingNews.SECOND_PERSON_NEEDED:
        return (
            _("%(trial)s: now, a second person is asked for"),
            _(
                "Somebody asks in an emergency of %(trial)s to know one participant's arm, and needs a second person. "
                "You may be that person; you will not be shown the arm."
            ),
        )
    if notice.news == UnblindingNews.INADVERTENT:
        return (
            _("%(trial)s: an inadvertent unblinding was recorded"),
            _("In %(trial)s somebody learnt an arm who should not have. What was learnt is kept under seal."),
        )
    return _("%(trial)s: a participant was unblinded"), _unblinded(notice)


def _unblinded(notice: UnblindingNotice) -> str:
    if notice.unblinding is not None and notice.unblinding.confirmed_by_id is None:
        return _(
            "In %(trial)s one participant was unblinded in an emergency, without a second person. "
            "Only the asker was shown the arm."
        )
    return _("In %(trial)s one participant was unblinded in an emergency. Only the asker was shown the arm.")


def _record(notice: UnblindingNotice) -> Unblinding | InadvertentUnblinding:
    record = notice.unblinding or notice.inadvertent
    assert record is not None, "a constraint keeps a notice about one record"
    return record


def _link(notice: UnblindingNotice) -> str:
    record = _record(notice)
    page = reverse(f"admin:product_{record._meta.model_name}_change", args=[record.pk])
    return settings.SITE_URL.rstrip("/") + page
