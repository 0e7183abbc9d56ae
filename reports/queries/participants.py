"""The rows of the frame of participants."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from partial_dates import zone_of
from reports.frames.writing import Row, moment_text
from reports.queries.people import FrameRow, People, number_or_none
from reports.queries.spans import death_day

SCREENED = "screened"


def participant_rows(people: People) -> Iterator[FrameRow]:
    """The frame `participants`; `arm` is filled where the sealed tables were read."""
    sites = {row["id"]: row["code"] for row in people.records["sites"]}
    for pk, row in people.by_id.items():
        given = people.given.get(pk, ())
        yield {
            "participant": str(row["code"]),
            "site": sites[row["site_id"]],
            "sex": row["sex"],
            "screened_at": _start_of(row["screened_date"], people),
            "recorded_at": moment_text(row["recorded_at"]),
            "age_years": number_or_none(row["age_years"]),
            "weight_kg": number_or_none(row["weight_kg"]),
            "treated": bool(given),
            "first_infusion_at": moment_text(_first_start(given)),
            **(_counted(people, pk, row) if pk in people.counted else ENROLLED_LATER),
        }


def _counted(people: People, pk: int, row: Row) -> dict[str, Any]:
    """The facts of participants of the report only."""
    day0: date | None = row["day0_date"]
    return {
        "arm": people.letters.get(pk),
        "received_arm": people.received_letters.get(pk),
        "status": str(row["status"]),
        "enrolled_at": moment_text(row["enrolled_at"]),
        "enrolment_number": row["enrolment_number"],
        "day0": day0.isoformat() if day0 else None,
        "safety_population": row["in_safety_population"],
        "withdrawn_at": _start_of(row["withdrawn_date"], people),
        "completed_at": _start_of(row["completed_date"], people),
        "died": bool(row["has_died"]),
        "death_day": death_day(people, pk),
    }


ENROLLED_LATER: dict[str, Any] = {
    "arm": None,
    "received_arm": None,
    "status": SCREENED,
    "enrolled_at": None,
    "enrolment_number": None,
    "day0": None,
    "safety_population": None,
    "withdrawn_at": None,
    "completed_at": None,
    "died": False,
    "death_day": None,
}
"""For participants enrolled after the look the report has the screening only."""


def _first_start(given: Sequence[Row]) -> datetime | None:
    return min((infusion["started_at"] for infusion in given), default=None)


def _start_of(day: date | None, people: People) -> str | None:
    """The first instant of a day in the trial's zone."""
    if day is None:
        return None
    return moment_text(datetime.combine(day, time.min, tzinfo=zone_of(people.records.zone)))
