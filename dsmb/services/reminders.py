"""Reminders: to members until they have opened a report, to the sponsor while the answer is overdue.

The rows record which were sent: each number is sent to each person once, however often this runs.
"""

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from django.db.models import Exists, OuterRef

from accounts.choices import Action
from accounts.queries import user_ids_with
from dsmb.choices import NoticeMessageKind
from dsmb.models import MeetingNotice, NoticeMessage
from dsmb.queries.charter import charter_of
from dsmb.rules.meetings import is_overdue, reminders_owed
from partial_dates import local_date, zone_of
from reports.choices import MessageKind
from reports.models import BoardMessage, BoardReport


def queue_reminders(*, at: datetime) -> int:
    """Put every due reminder into the outbox; returns how many were new."""
    return _owe_to_members(at) + _owe_to_sponsors(at)


def _owe_to_members(at: datetime) -> int:
    owed = [
        BoardMessage(
            report_id=message.report_id,
            recipient_id=message.recipient_id,
            kind=MessageKind.REMINDER,
            number=number,
            created_at=at,
        )
        for message, number in _unopened(at)
        if number
    ]
    return _put(BoardMessage, owed)


def _unopened(at: datetime) -> Iterator[tuple[BoardMessage, int]]:
    """First messages whose report the account has not opened, with the number of the due reminder.

    A newer version of the report has messages of its own; a person who left the board gets no reminder.
    """
    newer = BoardReport.objects.filter(
        trial=OuterRef("report__trial"),
        look=OuterRef("report__look"),
        report_version__gt=OuterRef("report__report_version"),
    )
    waiting = BoardMessage.objects.filter(kind=MessageKind.REPORT_READY, read_at=None)
    for message in waiting.exclude(Exists(newer)).select_related("report__trial"):
        trial = message.report.trial
        if message.recipient_id in user_ids_with(Action.VIEW_CLOSED_REPORT, trial_code=trial.code):
            charter = charter_of(trial, on=local_date(at, trial.timezone))
            yield message, reminders_owed(message.created_at, now=at, every_days=charter.reminder_days)


def _owe_to_sponsors(at: datetime) -> int:
    owed = [
        NoticeMessage(
            notice=notice,
            recipient_id=reader,
            kind=NoticeMessageKind.ANSWER_OVERDUE,
            number=number,
            created_at=at,
        )
        for notice, number in _unanswered(at)
        for reader in user_ids_with(Action.ANSWER_RECOMMENDATION, trial_code=notice.trial.code)
    ]
    return _put(NoticeMessage, owed)


def _unanswered(at: datetime) -> Iterator[tuple[MeetingNotice, int]]:
    """Letters with an overdue answer: one message on the first day, then one per reminder interval of the charter."""
    for notice in MeetingNotice.objects.filter(answers=None, answer_due_date__isnull=False).select_related(
        "trial"
    ):
        zone = notice.trial.timezone
        today = local_date(at, zone)
        if notice.answer_due_date and is_overdue(notice.answer_due_date, today=today, answered=False):
            since = datetime.combine(notice.answer_due_date, time.max, tzinfo=zone_of(zone))
            every = charter_of(notice.trial, on=today).reminder_days
            yield notice, 1 + reminders_owed(since, now=at, every_days=every)


def _put(model: type[BoardMessage] | type[NoticeMessage], rows: list[Any]) -> int:
    before = model.objects.count()
    model.objects.bulk_create(rows, ignore_conflicts=True)
    return model.objects.count() - before
