"""The days in intensive care as a nurse enters them, some days together, and the protocol deviations."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.choices import Role
from assessments.choices import DeviationCategory, Importance
from assessments.services import record_assessments, record_deviation
from demonstration.intensive_care import LAST_DAY, days_for
from demonstration.replay.script import ParticipantScript, ScriptStep
from product.choices import ProductDeviationCategory
from product.services import record_product_deviation

BATCHES = ((0, 0), (1, 3), (4, 7), (8, 14), (15, LAST_DAY))
"""First and last study day of what is entered in one go; of those still on study each day by itself."""
BASELINE_AT, EVENING = 15 * 60, 20 * 60  # minutes after midnight
DECIMALS = ("pao2_mmhg", "fio2_fraction", "peep_cmh2o")
LATE_CHECK_EVERY, LATE_CONSENT_EVERY = 6, 23
"""Every so many participants in the order of enrolment has this deviation (invented)."""


def assessment_steps(script: ParticipantScript) -> Iterator[ScriptStep]:
    """Days up to the death; for those still on study yesterday and today are not entered yet."""
    person = script.dated.person
    days = {
        day: values for day, values in days_for(person, seed=script.seed).items() if _is_told(script, day)
    }
    for first, last in [(day, day) for day in days] if person.is_recent else BATCHES:
        batch = {day: values for day, values in days.items() if first <= day <= last}
        if batch:
            yield ScriptStep(_entered_at(script, max(batch)), _entry(script, batch))


def deviation_steps(script: ParticipantScript) -> Iterator[ScriptStep]:
    """A check entered late, a consent confirmed late; under seal, batches that did not meet their release."""
    person = script.dated.person
    if person.order % LATE_CHECK_EVERY == 0 and person.is_treated:
        text = "Check 45 min after the start of infusion 1 read from the monitor's memory, 2 h late."
        yield _deviation(script, 1, DeviationCategory.ASSESSMENT, Importance.MINOR, text)
    if person.order % LATE_CONSENT_EVERY == 0:
        text = "Consent of the participant to continue was asked for on day 6 instead of day 3."
        yield _deviation(script, 6, DeviationCategory.CONSENT, Importance.MAJOR, text)
    for dose in person.doses:
        if not dose.meets_specification:
            yield ScriptStep(script.dated.moment(dose.day, EVENING), _product_deviation(script, dose.day))


def _is_told(script: ParticipantScript, day: int) -> bool:
    person = script.dated.person
    if not person.is_treated and day > 0:
        return False
    yesterday = script.now - timedelta(days=1)
    return (
        day == 0
        or not person.is_recent
        or script.dated.moment(day, 0).date() < yesterday.astimezone(script.dated.zone).date()
    )


def _entered_at(script: ParticipantScript, day: int) -> datetime:
    """In the evening; on the day of a death in the morning, before it."""
    if day == 0:
        return script.dated.moment(day, BASELINE_AT)
    return script.dated.moment(day, 10 * 60 if day == script.dated.person.death_day else EVENING)


def _entry(script: ParticipantScript, batch: Mapping[int, Mapping[str, Any]]) -> Any:
    def record(at: datetime) -> None:
        record_assessments(
            participant=script.participant(),
            days={_date(script, day): _fields(script, values) for day, values in batch.items()},
            by=script.nurse,
            at=at,
            reason="daily sheet",
        )

    return record


def _fields(script: ParticipantScript, values: Mapping[str, Any]) -> dict[str, Any]:
    fields = {
        name: Decimal(str(value)) if name in DECIMALS and value is not None else value
        for name, value in values.items()
    }
    for name in ("left_icu", "left_hospital"):
        if f"{name}_day" in fields:
            fields[f"{name}_date"] = _date(script, fields.pop(f"{name}_day"))
    return fields


def _date(script: ParticipantScript, day: Any) -> date:
    return script.dated.day0 + timedelta(days=day)


def _deviation(script: ParticipantScript, day: int, category: str, importance: str, text: str) -> ScriptStep:
    def record(at: datetime) -> None:
        record_deviation(
            site=script.site,
            participant=script.participant(),
            values={
                "category": category,
                "importance": importance,
                "occurred": _date(script, day).isoformat(),
                "description": text,
                "action_taken": "Team reminded at the next round.",
            },
            by=script.nurse,
            at=at,
            reason="deviation log",
        )

    return ScriptStep(script.dated.moment(day, EVENING), record)


def _product_deviation(script: ParticipantScript, day: int) -> Any:
    def record(at: datetime) -> None:
        record_product_deviation(
            participant=script.participant(),
            values={
                "category": ProductDeviationCategory.OUT_OF_SPECIFICATION,
                "importance": Importance.MAJOR,
                "occurred": _date(script, day).isoformat(),
                "description": "Cell count below specification; no other batch in time; benefit judged greater.",
                "action_taken": "Sponsor's quality assurance informed.",
            },
            by=script.staff.of(Role.CELL_THERAPY_UNIT),
            at=at,
            reason="deviation log of the unit",
        )

    return record
