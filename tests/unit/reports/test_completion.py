"""Completion ends follow-up: in the lanes, in the profiles and in the table of maturity."""

from dataclasses import replace
from datetime import UTC, datetime

from reports.rendering.figures.swimmer import draw_swimmer
from reports.tables.maturity import maturity
from reports.tables.plan import TablePlan
from reports.tables.profiles import profiles
from reports.tables.timeline import timeline
from tests.unit.reports.snapshots import (
    TREATMENT_EMERGENT,
    counts,
    make_event,
    make_frames,
    make_participant,
    make_plan,
)

YEARS_LATER = datetime(2033, 3, 1, tzinfo=UTC)
COMPLETED = {"completed_at": "2020-04-15T22:00:00Z"}
"""The start of 16 April in Paris: day 10."""


def plan_of(**changes: object) -> TablePlan:
    return replace(make_plan(**changes), data_cutoff_at=YEARS_LATER)


def test_lane_of_who_completed_ends_there() -> None:
    frames = make_frames(participants=[make_participant("A0", "A", **COMPLETED)])

    (line,) = timeline(frames, plan_of(event_windows=(TREATMENT_EMERGENT,)))["rows"]

    assert (line["completed_day"], line["followed_to_day"]) == (10, 10)
    drawing = draw_swimmer(timeline(frames, plan_of(event_windows=(TREATMENT_EMERGENT,))))
    assert drawing is not None
    assert "A0 · A: followed to day 10" in drawing.svg
    assert "A0 · A: completed, day 10" in drawing.svg


def test_nobody_waits_for_who_completed_and_person_days_end_there() -> None:
    people = [make_participant("A0", "A", **COMPLETED), make_participant("A1", "A")]

    table = maturity(make_frames(participants=people), plan_of())

    assert counts(table, "ended_before", level="D28")["A"] == (1, 2)
    assert counts(table, "waiting_for", level="D28")["A"] == (0, 2)
    assert counts(table, "follow_up_days", level="to D28")["A"] == (10 + 28, None)


def test_profile_shows_the_completion() -> None:
    frames = make_frames(
        participants=[make_participant("A0", "A", **COMPLETED)],
        adverse_events=[make_event("A0", serious=True)],
    )

    (profile,) = profiles(frames, plan_of()).shown

    assert profile["completed_day"] == 10
