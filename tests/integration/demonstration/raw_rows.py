"""The rows of a trial at a cut-off, read from its trail by plain SQL: for tests that count again by other means."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from trials.models import Trial

ZONE = ZoneInfo("Europe/Paris")
LAST = 28
Row = dict[str, Any]


def moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@dataclass
class Raw:
    """The trial's rows at one cut-off."""

    trial: Trial
    cutoff: datetime

    def __post_init__(self) -> None:
        self.people = {row["id"]: row for row in self.rows("trials_participant")}
        self.day0 = {
            pk: date.fromisoformat(row["day0_date"]) for pk, row in self.people.items() if row["day0_date"]
        }
        given = [
            row for row in self.rows("trials_infusion") if row["status"] == "given" and not row["voided_at"]
        ]
        self.starts = defaultdict(list)
        for row in given:
            self.starts[row["participant_id"]].append(moment(row["started_at"]))
        self.enrolled = {pk for pk, row in self.people.items() if row["enrolment_number"]}
        self.treated = self.enrolled & set(self.starts)
        self.arm = dict(
            sql(
                "SELECT a.participant_id, l.letter FROM product_allocation a JOIN product_armletter l"
                " ON l.trial_id = a.trial_id AND l.arm_code = a.arm_code WHERE a.trial_id = %s",
                self.trial.pk,
            )
        )
        known = sql("SELECT id, soc, term FROM events_ctcaeterm")
        self.terms = {pk: (soc, term) for pk, soc, term in known}
        events = self.rows("events_adverseevent")
        self.recorded = [row for row in events if row["status"] == "recorded" and not row["voided_at"]]
        for row in self.recorded:
            row["day"] = self.day(row["participant_id"], row["onset_latest_at"])
        self.events = [
            row for row in self.recorded
            if row["participant_id"] in self.treated and row["day"] is not None and 0 <= row["day"] <= LAST
        ]  # fmt: skip
        self.end = {pk: self._end(pk) for pk in self.treated}
        self.died = {pk for pk in self.treated if self.death_day(pk) == self.end[pk]}

    def rows(self, table: str) -> list[Row]:
        """Each row as its last entry up to the cut-off has it."""
        found = sql(
            "SELECT DISTINCT ON (row_id) new::text FROM audit_entry WHERE table_name = %s AND trial_id = %s AND at <= %s"
            " ORDER BY row_id, id DESC",
            table, self.trial.pk, self.cutoff,
        )  # fmt: skip
        return [json.loads(new) for (new,) in found]

    def day(self, pk: int, text: str | None) -> int | None:
        return None if text is None else (moment(text).astimezone(ZONE).date() - self.day0[pk]).days

    def death_day(self, pk: int) -> int | None:
        return self.day(pk, self.people[pk]["died_latest_at"]) if self.people[pk]["has_died"] else None

    def left_days(self, pk: int, *names: str) -> list[int]:
        texts = [self.people[pk][name] for name in names if self.people[pk][name]]
        days = [(date.fromisoformat(text) - self.day0[pk]).days for text in texts]
        death = self.death_day(pk)
        return days if death is None else [*days, death]

    def today(self, pk: int) -> int:
        return (self.cutoff.astimezone(ZONE).date() - self.day0[pk]).days

    def _end(self, pk: int) -> int:
        return min([*self.left_days(pk, "withdrawn_date", "completed_date"), self.today(pk), LAST])

    def of(self, arm: str, people: Iterable[int]) -> list[int]:
        return [pk for pk in people if arm == "total" or self.arm[pk] == arm]

    def in_arm(self, arm: str, events: Iterable[Row]) -> list[Row]:
        return [row for row in events if arm == "total" or self.arm[row["participant_id"]] == arm]


def sql(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
