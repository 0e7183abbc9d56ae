"""What every write of an adverse event shares: the locked row, the rules, the next version, and the news of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.services import attributed, next_version
from events.choices import WORSENINGS, EventStatus, NoticeNews
from events.models import AdverseEvent
from events.models.adverse_events import protocol_when_recorded
from events.queries.duplicates import likely_duplicates
from events.rules.adverse_events.entered import ENTERED
from events.rules.duplicates import IN_THE_WAY
from events.rules.notices import NewsFacts, news_of
from events.rules.remarks import Remark
from events.services.notices import notify_of_event
from events.services.sponsor_updates import owe_update
from events.signals import adverse_event_changed, serious_event_recorded
from trials.models import Participant
from webkit.refusals import validation_error

Values = Mapping[str, Any]


def require_here(action: Action, participant: Participant, by: User) -> None:
    """Raises PermissionDenied when the person may not do this at the participant's site."""
    require(by=by, action=action, trial_code=participant.trial.code, site_code=participant.site.code)


def locked_event(event: AdverseEvent, action: Action, by: User) -> AdverseEvent:
    """The event as it is now, locked until the transaction ends. Raises ValidationError when it is void."""
    row = AdverseEvent.objects.select_for_update(of=("self",)).with_relations().get(pk=event.pk)
    require_here(action, row.participant, by)
    if row.voided_at is not None:
        raise ValidationError(_("This event is void; it cannot be changed any more."))
    return row


def entered_values(row: AdverseEvent) -> dict[str, Any]:
    """What people entered of the event, by field."""
    return {name: getattr(row, name) for name in ENTERED}


def content_to_sign(row: AdverseEvent) -> dict[str, Any]:
    """What a signature of the event is about, in plain values: the entered fields, and the standing rows of the course."""
    entered = {
        name: value.pk if isinstance(value, Model) else _plain(value)
        for name, value in entered_values(row).items()
    }
    columns = ("number", "version", "kind", "observed", "grade", "intervention", "outcome", "note")
    course = row.observations.filter(voided_at=None).order_by("number").values(*columns)
    return {"event": row.pk, "participant": row.participant.code, **entered, "course": list(course)}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def check_row(row: AdverseEvent, at: datetime) -> None:
    """Ask fields and rules. The table's constraints hold by construction here, and in the database anyway."""
    row.judged_at = at
    row.full_clean(exclude=("trial", "participant"), validate_unique=False, validate_constraints=False)


def refuse_likely_duplicate(row: AdverseEvent) -> None:
    """Raise ValidationError when the event is likely on record already and no reason for another one is given."""
    if row.status != EventStatus.RECORDED or row.distinct_because.strip():
        return
    found = likely_duplicates(row)
    if found:
        params = {"other": ", ".join(str(event.number) for event in found)}
        remark = Remark("R12", "likely_duplicate", "distinct_because", IN_THE_WAY, params)
        raise validation_error([remark], AdverseEvent)


def keep_version(row: AdverseEvent, *, by: User, at: datetime, reason: str) -> AdverseEvent:
    """Write the next version. A signature is no judgement: what the rules say of the event does not stop it."""
    next_version(row, at=at)
    with attributed(by=by, reason=reason, at=at):
        row.save()
    return row


def news_facts(row: AdverseEvent) -> NewsFacts:
    """What decides whether a write is news."""
    return NewsFacts(
        row.status,
        row.serious,
        row.outcome,
        row.voided_at is not None,
        row.life_threatening,
        _is_related(row),
    )


def _is_related(row: AdverseEvent) -> bool | None:
    """By the protocol's categories; an undetermined cause is not excluded. None where it is not assessed."""
    if not row.causality or row.serious is not True:
        return None
    protocol = protocol_when_recorded(row.participant, row.recorded_at)
    chosen = (each for each in protocol.causality if each.code == row.causality)
    return next((each.is_related or each.is_undetermined for each in chosen), None)


def announce(row: AdverseEvent, *, before: NewsFacts, at: datetime) -> None:
    """Send the notices of this write; each worsening of a serious event starts a clock of its own."""
    adverse_event_changed.send(sender=AdverseEvent, trial_id=row.trial_id)
    news = news_of(before, news_facts(row))
    if news is None:
        return
    notify_of_event(event=row, news=news, at=at)
    if news in WORSENINGS:
        owe_update(event=row, news=news, at=at)
    if news == NoticeNews.SERIOUS:
        serious_event_recorded.send(sender=AdverseEvent, event_id=row.pk)
