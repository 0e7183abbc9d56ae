"""The readings around each infusion, and the investigator's decision on a finding."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from demonstration.bedside import Numbers, readings_for
from demonstration.people import Dose
from demonstration.replay.script import MINUTE, ParticipantScript, ScriptStep
from haemodynamics.choices import FindingState, RateUnit, RespiratorySupport, Vasopressor
from haemodynamics.models import HaemodynamicFinding
from haemodynamics.rules import RunningVasopressor
from haemodynamics.services import confirm_finding, record_reading
from trials.choices import Salt
from trials.models import ProtocolVersion

ENTERED_AFTER = 3 * MINUTE
CONFIRMED_AFTER = timedelta(hours=8)
MISSED_CHECK = 45
"""The check of the running infusion that is not entered (minutes after its start)."""


def reading_steps(script: ParticipantScript) -> Iterator[ScriptStep]:
    """Every planned check of every infusion; of the running infusion one is missed."""
    plan = ProtocolVersion.objects.protocol_of(trial_id=script.trial.pk, on=None).haemodynamics
    minutes = [check.minutes for check in plan.checks] if plan else []
    for dose in script.dated.person.doses:
        yield from _around(script, dose, minutes)
    if script.dated.person.has_haemodynamic_event:
        confirmed_at = script.dated.dose_start(1) + CONFIRMED_AFTER
        yield ScriptStep(confirmed_at, lambda at: _confirm(script, at))


def _around(script: ParticipantScript, dose: Dose, minutes: list[int]) -> Iterator[ScriptStep]:
    start = script.dated.dose_start(dose.number)
    under_way = script.dated.person.is_recent and len(script.dated.person.doses) == 1
    kept = [minute for minute in minutes if not (under_way and minute == MISSED_CHECK)]
    for numbers in readings_for(script.dated.person, dose.number, kept, seed=script.seed):
        taken_at = start + numbers.minute * MINUTE
        yield ScriptStep(taken_at + ENTERED_AFTER, _reading(script, numbers, taken_at))


def _reading(script: ParticipantScript, numbers: Numbers, taken_at: datetime) -> Any:
    def record(at: datetime) -> None:
        record_reading(
            participant=script.participant(),
            values=_values(numbers, taken_at),
            vasopressors=_pumps(numbers),
            by=script.nurse,
            at=at,
            reason="bedside check",
        )

    return record


def _values(numbers: Numbers, taken_at: datetime) -> dict[str, Any]:
    return {
        "taken_at": taken_at,
        "heart_rate_bpm": numbers.heart_rate_bpm,
        "sbp_mmhg": numbers.sbp_mmhg,
        "dbp_mmhg": numbers.dbp_mmhg,
        "map_mmhg": numbers.map_mmhg,
        "spo2_percent": Decimal(str(numbers.spo2_percent)),
        "fio2_fraction": Decimal(str(numbers.fio2_fraction)),
        "peep_cmh2o": Decimal(str(numbers.peep_cmh2o)),
        "respiratory_support": RespiratorySupport.INVASIVE,
        "new_ventricular_arrhythmia": False,
        "cardioversion": False,
        "cardiac_arrest": False,
        "transfusion_type_reaction": False,
        "vasopressors_checked": True,
    }


def _pumps(numbers: Numbers) -> tuple[RunningVasopressor, ...]:
    if numbers.norepinephrine_ug_min is None:
        return ()
    rate = Decimal(str(numbers.norepinephrine_ug_min))
    return (
        RunningVasopressor(agent=Vasopressor.NOREPINEPHRINE, rate=rate, unit=RateUnit.UG_MIN, salt=Salt.BASE),
    )


def _confirm(script: ParticipantScript, at: datetime) -> None:
    candidates = HaemodynamicFinding.objects.filter(
        participant=script.participant(), state=FindingState.CANDIDATE
    )
    for finding in candidates:
        confirm_finding(
            finding=finding,
            by=script.investigator,
            at=at,
            reason="vasoplegia within 6 h of the infusion; norepinephrine raised, then weaned",
        )
