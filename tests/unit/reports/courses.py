"""Participants with days in intensive care, for the tests of results."""

from collections.abc import Mapping
from typing import Any

from reports.frames import Frames
from tests.unit.reports.snapshots import make_frames, make_participant

Row = dict[str, Any]


def make_stay(code: str, **changes: Any) -> Row:
    """The follow-up of a participant: alive on day 28 and 30 days in the trial unless given otherwise."""
    row = {"participant": code, "died": False, "last_alive_day": 28, "cutoff_day": 30}
    return row | changes


def make_days(code: str, ratios: Mapping[int, float], **changes: Any) -> list[Row]:
    """One row per day with its ratio."""
    return [
        {"participant": code, "study_day": day, "pf_ratio": ratio, "pf_is_given": False} | changes
        for day, ratio in ratios.items()
    ]


def frames_of(arms: Mapping[str, str], *, stays: list[Row] | None = None, days: list[Row]) -> Frames:
    """Frames of participants by code and arm; each is followed to day 28 unless `stays` says otherwise."""
    people = [make_participant(code, arm) for code, arm in arms.items()]
    return make_frames(
        participants=people,
        follow_up=stays if stays is not None else [make_stay(code) for code in arms],
        daily_assessments=days,
    )
