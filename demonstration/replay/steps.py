"""Everything that happens to one participant, as steps in time; each step makes one call of a service."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.choices import ClearanceGround, Role
from accounts.services import cleared
from demonstration.calendar import FOLLOW_UP_DAYS, Dated
from demonstration.margins import DONORS, UC_MSC
from demonstration.people import Dose
from demonstration.replay.cast import Cast
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
    """One call at one moment: `run(at)`."""

    at: datetime
    run: Callable[[datetime], Any]
    enrols: bool = False


@dataclass(frozen=True)
class ParticipantScript:
    """What the steps of one participant share."""

    trial: Trial
    site: Site
    dated: Dated
    cast: Cast
    seed: int
    now: datetime

    @property
    def nurse(self) -> Any:
        return self.cast.nurse(self.site.code)

    @property
    def investigator(self) -> Any:
        return self.cast.investigator(self.site.code)

    def is_due_today(self, day: int) -> bool:
        """Whether this study day of the participant is the day of the seeding."""
        return self.dated.moment(day, 0).date() == self.now.astimezone(self.dated.zone).date()

    def participant(self) -> Participant:
        return Participant.objects.get(trial=self.trial, code=self.dated.code)

    def infusion(self, number: int) -> Infusion:
        standing = Infusion.objects.standing().filter(participant__trial=self.trial)
        return standing.get(participant__code=self.dated.code, number=number)


def stay_steps(scene: ParticipantScript) -> Iterator[ScriptStep]:
    """Screening, enrolment, allocation, and how it ended."""
    dated, person = scene.dated, scene.dated.person
    yield ScriptStep(dated.moment(0, 9 * 60), lambda at: _screen(scene, at))
    yield ScriptStep(dated.moment(0, 14 * 60 + 10), lambda at: _randomise(scene, at), enrols=True)
    if not person.is_treated:
        yield ScriptStep(dated.moment(1, 11 * 60), lambda at: _withdraw(scene, at))
    elif person.death_day is not None:
        yield ScriptStep(dated.moment(person.death_day, 17 * 60), lambda at: _die(scene, at))
    else:
        yield ScriptStep(dated.moment(FOLLOW_UP_DAYS, 12 * 60), lambda at: _complete(scene, at))


def dose_steps(scene: ParticipantScript) -> Iterator[ScriptStep]:
    """Each infusion: the batch is received, the infusion begins, the dose is recorded, the infusion ends."""
    for dose in scene.dated.person.doses:
        yield from _one_dose(scene, dose)


def _one_dose(scene: ParticipantScript, dose: Dose) -> Iterator[ScriptStep]:
    start = scene.dated.dose_start(dose.number)
    end = start + dose.duration_minutes * MINUTE
    if scene.dated.person.arm == UC_MSC:
        yield ScriptStep(start - 150 * MINUTE, lambda at: _receive_batch(scene, dose, at))
    yield ScriptStep(start + 2 * MINUTE, lambda at: _start(scene, dose, start, at))
    yield ScriptStep(start + 4 * MINUTE, lambda at: _dispense(scene, dose, at))
    yield ScriptStep(end + 3 * MINUTE, lambda at: _end(scene, dose, end, at))


def _screen(scene: ParticipantScript, at: datetime) -> None:
    person = scene.dated.person
    screen_participant(
        site=scene.site,
        code=scene.dated.code,
        sex=Sex(person.sex),
        age_years=person.age_years,
        weight_kg=Decimal(str(person.weight_kg)),
        screened_date=scene.dated.day0,
        consented_at=at - 30 * MINUTE,
        by=scene.nurse,
        at=at,
        reason="screening form",
    )


def _randomise(scene: ParticipantScript, at: datetime) -> None:
    """Enrolment and arm come out of one randomisation, so that a report of this very moment knows both."""
    _enrol(scene, at)
    _allocate(scene, at)


def _enrol(scene: ParticipantScript, at: datetime) -> None:
    enrol_participant(
        participant=scene.participant(),
        enrolled_at=at - 10 * MINUTE,
        strata=_strata(scene),
        by=scene.investigator,
        at=at,
        reason="randomised",
    )


def _strata(scene: ParticipantScript) -> Mapping[str, str]:
    person = scene.dated.person
    return {
        "AGE": "AGE_UP_TO_70" if person.age_years <= AGE_LIMIT_YEARS else "AGE_OVER_70",
        "SOFA": "SOFA_UP_TO_11" if person.sofa <= SOFA_LIMIT else "SOFA_OVER_11",
    }


def _allocate(scene: ParticipantScript, at: datetime) -> None:
    allocate_participant(
        participant=scene.participant(),
        arm_code=scene.dated.person.arm,
        allocated_at=at - 10 * MINUTE,
        reference_batch=_batch(scene, bank_code(_reference_donor(scene)), at),
        by=scene.cast.of(Role.CELL_THERAPY_UNIT),
        at=at,
        reason="randomisation list",
    )


def _batch_code(scene: ParticipantScript, dose: Dose) -> str:
    return f"{dose.donor}-{scene.dated.code}-{dose.number}"


def _receive_batch(scene: ParticipantScript, dose: Dose, at: datetime) -> ProductBatch:
    return receive_batch(
        trial=scene.trial,
        code=_batch_code(scene, dose),
        arm_code=UC_MSC,
        donor_code=dose.donor,
        released_date=at.astimezone(scene.dated.zone).date(),
        cells_million=_decimal(dose.cells_million),
        viability_percent=_decimal(dose.viability_percent),
        meets_specification=dose.meets_specification,
        specification_note="" if dose.meets_specification else "cell count below specification",
        by=scene.cast.of(Role.CELL_THERAPY_UNIT),
        at=at,
        reason="certificate of analysis",
    )


def _start(scene: ParticipantScript, dose: Dose, start: datetime, at: datetime) -> None:
    start_infusion(
        participant=scene.participant(),
        number=dose.number,
        started_at=start,
        kit_number=f"K{scene.dated.person.order:03d}{dose.number}",
        by=scene.nurse,
        at=at,
        reason="infusion form",
    )


def _dispense(scene: ParticipantScript, dose: Dose, at: datetime) -> None:
    is_cells = scene.dated.person.arm == UC_MSC
    dispense_dose(
        infusion=scene.infusion(dose.number),
        batch=_batch(scene, _batch_code(scene, dose), at) if is_cells else None,
        product="" if is_cells else "Placebo",
        cells_million=_decimal(dose.cells_million),
        viability_percent=_decimal(dose.viability_percent),
        out_of_specification_reason=""
        if dose.meets_specification
        else "no other batch in time; benefit judged greater",
        by=scene.cast.of(Role.CELL_THERAPY_UNIT),
        at=at,
        reason="dispensing form",
    )


def _reference_donor(scene: ParticipantScript) -> str:
    """The donor of the batch at hand on that day: the same choice whatever the arm."""
    doses = scene.dated.person.doses
    return (doses[0].donor if doses else "") or DONORS[scene.dated.person.order % len(DONORS)]


def bank_code(donor: str) -> str:
    """The bank of one donor, of which the reference batch is taken."""
    return f"{donor}-BANK"


def _batch(scene: ParticipantScript, code: str, at: datetime) -> ProductBatch:
    unit = scene.cast.of(Role.CELL_THERAPY_UNIT)
    opening = cleared(
        ground=ClearanceGround.ROLE, by=unit, trial_id=scene.trial.pk, purpose="choose a batch", at=at
    )
    with opening:
        return ProductBatch.objects.get(trial=scene.trial, code=code)


def _end(scene: ParticipantScript, dose: Dose, end: datetime, at: datetime) -> None:
    end_infusion(
        infusion=scene.infusion(dose.number),
        ended_at=end,
        volume_ml=VOLUME_ML,
        interrupted=False,
        by=scene.nurse,
        at=at,
        reason="infusion form",
    )


def _withdraw(scene: ParticipantScript, at: datetime) -> None:
    withdraw_participant(
        participant=scene.participant(),
        withdrawn_date=at.astimezone(scene.dated.zone).date(),
        withdrawal_reason="consent withdrawn before the first infusion",
        by=scene.investigator,
        at=at,
        reason="withdrawal form",
    )


def _die(scene: ParticipantScript, at: datetime) -> None:
    died = (at - 180 * MINUTE).astimezone(scene.dated.zone).strftime("%Y-%m-%dT%H:%M")
    record_death(
        participant=scene.participant(), died=died, by=scene.investigator, at=at, reason="death form"
    )


def _complete(scene: ParticipantScript, at: datetime) -> None:
    complete_participant(
        participant=scene.participant(),
        completed_date=at.astimezone(scene.dated.zone).date(),
        by=scene.investigator,
        at=at,
        reason="end-of-study form",
    )


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))
