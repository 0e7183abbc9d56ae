"""All steps of one participant in order of time; each step makes one call of a service."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.choices import ClearanceGround, Role
from accounts.services import cleared
from demonstration.calendar import FOLLOW_UP_DAYS, Dated
from demonstration.people import Dose
from demonstration.published_totals import DONORS, UC_MSC
from demonstration.replay.staff import Staff
from product.models import ProductBatch
from product.services import allocate_participant, dispense_dose, receive_batch
from trials.choices import Sex
from trials.models import Infusion, Participant, Site, Trial
from trials.services import (
    complete_participant,
    end_infusion,
    enrol_participant,
    record_death,
    screen_participant,
    start_infusion,
    withdraw_participant,
)

VOLUME_ML = Decimal(150)
"""Of every bag (the paper)."""
AGE_LIMIT_YEARS, SOFA_LIMIT = 70, 11
"""Limits of the strata (the paper)."""
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class ScriptStep:
    """One call at one time: `run(at)`."""

    at: datetime
    run: Callable[[datetime], Any]
    enrols: bool = False


@dataclass(frozen=True)
class ParticipantScript:
    """The common data of the steps of one participant."""

    trial: Trial
    site: Site
    dated: Dated
    staff: Staff
    seed: int
    now: datetime

    @property
    def nurse(self) -> Any:
        return self.staff.nurse(self.site.code)

    @property
    def investigator(self) -> Any:
        return self.staff.investigator(self.site.code)

    def is_due_today(self, day: int) -> bool:
        """Whether this study day of the participant is the day of the seeding."""
        return self.dated.moment(day, 0).date() == self.now.astimezone(self.dated.zone).date()

    def participant(self) -> Participant:
        return Participant.objects.get(trial=self.trial, code=self.dated.code)

    def infusion(self, number: int) -> Infusion:
        standing = Infusion.objects.standing().filter(participant__trial=self.trial)
        return standing.get(participant__code=self.dated.code, number=number)


def stay_steps(script: ParticipantScript) -> Iterator[ScriptStep]:
    """Screening, enrolment, allocation, and the end."""
    dated, person = script.dated, script.dated.person
    yield ScriptStep(dated.moment(0, 9 * 60), lambda at: _screen(script, at))
    yield ScriptStep(dated.moment(0, 14 * 60 + 10), lambda at: _randomise(script, at), enrols=True)
    if not person.is_treated:
        yield ScriptStep(dated.moment(1, 11 * 60), lambda at: _withdraw(script, at))
    elif person.death_day is not None:
        yield ScriptStep(dated.moment(person.death_day, 17 * 60), lambda at: _die(script, at))
    else:
        yield ScriptStep(dated.moment(FOLLOW_UP_DAYS, 12 * 60), lambda at: _complete(script, at))


def dose_steps(script: ParticipantScript) -> Iterator[ScriptStep]:
    """Each infusion: the batch is received, the infusion begins, the dose is recorded, the infusion ends."""
    for dose in script.dated.person.doses:
        yield from _one_dose(script, dose)


def _one_dose(script: ParticipantScript, dose: Dose) -> Iterator[ScriptStep]:
    start = script.dated.dose_start(dose.number)
    end = start + dose.duration_minutes * MINUTE
    if script.dated.person.arm == UC_MSC:
        yield ScriptStep(start - 150 * MINUTE, lambda at: _receive_batch(script, dose, at))
    yield ScriptStep(start + 2 * MINUTE, lambda at: _start(script, dose, start, at))
    yield ScriptStep(start + 4 * MINUTE, lambda at: _dispense(script, dose, at))
    yield ScriptStep(end + 3 * MINUTE, lambda at: _end(script, dose, end, at))


def _screen(script: ParticipantScript, at: datetime) -> None:
    person = script.dated.person
    screen_participant(
        site=script.site,
        code=script.dated.code,
        sex=Sex(person.sex),
        age_years=person.age_years,
        weight_kg=Decimal(str(person.weight_kg)),
        screened_date=script.dated.day0,
        consented_at=at - 30 * MINUTE,
        by=script.nurse,
        at=at,
        reason="screening form",
    )


def _randomise(script: ParticipantScript, at: datetime) -> None:
    """Enrolment and arm come from one randomisation, so that a report at this very time has both."""
    _enrol(script, at)
    _allocate(script, at)


def _enrol(script: ParticipantScript, at: datetime) -> None:
    enrol_participant(
        participant=script.participant(),
        enrolled_at=at - 10 * MINUTE,
        strata=_strata(script),
        by=script.investigator,
        at=at,
        reason="randomised",
    )


def _strata(script: ParticipantScript) -> Mapping[str, str]:
    person = script.dated.person
    return {
        "AGE": "AGE_UP_TO_70" if person.age_years <= AGE_LIMIT_YEARS else "AGE_OVER_70",
        "SOFA": "SOFA_UP_TO_11" if person.sofa <= SOFA_LIMIT else "SOFA_OVER_11",
    }


def _allocate(script: ParticipantScript, at: datetime) -> None:
    allocate_participant(
        participant=script.participant(),
        arm_code=script.dated.person.arm,
        allocated_at=at - 10 * MINUTE,
        reference_batch=_batch(script, bank_code(_reference_donor(script)), at),
        by=script.staff.of(Role.CELL_THERAPY_UNIT),
        at=at,
        reason="randomisation list",
    )


def _batch_code(script: ParticipantScript, dose: Dose) -> str:
    return f"{dose.donor}-{script.dated.code}-{dose.number}"


def _receive_batch(script: ParticipantScript, dose: Dose, at: datetime) -> ProductBatch:
    return receive_batch(
        trial=script.trial,
        code=_batch_code(script, dose),
        arm_code=UC_MSC,
        donor_code=dose.donor,
        released_date=at.astimezone(script.dated.zone).date(),
        cells_million=_decimal(dose.cells_million),
        viability_percent=_decimal(dose.viability_percent),
        meets_specification=dose.meets_specification,
        specification_note="" if dose.meets_specification else "cell count below specification",
        by=script.staff.of(Role.CELL_THERAPY_UNIT),
        at=at,
        reason="certificate of analysis",
    )


def _start(script: ParticipantScript, dose: Dose, start: datetime, at: datetime) -> None:
    start_infusion(
        participant=script.participant(),
        number=dose.number,
        started_at=start,
        kit_number=f"K{script.dated.person.order:03d}{dose.number}",
        by=script.nurse,
        at=at,
        reason="infusion form",
    )


def _dispense(script: ParticipantScript, dose: Dose, at: datetime) -> None:
    is_cells = script.dated.person.arm == UC_MSC
    dispense_dose(
        infusion=script.infusion(dose.number),
        batch=_batch(script, _batch_code(script, dose), at) if is_cells else None,
        product="" if is_cells else "Placebo",
        cells_million=_decimal(dose.cells_million),
        viability_percent=_decimal(dose.viability_percent),
        out_of_specification_reason=""
        if dose.meets_specification
        else "no other batch in time; benefit judged greater",
        by=script.staff.of(Role.CELL_THERAPY_UNIT),
        at=at,
        reason="dispensing form",
    )


def _reference_donor(script: ParticipantScript) -> str:
    """The donor of the available batch on that day: the same choice whatever the arm."""
    doses = script.dated.person.doses
    return (doses[0].donor if doses else "") or DONORS[script.dated.person.order % len(DONORS)]


def bank_code(donor: str) -> str:
    """The cell bank of one donor, from which the reference batch is taken."""
    return f"{donor}-BANK"


def _batch(script: ParticipantScript, code: str, at: datetime) -> ProductBatch:
    unit = script.staff.of(Role.CELL_THERAPY_UNIT)
    opening = cleared(
        ground=ClearanceGround.ROLE, by=unit, trial_id=script.trial.pk, purpose="choose a batch", at=at
    )
    with opening:
        return ProductBatch.objects.get(trial=script.trial, code=code)


def _end(script: ParticipantScript, dose: Dose, end: datetime, at: datetime) -> None:
    end_infusion(
        infusion=script.infusion(dose.number),
        ended_at=end,
        volume_ml=VOLUME_ML,
        interrupted=False,
        by=script.nurse,
        at=at,
        reason="infusion form",
    )


def _withdraw(script: ParticipantScript, at: datetime) -> None:
    withdraw_participant(
        participant=script.participant(),
        withdrawn_date=at.astimezone(script.dated.zone).date(),
        withdrawal_reason="consent withdrawn before the first infusion",
        by=script.investigator,
        at=at,
        reason="withdrawal form",
    )


def _die(script: ParticipantScript, at: datetime) -> None:
    died = (at - 180 * MINUTE).astimezone(script.dated.zone).strftime("%Y-%m-%dT%H:%M")
    record_death(
        participant=script.participant(), died=died, by=script.investigator, at=at, reason="death form"
    )


def _complete(script: ParticipantScript, at: datetime) -> None:
    complete_participant(
        participant=script.participant(),
        completed_date=at.astimezone(script.dated.zone).date(),
        by=script.investigator,
        at=at,
        reason="end-of-study form",
    )


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))
