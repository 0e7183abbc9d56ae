"""Follow-up: when each participant's clock stops, and which events have a day on it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from reports.tables.event_rates import event_rates
from reports.tables.follow_up import (
    DatedEvents,
    ParticipantFollowUp,
    dated_events,
    first_events,
    follow_up,
    landmark_days,
)
from reports.tables.plan import TablePlan
from reports.tables.population import population_of
from tests.unit.reports.snapshots import (  # fmt: skip
    TREATMENT_EMERGENT,
    cell,
    counts,
    make_event,
    make_frames,
    make_participant,
    make_plan,
)

# Participants of the factory are randomised on 6 April 2020; day 28 is 4 May. Paris is two hours ahead of UTC.
LATE = datetime(2020, 7, 1, tzinfo=UTC)


def plan_at(cutoff: datetime | None = LATE, **changes: Any) -> TablePlan:
    return replace(make_plan(**changes), data_cutoff_at=cutoff)


def followed(plan: TablePlan, *people: dict[str, Any], **frames: Any) -> ParticipantFollowUp:
    built = make_frames(participants=people, **frames)
    found = follow_up(built, population_of(built, plan), plan)
    assert found is not None
    return found


def dated(
    plan: TablePlan, people: list[dict[str, Any]], events: list[dict[str, Any]]
) -> tuple[ParticipantFollowUp, DatedEvents]:
    frames = make_frames(participants=people, adverse_events=events)
    population = population_of(frames, plan)
    found = follow_up(frames, population, plan)
    assert found is not None
    return found, dated_events(frames, population, found, plan)


@pytest.mark.parametrize(
    ("changes", "cutoff", "end", "has_died"),
    [
        ({}, LATE, 28, False),  # the last day of the windows
        ({}, datetime(2020, 4, 16, 12, tzinfo=UTC), 10, False),  # the cut-off
        ({}, datetime(2020, 4, 16, 22, 30, tzinfo=UTC), 11, False),  # already the next day in Paris
        ({"died": True, "death_day": 9}, LATE, 9, True),
        ({"died": True, "death_day": 28}, LATE, 28, True),  # on the last day
        ({"died": True, "death_day": 29}, LATE, 28, False),  # after it
        ({"withdrawn_at": "2020-04-11T22:00:00Z"}, LATE, 6, False),  # midnight in Paris
        ({"completed_at": "2020-04-25T22:00:00Z"}, LATE, 20, False),
        ({"withdrawn_at": "2020-04-11T22:00:00Z", "died": True, "death_day": 9}, LATE, 6, False),
        ({"withdrawn_at": "2020-04-11T22:00:00Z", "died": True, "death_day": 6}, LATE, 6, True),
        ({"died": True, "death_day": 0}, LATE, 0, True),
    ],
)
def test_clock_stops_at_the_earliest_end(
    changes: dict[str, Any], cutoff: datetime, end: int, has_died: bool
) -> None:
    found = followed(plan_at(cutoff), make_participant("A1", **changes))

    assert (found.end.tolist(), found.has_died.tolist(), found.is_known.tolist()) == (
        [end],
        [has_died],
        [True],
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"treated": False},
        {"day0": None},
        {"died": True},  # on a day that is not known
        {"day0": "2021-04-06"},  # after the cut-off
    ],
)
def test_unknown_follow_up_is_left_out(changes: dict[str, Any]) -> None:
    found = followed(plan_at(), make_participant("A1", **changes), make_participant("A2"))

    assert found.is_known.tolist() == [False, True]
    assert found.person_days(np.array([0, 0]), 3).tolist() == [28, 0, 28]


def test_death_on_an_unknown_day_is_said_and_not_forgotten() -> None:
    found = followed(plan_at(), make_participant("A1", died=True), make_participant("A2"))

    assert (
        "1 of these have died on a day that is not known: the curves are too favourable by as much."
        in found.notes
    )


def test_death_of_unknown_day_after_a_withdrawal_ends_nothing() -> None:
    found = followed(plan_at(), make_participant("A1", died=True, withdrawn_at="2020-04-11T22:00:00Z"))

    assert (found.end.tolist(), found.is_known.tolist(), found.has_died.tolist()) == ([6], [True], [False])


def test_death_after_withdrawal_is_in_no_curve_and_said() -> None:
    found = followed(
        plan_at(), make_participant("A1", died=True, death_day=9, withdrawn_at="2020-04-11T22:00:00Z")
    )

    assert "1 deaths lie after the end of follow-up and are in no curve." in found.notes


def test_day_of_death_is_taken_from_the_deaths_when_the_participant_has_none() -> None:
    found = followed(
        plan_at(), make_participant("A1", died=True), deaths=[{"participant": "A1", "study_day": 12}]
    )

    assert (found.end.tolist(), found.has_died.tolist()) == ([12], [True])


def test_without_a_cut_off_there_is_no_follow_up() -> None:
    frames, plan = make_frames(participants=[make_participant("A1")]), plan_at(None)

    assert follow_up(frames, population_of(frames, plan), plan) is None


def test_open_windows_follow_to_the_cut_off_and_read_curves_at_its_quarters() -> None:
    plan = plan_at(datetime(2020, 7, 15, 12, tzinfo=UTC), event_windows=(TREATMENT_EMERGENT,))

    found = followed(plan, make_participant("A1"))

    assert found.end.tolist() == [100]
    assert landmark_days(plan, found) == (25, 50, 75, 100)
    assert landmark_days(plan_at(), found) == (14, 28)


@pytest.mark.parametrize(
    ("earliest", "latest", "day"),
    [
        (5, 5, 5),
        (5, 8, 8),  # three days apart: the latest
        (5, 9, None),  # four days apart
        (7, 26, 10),  # narrowed to the day of death: 7 to 10
        (6, 26, None),
        (None, 3, 3),  # not recorded, but over on day 3: day 0 to 3
        (None, 4, None),
        (10, 10, 10),  # on the day of death
    ],
)
def test_onset_counts_by_its_latest_day_of_follow_up_when_it_is_known_well_enough(
    earliest: int | None, latest: int, day: int | None
) -> None:
    people = [make_participant("A1", died=True, death_day=10)]
    events = [make_event("A1", onset_earliest_day=earliest, onset_latest_day=latest)]

    _, found = dated(plan_at(), people, events)

    assert found.days.tolist() == ([] if day is None else [day])
    assert len(found.undated) == int(day is None)


def test_event_after_the_end_of_follow_up_is_not_counted_and_said() -> None:
    _, found = dated(plan_at(), [make_participant("A1", died=True, death_day=10)], [make_event("A1", day=12)])

    assert (len(found.days), len(found.undated)) == (0, 0)
    assert found.notes == (
        "1 adverse events began outside their participant's follow-up and are not counted here.",
    )


def test_first_event_is_the_earliest_and_death_before_it_is_no_censoring() -> None:
    people = [make_participant("A1"), make_participant("A2", died=True, death_day=7), make_participant("A3")]
    events = [make_event("A1", 1, day=9), make_event("A1", 2, day=4)]

    follow, found = dated(plan_at(), people, events)
    first = first_events(follow, found, np.ones(2, dtype=bool))

    assert first.times.tolist() == [4, 7, 28]
    assert first.has_event.tolist() == [True, False, False]
    assert first.died_before.tolist() == [False, True, False]


def test_event_on_the_day_of_death_comes_before_it() -> None:
    people, events = [make_participant("A1", died=True, death_day=7)], [make_event("A1", day=7)]

    follow, found = dated(plan_at(), people, events)
    first = first_events(follow, found, np.ones(1, dtype=bool))

    assert (first.has_event.tolist(), first.died_before.tolist()) == ([True], [False])


@pytest.mark.parametrize(("first_dated", "not_evaluable"), [(3, 1), (2, 0), (None, 1)])
def test_participant_whose_undated_event_may_have_been_the_first_is_not_evaluable(
    first_dated: int | None, not_evaluable: int
) -> None:
    # The undated one began somewhere from day 2 to 20.
    events = [make_event("A1", 1, onset_earliest_day=2, onset_latest_day=20)]
    events += [] if first_dated is None else [make_event("A1", 2, day=first_dated)]

    follow, found = dated(plan_at(), [make_participant("A1")], events)
    first = first_events(follow, found, np.ones(len(events), dtype=bool))

    assert (first.not_evaluable, len(first.times)) == (not_evaluable, 1 - not_evaluable)


def test_event_on_an_unknown_day_of_follow_up_counts_in_the_rate_of_events() -> None:
    events = [make_event("A1", 1, onset_earliest_day=2, onset_latest_day=20), make_event("A1", 2, day=3)]

    table = event_rates(make_frames(participants=[make_participant("A1")], adverse_events=events), plan_at())

    assert counts(table, "rate_ae")["A"][0] == 2
    assert cell(table, "rate_ae", arm="A")["exposure"] == cell(table, "rate_sae", arm="A")["exposure"]


def test_event_on_the_day_of_the_dose_has_a_rate() -> None:
    """Everybody has the event on day 0: half a day each at risk, and a rate with its limits."""
    people = [make_participant(f"{arm}{i}", arm) for arm in "AB" for i in range(2)]
    events = [make_event(person["participant"], day=0) for person in people]

    table = event_rates(make_frames(participants=people, adverse_events=events), plan_at())

    found = cell(table, "incidence_ae", arm="A")
    assert (found["count"], found["exposure"], found["estimate"]) == (2, 1, 2.0)
    assert found["ci_low"] is not None
    assert cell(table, "rate_ae", arm="A")["exposure"] == 56
    assert "half a day" in " ".join(table["notes"])


def test_whoever_died_on_day_0_was_at_risk_for_half_of_it() -> None:
    people = [make_participant("A0", "A", died=True, death_day=0), make_participant("B0", "B")]

    table = event_rates(make_frames(participants=people, adverse_events=[make_event("B0", day=3)]), plan_at())

    assert cell(table, "incidence_ae", arm="A")["exposure"] == 0.5
