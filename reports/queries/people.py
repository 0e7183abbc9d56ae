"""Participants and their strata at the cut-off, for the report's frames."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from events.choices import EventStatus
from partial_dates import local_date
from reports.frames.writing import Row
from reports.queries.records import Records
from trials.choices import InfusionStatus

FrameRow = dict[str, Any]


def number_or_none(value: Any) -> float | None:
    """A decimal as a plain number."""
    return None if value is None else float(value)


@dataclass(frozen=True)
class People:
    """The trial's participants at the cut-off, with the look-ups of every other frame."""

    records: Records

    @cached_property
    def by_id(self) -> Mapping[int, Row]:
        return self.records.by_id("participants")

    @cached_property
    def counted(self) -> frozenset[int]:
        """The participants with more than the screening in the report: not those enrolled after the look."""
        limit = self.records.enrolled_up_to
        return frozenset(pk for pk, row in self.by_id.items() if not _is_later(row, limit))

    @cached_property
    def given(self) -> Mapping[int, tuple[Row, ...]]:
        """The infusions that were started, by participant, in the order of their numbers."""
        given: dict[int, list[Row]] = {}
        for row in sorted(self.records["infusions"], key=lambda row: row["number"]):
            if row["status"] == InfusionStatus.GIVEN and row["participant_id"] in self.counted:
                given.setdefault(row["participant_id"], []).append(row)
        return {pk: tuple(rows) for pk, rows in given.items()}

    @cached_property
    def infusion_by_id(self) -> Mapping[int, Row]:
        return {row["id"]: row for rows in self.given.values() for row in rows}

    @cached_property
    def letters(self) -> Mapping[int, str]:
        """The coded arm of each allocated participant (sealed; empty when nothing sealed was read).

        A participant in an arm without a letter counts as one without allocation.
        """
        by_arm = {row["arm_code"]: row["letter"] for row in self.records["arm_letters"]}
        allocations = (row for row in self.records["allocations"] if row["arm_code"] in by_arm)
        return {row["participant_id"]: by_arm[row["arm_code"]] for row in allocations}

    @cached_property
    def received_letters(self) -> Mapping[int, str]:
        """The coded arm that a participant received, where it differs from the allocated one (sealed)."""
        by_arm = {row["arm_code"]: row["letter"] for row in self.records["arm_letters"]}
        others = (row for row in self.records["allocations"] if row["received_arm_code"] in by_arm)
        return {row["participant_id"]: by_arm[row["received_arm_code"]] for row in others}

    @cached_property
    def enrolled(self) -> tuple[Row, ...]:
        """Those enrolled up to the look, in the order of their ids."""
        rows = (row for pk, row in self.by_id.items() if pk in self.counted)
        return tuple(row for row in rows if row["enrolment_number"] is not None)

    @cached_property
    def without_allocation(self) -> tuple[Row, ...]:
        """The enrolled without an allocation (sealed)."""
        return tuple(row for row in self.enrolled if row["id"] not in self.letters)

    @cached_property
    def events(self) -> Sequence[Row]:
        """The adverse events of the participants of the report, including drafts."""
        return [row for row in self.records["adverse_events"] if row["participant_id"] in self.counted]

    @cached_property
    def recorded_events(self) -> Sequence[Row]:
        """The adverse events without drafts."""
        return [row for row in self.events if row["status"] == EventStatus.RECORDED]

    def code(self, participant_id: int) -> str:
        return str(self.by_id[participant_id]["code"])

    def study_day(self, participant_id: int, moment: datetime | None) -> int | None:
        """The study day of a time: calendar days in the trial's zone after the day of randomisation."""
        day0: date | None = self.by_id[participant_id]["day0_date"]
        if moment is None or day0 is None:
            return None
        return (local_date(moment, self.records.zone) - day0).days

    def local_day(self, moment: datetime) -> str:
        """The calendar day of a moment in the trial's zone, as text."""
        return local_date(moment, self.records.zone).isoformat()

    def certain_day(
        self, participant_id: int, earliest: datetime | None, latest: datetime | None
    ) -> int | None:
        """The study day when both ends of a partial date have the same one, else None."""
        first, last = self.study_day(participant_id, earliest), self.study_day(participant_id, latest)
        return first if first == last else None


def stratum_rows(people: People) -> Iterable[FrameRow]:
    """The frame `participant_strata`."""
    return (
        {
            "participant": row["code"],
            "stratum": str(stratum),
            "level": None if level in (None, "") else str(level),
        }
        for row in people.by_id.values()
        for stratum, level in sorted((row["strata"] or {}).items())
    )


def _is_later(row: Row, limit: int | None) -> bool:
    return limit is not None and row["enrolment_number"] is not None and row["enrolment_number"] > limit
