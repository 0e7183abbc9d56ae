"""Notices of a serious event to safety officers and sponsor; each recipient opens and acknowledges it."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.queries import user_may
from accounts.services import queue_mails, system_user
from audit.choices import standing_reason
from audit.services import attributed, first_version, next_version
from events.choices import NoticeNews
from events.models import AdverseEvent, SeriousNotice, SponsorUpdate
from events.models.notices import MAIL_ABOUT, MAIL_KIND
from events.queries.notices import events_without_notice, recipients_of
from events.queries.sponsor_updates import updates_without_notice

TOLD = standing_reason("The safety officers and the sponsor are told.")
OPENED = standing_reason("The notice was opened.")
ACKNOWLEDGED = standing_reason("The notice was acknowledged.")


def notify_of_event(*, event: AdverseEvent, news: NoticeNews, at: datetime) -> list[SeriousNotice]:
    """Create one notice per recipient and put its e-mail into the outbox, in the transaction of the causing write.

    Without recipients: an empty list. The event's page and the data manager's list show that, and the sweep notifies
    recipients that are added later. Recipients and time depend on nothing but the event.
    """
    recipients = recipients_of(event.trial)
    wanted: list[dict[str, Any]] = [{"recipient_id": person} for person in recipients.people]
    wanted += [{"address": recipients.inbox}] if recipients.inbox else []
    with attributed(by=system_user(), reason=TOLD, at=at):
        return [_told(event, news, to, at) for to in wanted]


def _told(event: AdverseEvent, news: NoticeNews, to: dict[str, Any], at: datetime) -> SeriousNotice:
    row = SeriousNotice(trial_id=event.trial_id, event=event, news=news, event_version=event.version, **to)
    first_version(row, at=at)
    row.save()
    queue_mails(
        kind=MAIL_KIND,
        about=f"{MAIL_ABOUT}{row.pk}",
        to=[row.recipient_id] if row.recipient_id else [],
        addresses=[row.address] if row.address else [],
        words={"trial": event.trial.code, "notice": row.pk},
        at=at,
    )
    return row


def notify_of_missed_events(*, at: datetime) -> int:
    """Create the missing notices of serious events and of their worsening, found from the rows.

    Returns how many.
    """
    first = sum(_notify_of_missed(pk, at) for pk in events_without_notice(at=at).values_list("pk", flat=True))
    return first + sum(
        _notify_of_update(pk, at) for pk in updates_without_notice(at=at).values_list("pk", flat=True)
    )


@transaction.atomic
def _notify_of_missed(pk: int, at: datetime) -> int:
    """Create the notices of one event.

    An event that is being written to is skipped: the write or the next sweep does it.
    """
    rows = events_without_notice(at=at).filter(pk=pk).select_related("trial")
    event = rows.select_for_update(skip_locked=True, of=("self",)).first()
    return len(notify_of_event(event=event, news=NoticeNews.SERIOUS, at=at)) if event else 0


@transaction.atomic
def _notify_of_update(pk: int, at: datetime) -> int:
    """Create the notices of one worsening, under its version; two concurrent sweeps create them once."""
    row = SponsorUpdate.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if row is None or not updates_without_notice(at=at).filter(pk=pk).exists():
        return 0
    event = AdverseEvent.objects.select_related("trial").get(pk=row.event_id)
    event.version = row.event_version
    return len(notify_of_event(event=event, news=NoticeNews(row.news), at=at))


@transaction.atomic
def open_notice(*, notice: SeriousNotice, by: User, at: datetime) -> SeriousNotice:
    """Record when the recipient first opened the notice; other readers are not recorded."""
    row = SeriousNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    if row.recipient_id != by.pk or row.opened_at is not None:
        return row
    row.opened_at = at
    return _kept(row, by=by, at=at, reason=OPENED)


@transaction.atomic
def acknowledge_notice(*, notice: SeriousNotice, by: User, at: datetime) -> SeriousNotice:
    """The recipient acknowledges the notice.

    For the sponsor's inbox any account that may receive such notices.

    Raises ValidationError for another person's notice, or one that is acknowledged already.
    """
    row = SeriousNotice.objects.select_for_update(of=("self",)).select_related("trial").get(pk=notice.pk)
    if row.acknowledged_at is not None:
        raise ValidationError(_("Acknowledgement: this notice is acknowledged already."))
    if not may_acknowledge(row, by):
        raise ValidationError(_("Acknowledgement: this notice was sent to somebody else."))
    row.opened_at = row.opened_at or at
    row.acknowledged_at, row.acknowledged_by = at, by
    return _kept(row, by=by, at=at, reason=ACKNOWLEDGED)


def may_acknowledge(notice: SeriousNotice, by: User) -> bool:
    """Whether this person may acknowledge it."""
    if notice.recipient_id is not None:
        return bool(notice.recipient_id == by.pk)
    return user_may(by, Action.RECEIVE_SAFETY_NOTICES, trial_code=notice.trial.code)


def _kept(row: SeriousNotice, *, by: User, at: datetime, reason: str) -> SeriousNotice:
    next_version(row, at=at)
    with attributed(by=by, reason=reason, at=at):
        row.save()
    return row
