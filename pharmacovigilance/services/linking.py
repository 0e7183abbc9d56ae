"""The events of cases: added, moved to another, merged, linked as duplicates. Each with its history."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from audit.services import attributed, next_version
from events.models import AdverseEvent
from pharmacovigilance.choices import CaseAct
from pharmacovigilance.models import CaseEvent, SafetyCase
from pharmacovigilance.services.opening import _linked, _opened
from pharmacovigilance.services.owing import keep_owed
from pharmacovigilance.services.steps import check_reason, locked_for, move


@transaction.atomic
def split_event(*, case: SafetyCase, event: AdverseEvent, by: User, at: datetime, reason: str) -> SafetyCase:
    """Move one event into a case of its own. Raises ValidationError for the only event of a case."""
    check_reason(reason)
    row = locked_for(case, Action.MANAGE_CASES, by)
    link = _link_of(row, event)
    if CaseEvent.objects.standing().filter(case=row).count() <= 1:
        raise ValidationError({"event": _("Event: it is the only one of its case; nothing to split.")})
    new = _opened(event, by=by, at=at, reason=reason)
    _move_link(link, new, by=by, at=at, reason=reason)
    move(row, CaseAct.SPLIT, by=by, at=at, reason=reason, event=event, other_case=new)
    keep_owed(new, at=at)
    keep_owed(row, at=at)
    return new


@transaction.atomic
def merge_cases(*, case: SafetyCase, into: SafetyCase, by: User, at: datetime, reason: str) -> SafetyCase:
    """Move every event of a case into another of the same participant.

    The obligations of the first one stay visible there.

    Raises ValidationError for another participant's case and for a closed one.
    """
    check_reason(reason)
    first, second = sorted((case, into), key=lambda one: one.pk)
    locked = {one.pk: locked_for(one, Action.MANAGE_CASES, by) for one in (first, second)}
    source, target = locked[case.pk], locked[into.pk]
    _check_pair(source, target)
    for link in CaseEvent.objects.standing().filter(case=source).select_related("event"):
        _move_link(link, target, by=by, at=at, reason=reason)
        move(target, CaseAct.ADD_EVENT, by=by, at=at, reason=reason, event=link.event, other_case=source)
    source.merged_into = target
    move(source, CaseAct.MERGE, by=by, at=at, reason=reason, other_case=target)
    keep_owed(target, at=at)
    return target


@transaction.atomic
def link_duplicate(*, case: SafetyCase, of: SafetyCase, by: User, at: datetime, reason: str) -> SafetyCase:
    """Record that a case is a duplicate of another one. Both stay; nothing is moved."""
    check_reason(reason)
    row = locked_for(case, Action.MANAGE_CASES, by)
    _check_pair(row, of)
    row.duplicate_of = of
    move(row, CaseAct.LINK_DUPLICATE, by=by, at=at, reason=reason, other_case=of)
    return row


def _check_pair(case: SafetyCase, other: SafetyCase) -> None:
    if case.pk == other.pk:
        raise ValidationError({"other": _("Other case: it is the same case.")})
    if case.participant_id != other.participant_id:
        raise ValidationError({"other": _("Other case: it is of another participant.")})
    if not other.is_open:
        raise ValidationError({"other": _("Other case: it is closed.")})


def _link_of(case: SafetyCase, event: AdverseEvent) -> CaseEvent:
    link = CaseEvent.objects.standing().filter(case=case, event=event).first()
    if link is None:
        raise ValidationError({"event": _("Event: it does not stand in this case.")})
    return link


def _move_link(link: CaseEvent, to: SafetyCase, *, by: User, at: datetime, reason: str) -> None:
    link.ended_at = at
    next_version(link, at=at)
    with attributed(by=by, reason=reason, at=at):
        link.save()
        new = _linked(to, link.event, by=by, at=at, reason=reason)
        new.seen_version = link.seen_version
        next_version(new, at=at)
        new.save()
