from typing import Any

import numpy as np
import pytest

from reports.tables.ae_overview import ae_overview
from reports.tables.event_windows import NO_DAY, windowed_events, within_days
from reports.tables.population import population_of
from tests.unit.reports.snapshots import (
    TREATMENT_EMERGENT,
    counts,
    make_event,
    make_frames,
    make_participant,
    make_plan,
)
from trials.rules.protocol import EventWindow

D0_D14 = EventWindow("D0-D14", "D0 to D14", "days", 0, 14, "test")
FIRST_INFUSION = "2020-04-07T08:00:00Z"


@pytest.mark.parametrize(
    ("earliest", "latest", "inside", "undecided"),
    [
        (-1, -1, False, False),
        (0, 0, True, False),
        (14, 14, True, False),
        (15, 15, False, False),
        (14, 15, False, True),  # partial: by the latest moment
        (-3, 0, True, True),
        (2, 9, True, False),
        (-40, -2, False, False),
        (-5, 30, False, True),
        (20, 28, False, False),
        (None, None, False, False),
        (None, 5, True, True),  # not recorded: may have begun long before
    ],
)
def test_days_are_counted_with_both_ends(
    earliest: int | None, latest: int | None, inside: bool, undecided: bool
) -> None:
    first, last = (np.array([NO_DAY if day is None else day]) for day in (earliest, latest))

    found, unsettled = within_days(first, last, D0_D14)

    assert (bool(found[0]), bool(unsettled[0])) == (inside, undecided)


def test_open_ends_have_no_limit() -> None:
    days = np.array([-400, 0, 4000])

    found, _ = within_days(days, days, EventWindow("any", "Any", "days", None, None, "test"))

    assert found.tolist() == [True, True, True]


@pytest.mark.parametrize(
    ("changes", "inside", "undecided"),
    [
        ({"onset_earliest_at": "2020-04-07T07:59:59Z", "onset_latest_at": "2020-04-07T07:59:59Z"}, False, 0),
        ({"onset_earliest_at": FIRST_INFUSION, "onset_latest_at": FIRST_INFUSION}, True, 0),
        ({"onset_earliest_at": "2020-04-08T00:00:00Z", "onset_latest_at": "2020-04-08T23:59:59Z"}, True, 0),
        ({"onset_earliest_at": "2020-04-01T00:00:00Z", "onset_latest_at": "2020-04-30T23:59:59Z"}, True, 1),
        ({"onset_earliest_at": "2020-03-01T00:00:00Z", "onset_latest_at": "2020-03-31T23:59:59Z"}, False, 0),
        ({}, True, 1),
        ({"treatment_emergent": False, "onset_latest_at": "2020-04-09T00:00:00Z"}, False, 0),
        ({"treatment_emergent": True, "onset_latest_at": "2020-01-09T00:00:00Z"}, True, 0),
        ({"treatment_emergent": True}, True, 0),
    ],
)
def test_treatment_emergent_is_the_flag_else_the_latest_onset(
    changes: dict[str, Any], inside: bool, undecided: int
) -> None:
    people = [make_participant("1", first_infusion_at=FIRST_INFUSION)]
    frames = make_frames(participants=people, adverse_events=[make_event("1", day=None, **changes)])

    found = windowed_events(frames, population_of(frames, make_plan()), (TREATMENT_EMERGENT,))

    assert found.inside[0].tolist() == [inside]
    assert found.undecided == (undecided,)


def test_event_counts_in_every_window_it_falls_in() -> None:
    frames = make_frames(
        participants=[make_participant("1")],
        adverse_events=[make_event("1", day=3, treatment_emergent=True), make_event("1", 2, day=20)],
    )
    plan = make_plan(event_windows=(D0_D14, TREATMENT_EMERGENT))

    table = ae_overview(frames, plan)

    assert counts(table, "ae", window="D0-D14")["total"] == (1, 1)
    assert counts(table, "ae", window="treatment-emergent")["total"] == (2, 2)


def test_what_the_windows_leave_out_is_said() -> None:
    events = [make_event("1", i, day=day) for i, day in enumerate((3, -2, 29, None))]
    late = make_event("1", 9, onset_earliest_day=10, onset_latest_day=40)
    frames = make_frames(participants=[make_participant("1")], adverse_events=[*events, late])

    notes = ae_overview(frames, make_plan())["notes"]

    assert any(note.startswith("4 adverse events of treated participants fall in none") for note in notes)
    assert any(note.startswith("1 of these have no recorded onset") for note in notes)
    assert sum("1 adverse events with a partial or missing onset" in note for note in notes) == 2
