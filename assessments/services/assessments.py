"""Daily assessments: one day or many at once recorded, corrected, voided.

Each function is one attributed transaction.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from assessments.models import DailyAssessment
from assessments.models.assessments import RECORDED
from assessments.signals import other_causes_changed
from audit.services import attributed, first_version, mark_void, next_version
from trials.models import Participant, ProtocolVersion
from trials.rules.protocol import Protocol
from trials.services.entries import check_correctable, check_not_future, check_seen
from trials.services.participants import lock_participant

CORRECTABLE = frozenset({"assessed_date", *RECORDED})
HAPPENED = {"assessed_date": "assessed_date"}
OF_THE_CALLER = ("trial", "participant")
"""Set here and not by a form: they need no query."""

Values = Mapping[str, Any]


def record_assessment(
    *, participant: Participant, assessed_date: date, values: Values, by: User, at: datetime, reason: str
) -> DailyAssessment:
    """Record one day (`values` by field name; a missing field is not recorded).

    Raises as `record_assessments`.
    """
    return record_assessments(
        participant=participant, days={assessed_date: values}, by=by, at=at, reason=reason
    )[0]


def record_assessments(
    *, participant: Participant, days: Mapping[date, Values], by: User, at: datetime, reason: str
) -> list[DailyAssessment]:
    """Record several days of one participant, all or none.

    Raises ValidationError for a field that is unknown or refused, and for a day that is recorded already;
    PermissionDenied.
    """
    for values in days.values():
        check_correctable(values, frozenset(RECORDED))
    _require(participant, by)
    with attributed(by=by, reason=reason, at=at):
        person = lock_participant(participant)
        _refuse_recorded(person, days)
        protocol = _protocol(person)
        rows = [
            DailyAssessment(trial=person.trial, participant=person, assessed_date=day, **values)
            for day, values in days.items()
        ]
        for row in rows:
            _check(row, protocol, at)
            first_version(row, at=at)
        DailyAssessment.objects.bulk_create(rows)
        if any(row.blood_product_given is not None for row in rows):
            _announce(person)
    return rows


def correct_assessment(
    *,
    assessment: DailyAssessment,
    changes: Values,
    by: User,
    at: datetime,
    reason: str,
    seen_version: int | None = None,
) -> DailyAssessment:
    """Change recorded fields; the version before stays in the trail. mmHg and kPa replace each other."""
    check_correctable(changes, CORRECTABLE)
    _require(assessment.participant, by)
    with attributed(by=by, reason=reason, at=at):
        row = _locked(assessment)
        check_seen(row, seen_version)
        for name, value in _with_one_unit(row, changes).items():
            setattr(row, name, value)
        if "assessed_date" in changes:
            _refuse_recorded(row.participant, {row.assessed_date: {}}, but=row.pk)
        _check(row, _protocol(row.participant), at)
        next_version(row, at=at)
        row.save()
        if {"assessed_date", "blood_product_given"} & changes.keys():
            _announce(row.participant)
    return row


def void_assessment(*, assessment: DailyAssessment, by: User, at: datetime, reason: str) -> DailyAssessment:
    """Void a day that should not have been recorded; it stays readable and is not counted."""
    _require(assessment.participant, by)
    with attributed(by=by, reason=reason, at=at):
        row = _locked(assessment)
        mark_void(row, reason=reason, at=at)
        row.save()
        if row.blood_product_given is not None:
            _announce(row.participant)
    return row


def _announce(person: Participant) -> None:
    """Send the signal that blood products have changed."""
    other_causes_changed.send(sender=DailyAssessment, trial_id=person.trial_id, participant_id=person.pk)


def _with_one_unit(row: DailyAssessment, changes: Values) -> Values:
    """A corrected pressure in one unit removes the one in the other."""
    mmhg, kpa = changes.get("pao2_mmhg", row.pao2_mmhg), changes.get("pao2_kpa", row.pao2_kpa)
    if kpa != row.pao2_kpa and mmhg == row.pao2_mmhg:
        return {**changes, "pao2_mmhg": None}
    if mmhg != row.pao2_mmhg and kpa == row.pao2_kpa:
        return {**changes, "pao2_kpa": None}
    return changes


def _check(row: DailyAssessment, protocol: Protocol, at: datetime) -> None:
    """Check the format of the fields, the rules, and that the day has begun.

    Uniqueness is checked once for all days.
    """
    row.clean_fields(exclude=OF_THE_CALLER)
    row.judge(protocol)
    check_not_future(row, HAPPENED, at=at, zone=row.participant.trial.timezone)


def _refuse_recorded(person: Participant, days: Mapping[date, Any], but: int = 0) -> None:
    standing = DailyAssessment.objects.standing().filter(participant=person, assessed_date__in=days)
    for day in standing.exclude(pk=but).values_list("assessed_date", flat=True)[:1]:
        message = _("Day: %(day)s is recorded already; correct it instead.")
        raise ValidationError({"assessed_date": ValidationError(message, params={"day": day})})


def _locked(assessment: DailyAssessment) -> DailyAssessment:
    """The row as it is now, its participant locked; refused when it is void."""
    person = lock_participant(assessment.participant)
    row = DailyAssessment.objects.select_for_update().get(pk=assessment.pk)
    row.participant = person
    if row.voided_at is not None:
        raise ValidationError(_("This assessment was voided; record it anew instead of changing it."))
    return row


def _protocol(person: Participant) -> Protocol:
    return ProtocolVersion.objects.protocol_of(trial_id=person.trial_id, on=person.day0_date)


def _require(participant: Participant, by: User) -> None:
    require(
        by=by,
        action=Action.RECORD_ASSESSMENT,
        trial_code=participant.trial.code,
        site_code=participant.site.code,
    )
