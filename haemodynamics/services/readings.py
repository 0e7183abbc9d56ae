"""Readings from the bedside: recorded, corrected, voided; each updates the findings of its windows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.services import attributed, first_version, mark_void, next_version
from haemodynamics.models import HaemodynamicReading, VasopressorRate
from haemodynamics.models.readings import haemodynamic_plan_for, pharmacy_salt
from haemodynamics.queries.cases import cases_around
from haemodynamics.rules import MEASUREMENTS, SIGNS
from haemodynamics.rules import RunningVasopressor as RateValue
from haemodynamics.services.evaluation import bring_up_to_date
from trials.models import Participant
from trials.rules.protocol import HaemodynamicPlan

ENTERED = frozenset(
    {*MEASUREMENTS, *SIGNS, "taken_at", "taken_precision", "timepoint", "respiratory_support"}
    | {"vasopressors_checked"}
)
"""The fields of a reading that people enter; `vasopressors` are separate."""

Values = Mapping[str, Any]
Pumps = Sequence[RateValue]


def record_reading(
    *, participant: Participant, values: Values, vasopressors: Pumps = (), by: User, at: datetime, reason: str
) -> HaemodynamicReading:
    """Record one reading (`values` by field name) with the pumps that ran, and evaluate the participant's windows.

    No pump and `vasopressors_checked` means that none ran; without either, vasopressors were not recorded. A pump
    without a salt (`salt=""`) gets the salt of the site's pharmacy, which is stored with the reading. Raises
    ValidationError per field, PermissionDenied; nothing is written then.
    """
    _refuse_unknown(values)
    with attributed(by=by, reason=reason, at=at):
        person = _locked(participant, by)
        row = HaemodynamicReading(trial=person.trial, participant=person, **values)
        pumps = _with_salts(vasopressors, (), person)
        plan = _check(row, pumps, at)
        first_version(row, at=at)
        row.save()
        _write_pumps(row, (), pumps, at)
        _evaluate(person, plan, [row.taken_at], at)
    return row


def correct_reading(
    *,
    reading: HaemodynamicReading,
    values: Values,
    vasopressors: Pumps | None = None,
    by: User,
    at: datetime,
    reason: str,
) -> HaemodynamicReading:
    """Correct fields of a reading; `vasopressors`, when given, replace the pumps: one left out has rate zero.

    A pump without a salt keeps the recorded one; the salt of the site's pharmacy is used only for a new pump.
    """
    _refuse_unknown(values)
    with attributed(by=by, reason=reason, at=at):
        row = _standing(reading, by)
        before, running = row.taken_at, list(row.vasopressors.all())
        for name, value in values.items():
            setattr(row, name, value)
        given = None if vasopressors is None else _with_salts(vasopressors, running, row.participant)
        pumps = _lines(running) if given is None else _with_stopped(running, given)
        plan = _check(row, pumps, at)
        next_version(row, at=at)
        row.save()
        _write_pumps(row, running, pumps, at)
        _evaluate(row.participant, plan, [before, row.taken_at], at)
    return row


def void_reading(*, reading: HaemodynamicReading, by: User, at: datetime, reason: str) -> HaemodynamicReading:
    """Void a reading that should not have been recorded; findings based on it are withdrawn."""
    with attributed(by=by, reason=reason, at=at):
        row = _standing(reading, by)
        mark_void(row, reason=reason, at=at)
        row.save()
        _evaluate(row.participant, haemodynamic_plan_for(row.participant), [row.taken_at], at)
    return row


def _refuse_unknown(values: Values) -> None:
    unknown = sorted(set(values) - ENTERED)
    if unknown:
        sentence = _("%(field)s: not a field that is entered.")
        raise ValidationError({name: sentence % {"field": name} for name in unknown})


def _locked(participant: Participant, by: User) -> Participant:
    """The participant, locked against other writers of readings until the transaction ends."""
    rows = Participant.objects.select_related("trial", "site").select_for_update(of=("self",))
    person = rows.get(pk=participant.pk)
    require(by=by, action=Action.RECORD_READING, trial_code=person.trial.code, site_code=person.site.code)
    return person


def _standing(reading: HaemodynamicReading, by: User) -> HaemodynamicReading:
    """The reading as it is now, its participant locked; refused when it is void."""
    person = _locked(reading.participant, by)
    row = HaemodynamicReading.objects.select_for_update().get(pk=reading.pk)
    row.participant = person
    if row.voided_at is not None:
        raise ValidationError(_("This reading is void; it cannot be changed any more."))
    return row


def _check(row: HaemodynamicReading, pumps: Pumps, at: datetime) -> HaemodynamicPlan | None:
    """Judge the reading with its pumps by the participant's plan, which is returned."""
    plan = haemodynamic_plan_for(row.participant)
    row.judged_at, row.lines, row.limits = at, pumps, plan.plausibility if plan else {}
    if pumps:
        row.vasopressors_checked = True
    row.full_clean(exclude=("trial", "participant"), validate_constraints=False)
    return plan


def _evaluate(
    participant: Participant, plan: HaemodynamicPlan | None, moments: Sequence[datetime], at: datetime
) -> None:
    if plan is not None:
        bring_up_to_date(cases_around(participant, plan, moments), at=at)


def _lines(running: Iterable[VasopressorRate]) -> Pumps:
    return [RateValue(p.agent, p.rate, p.unit, p.salt) for p in running]


def _with_salts(pumps: Pumps, running: Iterable[VasopressorRate], participant: Participant) -> Pumps:
    """The pumps, each with a salt: the given one, the one recorded before, or that of the site's pharmacy."""
    recorded = {pump.agent: pump.salt for pump in running}
    return [
        pump
        if pump.salt
        else replace(pump, salt=recorded.get(pump.agent) or pharmacy_salt(participant, pump.agent))
        for pump in pumps
    ]


def _with_stopped(running: Iterable[VasopressorRate], pumps: Pumps) -> Pumps:
    """The given pumps, and at rate zero those that were recorded before and are not given."""
    named = {pump.agent for pump in pumps}
    stopped = [RateValue(p.agent, Decimal(0), p.unit, p.salt) for p in running if p.agent not in named]
    return [*pumps, *stopped]


def _write_pumps(
    row: HaemodynamicReading, running: Iterable[VasopressorRate], pumps: Pumps, at: datetime
) -> None:
    """Write the pumps of the judged reading: new ones are created, changed ones corrected, others left unchanged."""
    standing = {pump.agent: pump for pump in running}
    for pump in pumps:
        known = standing.get(pump.agent)
        if known is None:
            known = VasopressorRate(trial_id=row.trial_id, reading=row, agent=pump.agent)
            first_version(known, at=at)
        elif (known.rate, known.unit, known.salt) == (pump.rate, pump.unit, pump.salt):
            continue
        else:
            next_version(known, at=at)
        known.rate, known.unit, known.salt = pump.rate, pump.unit, pump.salt
        known.clean_fields(exclude=("trial", "reading"))
        known.save()
