"""Samples before the first infusion and on day 14: taken, received, and the panel that the laboratory measures."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.choices import Role
from accounts.models import User
from demonstration.bedside import antibodies_for, class_of
from demonstration.replay.script import MINUTE, ParticipantScript, ScriptStep
from immunology.choices import Treatment
from immunology.models import Specimen
from immunology.services import (
    collect_specimen,
    receive_specimen,
    record_antibody_results,
    record_donor_typings,
)
from trials.models import Trial

BASELINE_DAY, FOLLOW_UP_DAY = 0, 14
"""Sampling days of the protocol (the paper)."""
TAKEN_AT_MINUTE = {BASELINE_DAY: 15 * 60, FOLLOW_UP_DAY: 10 * 60}
RECEIVED_AFTER = timedelta(hours=26)
MEASURED_AFTER = timedelta(days=4)
KIT, LOT = "SAB-DEMO", "013"


def type_donor(*, trial: Trial, donor_code: str, typing: Sequence[str], by: User, at: datetime) -> None:
    """The donor's HLA type, before the first dose of its cells."""
    record_donor_typings(
        trial=trial,
        donor_code=donor_code,
        specificities=[("", name) for name in typing],
        by=by,
        at=at,
        reason="donor typing report",
    )


def specimen_steps(script: ParticipantScript) -> Iterator[ScriptStep]:
    """The two samples of a treated participant; the participant whose day 14 is today has no second one yet."""
    if not script.dated.person.is_treated:
        return
    yield from _one_sample(script, BASELINE_DAY)
    if not script.is_due_today(FOLLOW_UP_DAY):
        yield from _one_sample(script, FOLLOW_UP_DAY)


def _one_sample(script: ParticipantScript, day: int) -> Iterator[ScriptStep]:
    taken_at = script.dated.moment(day, TAKEN_AT_MINUTE[day])
    code = f"{script.dated.code}-D{day}"
    yield ScriptStep(taken_at + 5 * MINUTE, lambda at: _collect(script, code, day, taken_at, at))
    yield ScriptStep(taken_at + RECEIVED_AFTER, lambda at: _receive(script, code, at))
    yield ScriptStep(taken_at + MEASURED_AFTER, lambda at: _measure(script, code, day, at))


def _collect(script: ParticipantScript, code: str, day: int, taken_at: datetime, at: datetime) -> None:
    collect_specimen(
        participant=script.participant(),
        code=code,
        planned_day=day,
        collected_at=taken_at,
        by=script.nurse,
        at=at,
        reason="sampling form",
    )


def _receive(script: ParticipantScript, code: str, at: datetime) -> None:
    receive_specimen(
        specimen=_specimen(script, code),
        received_at=at - 20 * MINUTE,
        by=script.staff.of(Role.HLA_LABORATORY),
        at=at,
        reason="receipt",
    )


def _measure(script: ParticipantScript, code: str, day: int, at: datetime) -> None:
    panel = antibodies_for(script.dated.person, day, seed=script.seed)
    record_antibody_results(
        specimen=_specimen(script, code),
        results=[
            {
                "specificity": name,
                "hla_class": class_of(name),
                "mfi": Decimal(str(mfi)),
                "run_code": f"R-{script.dated.code}",
                "kit": KIT,
                "lot": LOT,
                "treatment": Treatment.EDTA,
                "tested_at": at - timedelta(hours=3),
            }
            for name, mfi in panel.items()
        ],
        by=script.staff.of(Role.HLA_LABORATORY),
        at=at,
        reason="single-antigen bead report",
    )


def _specimen(script: ParticipantScript, code: str) -> Specimen:
    return Specimen.objects.get(trial=script.trial, code=code)
