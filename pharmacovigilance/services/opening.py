"""The automatic opening of a case, and its receipts: each version of its events is a row with its own time."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require, system_user
from audit.choices import standing_reason
from audit.services import attributed, first_version, next_version
from events.models import AdverseEvent
from pharmacovigilance.choices import CaseAct, CaseState, ReceiptKind, ReceiptSource
from pharmacovigilance.models import CaseEvent, Receipt, SafetyCase
from pharmacovigilance.queries.event_facts import EventVersion, Facts, is_standing, says_fatal, versions_after
from pharmacovigilance.queries.judging import CaseJudgement
from pharmacovigilance.rules.case_numbers import worldwide_number
from pharmacovigilance.rules.receipts import changed_facts, is_downgrade, is_significant, is_upgrade
from pharmacovigilance.services.owing import keep_owed
from pharmacovigilance.services.steps import check_reason, locked_case, move
from trials.models import Participant

BY_ITSELF = standing_reason("A serious event opens a safety case.")
TAKEN_IN = standing_reason("A new version of the event was taken in.")


@transaction.atomic
def take_in_event(*, event_id: int, at: datetime) -> SafetyCase | None:
    """Open the case of a serious event without one, and record the changes of an event with one.

    Safe to run twice and concurrently: the event's row is locked. Returns None for an event that needs no case.
    """
    event = AdverseEvent.objects.select_for_update(of=("self",)).with_relations().get(pk=event_id)
    link = CaseEvent.objects.standing().filter(event=event).select_related("case").first()
    if link is None:
        versions = list(versions_after(event.pk, version=0))
        first = next((one for one in versions if _opens_a_case(one.facts)), None)
        if first is None or not _opens_a_case(versions[-1].facts):
            return None
        case = _opened(event, by=system_user(), at=at, reason=BY_ITSELF)
        link = _linked(case, event, by=system_user(), at=at, reason=BY_ITSELF)
        versions = [one for one in versions if one.number >= first.number]
    else:
        case = locked_case(link.case)
        versions = list(versions_after(event.pk, version=link.seen_version))
    _take_in(case, link, event, versions, at)
    return case


@transaction.atomic
def open_case_of(*, event: AdverseEvent, by: User, at: datetime, reason: str) -> SafetyCase:
    """Open a case of an event by hand: an imported one, one that only the sponsor finds serious, a pregnancy.

    Raises ValidationError when the event is a draft, void, or in a case already.
    """
    check_reason(reason)
    row = AdverseEvent.objects.select_for_update(of=("self",)).with_relations().get(pk=event.pk)
    place = {"trial_code": row.trial.code, "site_code": row.participant.site.code}
    require(by=by, action=Action.MANAGE_CASES, **place)
    versions = list(versions_after(row.pk, version=0))
    if not versions or not is_standing(versions[-1].facts):
        raise ValidationError({"event": _("Event: only a recorded event that is not void gets a case.")})
    if CaseEvent.objects.standing().filter(event=row).exists():
        raise ValidationError({"event": _("Event: it stands in a case already.")})
    case = _opened(row, by=by, at=at, reason=reason)
    link = _linked(case, row, by=by, at=at, reason=reason)
    _take_in(case, link, row, versions[-1:], at)
    return case


def _opens_a_case(facts: Facts) -> bool:
    return is_standing(facts) and (facts.get("serious") is True or says_fatal(facts))


def _opened(event: AdverseEvent, *, by: User, at: datetime, reason: str) -> SafetyCase:
    """A new case with the next number of the trial; the participant's row is locked."""
    Participant.objects.select_for_update(no_key=True, of=("self",)).get(pk=event.participant_id)
    type(event.trial).objects.select_for_update(no_key=True).get(pk=event.trial_id)
    last = SafetyCase.objects.filter(trial=event.trial_id).aggregate(last=Max("number"))["last"] or 0
    case = SafetyCase(
        trial=event.trial, participant=event.participant, number=last + 1, state=CaseState.DRAFTED
    )
    case.worldwide_number = worldwide_number(
        country=event.participant.site.country,
        organisation=settings.SAFETY_SENDER,
        trial_code=event.trial.code,
        number=case.number,
    )
    first_version(case, at=at)
    case.full_clean(exclude=("trial", "participant"))
    with attributed(by=by, reason=reason, at=at):
        case.save(force_insert=True)
    move(case, CaseAct.OPEN, by=by, at=at, reason=reason, event=event)
    return case


def _linked(case: SafetyCase, event: AdverseEvent, *, by: User, at: datetime, reason: str) -> CaseEvent:
    link = CaseEvent(trial_id=case.trial_id, case=case, event=event)
    first_version(link, at=at)
    link.full_clean(exclude=("trial",))
    with attributed(by=by, reason=reason, at=at):
        link.save(force_insert=True)
    return link


def _take_in(
    case: SafetyCase, link: CaseEvent, event: AdverseEvent, versions: list[EventVersion], at: datetime
) -> None:
    """One receipt for each version with a change; then the obligations, and the case becomes a draft again."""
    rows = Receipt.objects.filter(event=event, source=ReceiptSource.SITE).order_by("event_version")
    before = rows.values_list("facts", flat=True)
    known: Facts = before.last() or {}
    new = False
    for version in versions:
        changed = changed_facts(known, version.facts)
        if changed:
            _keep_receipt(case, event, version, known, changed, at)
            new, known = True, version.facts
    if versions:
        link.seen_version = versions[-1].number
        next_version(link, at=at)
        with attributed(by=system_user(), reason=TAKEN_IN, at=at):
            link.save()
    if new and case.is_open:
        keep_owed(case, at=at)


def _keep_receipt(
    case: SafetyCase,
    event: AdverseEvent,
    version: EventVersion,
    known: Facts,
    changed: tuple[str, ...],
    at: datetime,
) -> Receipt:
    first = not known
    row = Receipt(
        trial_id=case.trial_id,
        case=case,
        kind=ReceiptKind.INITIAL if first else ReceiptKind.FOLLOW_UP,
        source=ReceiptSource.SITE,
        event=event,
        event_version=version.number,
        received_at=_received_at(known, version),
        site_aware_at=_moment(version.facts.get("aware_at")),
        has_patient=True,
        has_reporter=True,
        has_event=bool(version.facts["term"] or version.facts["reported_term"]),
        has_product=CaseJudgement(case).was_treated(version.facts),
        is_significant=first or is_significant(changed),
        changed_facts=[] if first else list(changed),
        facts=dict(version.facts),
        entered_by=system_user(),
    )
    first_version(row, at=at)
    row.full_clean(exclude=("trial", "case", "event", "entered_by"))
    with attributed(by=system_user(), reason=TAKEN_IN, at=at):
        row.save(force_insert=True)
    # A nullified case stores what arrives and stays nullified.
    is_new_to_the_case = not first or case.steps.exclude(act=CaseAct.OPEN).exists()
    if is_new_to_the_case and row.is_significant and case.is_open:
        move(case, _act_of(known, version.facts), by=system_user(), at=at, reason=TAKEN_IN, event=event)
    return row


def _received_at(known: Facts, version: EventVersion) -> datetime:
    """When the sponsor had it: when it was recorded here, or earlier when this version first says so."""
    informed = _moment(version.facts.get("sponsor_informed_at"))
    if informed is None or known.get("sponsor_informed_at") == version.facts.get("sponsor_informed_at"):
        return version.at
    return min(informed, version.at)


def _act_of(known: Facts, facts: Facts) -> CaseAct:
    if is_upgrade(known, facts):
        return CaseAct.UPGRADE if known else CaseAct.RECEIVE
    return CaseAct.DOWNGRADE if is_downgrade(known, facts) else CaseAct.RECEIVE


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
