"""The participants as the report's frame wants them."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import numpy as np

from partial_dates import zone_of
from reports.frames.held import (
    UNKNOWN,
    Held,
    Integers,
    MomentTexts,
    Plain,
    Values,
    Wholes,
    Words,
    flags_of,
    mapped,
    microseconds,
    moment_text,
    words_of,
)
from reports.queries.people import People, number_or_none
from reports.queries.spans import death_day


def participant_rows(people: People) -> Held:
    """The frame `participants`; `arm` is filled when the sealed tables were read."""
    rows = people.records["participants"]
    if not rows:
        return rows
    is_counted = np.array([pk in people.counted for pk in people.by_id], dtype=bool)
    sites = {row["id"]: row["code"] for row in people.records["sites"]}
    columns = {
        "participant": Words(np.arange(len(rows)), people.codes),
        "site": mapped(sites.__getitem__, rows.words("site_id")),
        "sex": rows.columns["sex"],
        "screened_at": mapped(lambda day: _start_of(day, people), rows.words("screened_date")),
        "recorded_at": MomentTexts(rows.numbers("recorded_at")),
        **{name: _decimals(rows.columns[name]) for name in ("age_years", "weight_kg")},
        **_of_treatment(people),
    }
    return Held({**columns, **_of_counted(people, rows, flags_of(is_counted))})


def _of_counted(people: People, rows: Held, is_counted: Words) -> dict[str, Values]:
    """What is said of those who count alone; the others stand as screened."""

    def counted(name: str, function: Callable[[Any], Any], otherwise: Any = None) -> Words:
        return mapped(
            lambda value, counts: function(value) if counts else otherwise, rows.words(name), is_counted
        )

    is_in = is_counted.where(bool)
    letters = words_of([people.letters.get(pk) for pk in people.by_id])
    received = words_of([people.received_letters.get(pk) for pk in people.by_id])
    return {
        "arm": mapped(lambda letter, counts: letter if counts else None, letters, is_counted),
        "received_arm": mapped(lambda letter, counts: letter if counts else None, received, is_counted),
        "status": counted("status", str, "screened"),
        "enrolled_at": MomentTexts(np.where(is_in, rows.numbers("enrolled_at"), UNKNOWN)),
        "enrolment_number": counted("enrolment_number", _itself),
        "day0": counted("day0_date", lambda day: day.isoformat() if day else None),
        "safety_population": counted("in_safety_population", _itself),
        "withdrawn_at": counted("withdrawn_date", lambda day: _start_of(day, people)),
        "completed_at": counted("completed_date", lambda day: _start_of(day, people)),
        "died": counted("has_died", bool, False),
        "death_day": Wholes(np.where(is_in, _death_days(people), UNKNOWN)),
    }


def _of_treatment(people: People) -> dict[str, Values]:
    starts = (
        min((one["started_at"] for one in people.given.get(pk, ())), default=None) for pk in people.by_id
    )
    firsts = [UNKNOWN if start is None else microseconds(start) for start in starts]
    return {
        "treated": flags_of(np.array([bool(people.given.get(pk)) for pk in people.by_id], dtype=bool)),
        "first_infusion_at": MomentTexts(np.array(firsts, dtype=np.int64)),
    }


def _death_days(people: People) -> Integers:
    """The study day of each death, where only one is possible."""
    days = (death_day(people, pk) if row["has_died"] else None for pk, row in people.by_id.items())
    return np.array([UNKNOWN if day is None else day for day in days], dtype=np.int64)


def _decimals(column: Values) -> Plain:
    return Plain([number_or_none(value) for value in column.listed()])


def _itself(value: Any) -> Any:
    return value


def _start_of(day: date | None, people: People) -> str | None:
    """The first instant of a day in the trial's zone."""
    if day is None:
        return None
    return moment_text(datetime.combine(day, time.min, tzinfo=zone_of(people.records.zone)))
