"""The days in intensive care as a nurse enters them, some days at a time, and the protocol deviations."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.choices import Role
from assessments.choices import DeviationCategory, Importance
from assessments.services import record_assessments, record_deviation
from demonstration.intensive_care import LAST_DAY, days_for
from demonstration.replay.steps import ParticipantScript, ScriptStep
from product.choices import ProductDeviationCategory
from product.services import record_product_deviation

BATCHES = ((0, 0), (1, 3), (4, 7), (8, 14), (15, LAST_DAY))
"""First and last study day of what is entered in one go; of those still on study each day by itself."""
BASELINE_AT, EVENING = 15 * 60, 20 * 60  # minutes after midnight
DECIMALS = ("pao2_mmhg", "fio2_fraction", "peep_cmh2o")
LATE_CHECK_EVERY, LATE_CONSENT_EVERY = 6, 23
"""Every so many participants in the order of enrolment has this deviation (invented)."""


def assessment_steps(scene: ParticipantScript) -> Iterator[ScriptStep]:
    """Days up to the death; of those still on study yesterday and today are not entered yet."""
    person = scene.dated.person
    days = {day: values for day, values in days_for(person, seed=scene.seed).items() if _is_told(scene, day)}
    for first, last in [(day, day) for day in days] if person.is_recent else BATCHES:
        batch = {day: values for day, values in days.items() if first <= day <= last}
        if batch:
            yield ScriptStep(_entered_at(scene, max(batch)), _entry(scene, batch))


def deviation_steps(scene: ParticipantScript) -> Iterator[ScriptStep]:
    """A check entered late, a confirmed consent that came late; under seal, batches that did not meet their release."""
    person = scene.dated.person
    if person.order % LATE_CHECK_EVERY == 0 and person.is_treated:
        text = "Check 45 min after the start of infusion 1 read from the monitor's memory, 2 h late."
        yield _deviation(scene, 1, DeviationCategory.ASSESSMENT, Importance.MINOR, text)
    if person.order % LATE_CONSENT_EVERY == 0:
        text = "Consent of the participant to continue was asked for on day 6 instead of day 3."
        yield _deviation(scene, 6, DeviationCategory.CONSENT, Importance.MAJOR, text)
    for dose in person.doses:
        if not dose.meets_specification:
            yield ScriptStep(scene.dated.moment(dose.day, EVENING), _product_deviation(scene, dose.day))


def _is_told(scene: ParticipantScript, day: int) -> bool:
    person = scene.dated.person
    if not person.is_treated and day > 0:
        return False
    yesterday = scene.now - timedelta(days=1)
    return (
        day == 0
        or not person.is_recent
        or scene.dated.moment(day, 0).date() < yesterday.astimezone(scene.dated.zone).date()
    )


def _entered_at(scene: ParticipantScript, day: int) -> datetime:
    """In the evening; of the day of a death in the morning, before it."""
    if day == 0:
        return scene.dated.moment(day, BASELINE_AT)
    return scene.dated.moment(day, 10 * 60 if day == scene.dated.person.death_day else EVENING)


def _entry(scene: ParticipantScript, batch: Mapping[int, Mapping[str, Any]]) -> Any:
    def record(at: datetime) -> None:
        record_assessments(
            participant=scene.participant(),
            days={_date(scene, day): _fields(scene, values) for day, values in batch.items()},
            by=scene.nurse,
            at=at,
            reason="daily sheet",
        )

    return record


def _fields(scene: ParticipantScript, values: Mapping[str, Any]) -> dict[str, Any]:
    fields = {
        name: Decimal(str(value)) if name in DECIMALS and value is not None else value
        for name, value in values.items()
    }
    for name in ("left_icu", "left_hospital"):
        if f"{name}_day" in fields:
            fields[f"{name}_date"] = _date(scene, fields.pop(f"{name}_day"))
    return fields


def _date(scene: ParticipantScript, day: Any) -> date:
    return scene.dated.day0 + timedelta(days=day)


def _deviation(scene: ParticipantScript, day: int, category: str, importance: str, text: str) -> ScriptStep:
    def record(at: datetime) -> None:
        record_deviation(
            site=scene.site,
            participant=scene.participant(),
            values={
                "category": category,
                "importance": importance,
                "occurred": _date(scene, day).isoformat(),
                "description": text,
                "action_taken": "Team reminded at the next round.",
            },
            by=scene.nurse,
            at=at,
            reason="deviation log",
        )

    return ScriptStep(scene.dated.moment(day, EVENING), record)


def _product_deviation(scene: ParticipantScript, day: int) -> Any:
    def record(at: datetime) -> None:
        record_product_deviation(
            participant=scene.participant(),
            values={
                "category": ProductDeviationCategory.OUT_OF_SPECIFICATION,
                "importance": Importance.MAJOR,
                "occurred": _date(scene, day).isoformat(),
                "description": "Cell count below specification; no other batch in time; benefit judged greater.",
                "action_taken": "Sponsor's quality assurance informed.",
            },
            by=scene.cast.of(Role.CELL_THERAPY_UNIT),
            at=at,
            reason="deviation log of the unit",
        )

    return record
