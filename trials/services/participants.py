"""Participants from screening on: status, dates, corrections. Each function is one attributed transaction."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.services import attributed, first_version, next_version
from partial_dates import local_date
from trials.choices import ParticipantStatus, Sex
from trials.models import Infusion, Participant, ProtocolVersion, Site
from trials.rules.codes import plain_code
from trials.rules.enrolment import Ends, derived_strata, status_refusals, status_without_last_end
from trials.services.entries import check_correctable, check_not_future, check_seen
from trials.signals import infusion_changed, participant_changed
from webkit.refusals import raise_refusals

CORRECTABLE = frozenset(
    {
        "code",
        "sex",
        "age_years",
        "weight_kg",
        "strata",
        "screened_date",
        "consented_at",
        "day0_date",
        "withdrawn_date",
        "withdrawal_reason",
        "completed_date",
        "died",
        "death_cause",
        "in_safety_population",
    }
)
"""What `correct_participant` may change; status, enrolment and site have verbs of their own or never change."""

HAPPENED = {
    "screened_date": "screened_date",
    "consented_at": "consented_at",
    "withdrawn_date": "withdrawn_date",
    "completed_date": "completed_date",
    "died": "died_earliest_at",
}
"""What is recorded only after it has happened."""

OF_A_DEATH: Mapping[str, Any] = {"has_died": False, "died": "", "death_cause": ""}
OF_ANOTHER_END: Mapping[str, Any] = {"withdrawn_date": None, "withdrawal_reason": "", "completed_date": None}
"""The columns as they are without it."""


def screen_participant(
    *,
    site: Site,
    code: str,
    by: User,
    at: datetime,
    reason: str,
    screened_date: date | None = None,
    sex: str = Sex.UNKNOWN,
    age_years: int | None = None,
    weight_kg: Decimal | None = None,
    consented_at: datetime | None = None,
    day0_date: date | None = None,
    strata: Mapping[str, str] | None = None,
) -> Participant:
    """Record a screened person under a code, stored without spaces and other marks of pasting.

    Without a date it is the day of `at` in the trial's zone. Strata that follow from recorded values (age) are filled
    in. Raises ValidationError, PermissionDenied.
    """
    trial = site.trial
    require(by=by, action=Action.SCREEN_PARTICIPANT, trial_code=trial.code, site_code=site.code)
    participant = Participant(
        trial=trial,
        site=site,
        code=plain_code(code),
        sex=sex,
        age_years=age_years,
        weight_kg=weight_kg,
        strata=dict(strata or {}),
        screened_date=screened_date or local_date(at, trial.timezone),
        consented_at=consented_at,
        day0_date=day0_date,
    )
    with attributed(by=by, reason=reason, at=at):
        _fill_strata(participant)
        first_version(participant, at=at)
        participant.full_clean()
        check_not_future(participant, HAPPENED, at=at, zone=trial.timezone)
        participant.save()
    return participant


def fail_screening(*, participant: Participant, by: User, at: datetime, reason: str) -> Participant:
    """Record that a screened participant will not be enrolled; `reason` is the reason."""
    return _change(
        participant, Action.SCREEN_PARTICIPANT, {"status": ParticipantStatus.SCREEN_FAILURE}, by, at, reason
    )


def withdraw_participant(
    *,
    participant: Participant,
    withdrawn_date: date,
    withdrawal_reason: str,
    by: User,
    at: datetime,
    reason: str,
) -> Participant:
    """Record that an enrolled participant left the trial. Earlier data stay; nothing is deleted."""
    if not withdrawal_reason.strip():
        raise ValidationError({"withdrawal_reason": _("Reason for withdrawal: say why, or 'not given'.")})
    values = {
        "status": ParticipantStatus.WITHDRAWN,
        "withdrawn_date": withdrawn_date,
        "withdrawal_reason": withdrawal_reason,
    }
    return _change(participant, Action.RECORD_PARTICIPANT_STATUS, values, by, at, reason)


def complete_participant(
    *, participant: Participant, completed_date: date, by: User, at: datetime, reason: str
) -> Participant:
    """Record that an enrolled participant finished the trial as planned."""
    values = {"status": ParticipantStatus.COMPLETED, "completed_date": completed_date}
    return _change(participant, Action.RECORD_PARTICIPANT_STATUS, values, by, at, reason)


def record_death(
    *, participant: Participant, died: str, by: User, at: datetime, reason: str, death_cause: str = ""
) -> Participant:
    """Record a death; `died` is as exact as known ('2020-04', '2020-04-06T03:40'), empty when unknown."""
    values = {
        "status": ParticipantStatus.DIED,
        "has_died": True,
        "died": died.strip(),
        "death_cause": death_cause,
    }
    return _change(participant, Action.RECORD_PARTICIPANT_STATUS, values, by, at, reason)


def take_back_end(
    *, participant: Participant, seen_version: int, by: User, at: datetime, reason: str
) -> Participant:
    """Take back what was recorded by mistake: the death, else the withdrawal, completion or failed screening.

    The previous status is restored; the trail keeps both. Raises `ValidationError` when no end is recorded, and when
    the record changed after `seen_version`: a repeated call would otherwise also take back the withdrawal before the
    death.
    """
    site, action = participant.site, Action.RECORD_PARTICIPANT_STATUS
    require(by=by, action=action, trial_code=participant.trial.code, site_code=site.code)
    with attributed(by=by, reason=reason, at=at):
        row = lock_participant(participant)
        check_seen(row, seen_version)
        return _written(row, _without_last_end(row), at)


def _without_last_end(row: Participant) -> Mapping[str, Any]:
    ends = Ends(
        status=row.status,
        is_enrolled=row.enrolment_number is not None,
        has_died=row.has_died,
        is_withdrawn=row.withdrawn_date is not None,
        is_completed=row.completed_date is not None,
    )
    status = status_without_last_end(ends)
    if status is None:
        message = _(
            "Status: no death, withdrawal, completion or failed screening is recorded of %(code)s; nothing was changed."
        )
        raise ValidationError({"status": ValidationError(message, params={"code": row.code})})
    return {"status": status, **(OF_A_DEATH if row.has_died else OF_ANOTHER_END)}


def correct_participant(
    *,
    participant: Participant,
    changes: Mapping[str, Any],
    by: User,
    at: datetime,
    reason: str,
    seen_version: int | None = None,
) -> Participant:
    """Change recorded fields (see `CORRECTABLE`); the version before stays in the trail.

    `seen_version`: the version that the change was made from; when the record has changed since, it is refused.
    """
    check_correctable(changes, CORRECTABLE)
    action = Action.RECORD_PARTICIPANT_STATUS
    return _change(participant, action, changes, by, at, reason, seen_version=seen_version)


def _change(
    participant: Participant,
    action: Action,
    values: Mapping[str, Any],
    by: User,
    at: datetime,
    reason: str,
    *,
    seen_version: int | None = None,
) -> Participant:
    """Write values to the locked row; a status among them must be permitted."""
    site = participant.site
    require(by=by, action=action, trial_code=participant.trial.code, site_code=site.code)
    with attributed(by=by, reason=reason, at=at):
        row = lock_participant(participant)
        check_seen(row, seen_version)
        if "status" in values:
            raise_refusals(status_refusals(row.status, values["status"]), Participant)
        return _written(row, values, at)


def _written(row: Participant, values: Mapping[str, Any], at: datetime) -> Participant:
    """Save a new version of the locked row, in the caller's attributed transaction, and send the signals."""
    for name, value in values.items():
        setattr(row, name, value)
    _fill_strata(row)
    next_version(row, at=at)
    row.full_clean()
    check_not_future(row, HAPPENED, at=at, zone=row.trial.timezone)
    row.save()
    participant_changed.send(sender=Participant, participant_id=row.pk, trial_id=row.trial_id)
    if "died" in values:
        _send_infusion_signals(row)
    return row


def _send_infusion_signals(participant: Participant) -> None:
    """Send the signal of each infusion, because a death may be a finding after an infusion."""
    for infusion_id in participant.infusions.given().values_list("pk", flat=True):
        infusion_changed.send(sender=Infusion, infusion_id=infusion_id, trial_id=participant.trial_id)


def lock_participant(participant: Participant) -> Participant:
    """The row as it is now, locked until the transaction ends."""
    rows = Participant.objects.select_related("trial", "site").select_for_update(of=("self",))
    return rows.get(pk=participant.pk)


def _fill_strata(participant: Participant) -> None:
    """Fill in strata that follow from recorded values; a given one is never overwritten."""
    protocol = ProtocolVersion.objects.protocol_of(trial_id=participant.trial_id, on=participant.day0_date)
    derived = derived_strata(protocol, {"age_years": participant.age_years})
    if isinstance(participant.strata, dict):
        participant.strata = {**derived, **participant.strata}
