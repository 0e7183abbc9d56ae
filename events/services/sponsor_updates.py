"""Telling the sponsor that a serious event became worse: the clock, the answer, the reminders."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import queue_mails, require, system_user
from audit.choices import standing_reason
from audit.services import attributed, first_version, next_version
from events.choices import NoticeNews
from events.models import AdverseEvent, SeriousNotice, SponsorUpdate
from events.models.notices import MAIL_ABOUT, MAIL_REMINDER
from events.queries.sponsor_updates import clocks_to_remind_of
from events.rules.clocks import ClockState

OWED = standing_reason("The event became worse: the sponsor has to be told.")
REMINDED = (ClockState.SOON, ClockState.OVERDUE)
"""The states of a clock with a reminder, one for each."""


def owe_update(*, event: AdverseEvent, news: NoticeNews, at: datetime) -> SponsorUpdate:
    """Start the clock of a worsening, in the transaction of the write that brought it."""
    row = SponsorUpdate(
        trial_id=event.trial_id, event=event, news=news, event_version=event.version, known_at=at
    )
    first_version(row, at=at)
    with attributed(by=system_user(), reason=OWED, at=at):
        row.save(force_insert=True)
    return row


@transaction.atomic
def record_sponsor_told(
    *, event: AdverseEvent, informed_at: datetime, by: User, at: datetime, reason: str
) -> list[SponsorUpdate]:
    """Record when the sponsor was informed of the open worsenings of an event.

    Raises ValidationError when none is open, or for an impossible time; PermissionDenied.
    """
    participant = event.participant
    require(
        by=by,
        action=Action.RECORD_EVENT,
        trial_code=participant.trial.code,
        site_code=participant.site.code,
    )
    rows = list(SponsorUpdate.objects.select_for_update().filter(event=event, sponsor_informed_at=None))
    _check_told(event, rows, informed_at, at)
    with attributed(by=by, reason=reason, at=at):
        for row in rows:
            row.sponsor_informed_at = informed_at
            next_version(row, at=at)
            row.save()
    return rows


def _check_told(event: AdverseEvent, rows: list[SponsorUpdate], informed_at: datetime, at: datetime) -> None:
    if not rows:
        raise ValidationError(_("Sponsor informed at: no worsening of this event is open (R9)."))
    if informed_at > at:
        sentence = _(
            "Sponsor informed at: %(value)s lies in the future; give when the sponsor was told (R9)."
        )
        raise ValidationError({"informed_at": sentence % {"value": informed_at.isoformat()}})
    known = event.aware_at or event.onset_earliest_at
    if known is not None and informed_at < known:
        sentence = _(
            "Sponsor informed at: %(value)s is before the site was aware of the event; one of the two is wrong (R9)."
        )
        raise ValidationError({"informed_at": sentence % {"value": informed_at.isoformat()}})


@transaction.atomic
def remind_of_serious_events(*, at: datetime) -> int:
    """Queue a reminder of every clock to the sponsor that ends soon or is over.

    Returns how many clocks had one.

    It goes to the recipients who have not acknowledged, once for "soon" and once for "overdue". It has no content.
    """
    count = 0
    for clock in clocks_to_remind_of(at=at):
        if clock.state not in REMINDED:
            continue
        for notice in clock.notices:
            _queue(notice, clock.state, at)
        count += bool(clock.notices)
    return count


def _queue(notice: SeriousNotice, state: ClockState, at: datetime) -> None:
    queue_mails(
        kind=MAIL_REMINDER,
        about=f"{MAIL_ABOUT}{notice.pk} {state}",
        to=[notice.recipient_id] if notice.recipient_id else [],
        addresses=[notice.address] if notice.address else [],
        words={"trial": notice.trial.code, "notice": notice.pk},
        at=at,
    )
