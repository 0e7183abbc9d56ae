"""Further tables for a decision: maturity, seriousness, consequences, strata, the hours after infusions."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from reports.frames import frames_from
from reports.tables.after_infusion import events_after_infusion
from reports.tables.antibodies import antibodies
from reports.tables.antibody_changes import antibody_changes
from reports.tables.changes import changes_since_last_look
from reports.tables.consequences import ae_consequences
from reports.tables.enrolment import enrolment
from reports.tables.exposure import exposure
from reports.tables.haemodynamic_course import haemodynamic_course
from reports.tables.maturity import maturity
from reports.tables.profiles import MOST_PROFILES, profiles
from reports.tables.seriousness import ae_seriousness
from reports.tables.strata import ae_by_stratum
from reports.tables.timeline import MOST_LANES, timeline
from tests.unit.reports.snapshots import cell, counts, make_event, make_frames, make_participant, make_plan
from trials.rules.protocol import EnrolmentPace

DAY0 = datetime(2020, 4, 6, tzinfo=UTC)


def plan_on_day(day: int, **changes: Any) -> Any:
    return replace(make_plan(**changes), data_cutoff_at=DAY0 + timedelta(days=day, hours=12))


@pytest.mark.parametrize(
    ("changes", "cutoff_day", "complete", "days"),
    [
        ({}, 13, 0, 13),
        ({}, 14, 0, 14),  # the day goes on: what happens this evening belongs to the window
        ({}, 15, 1, 14),
        ({"died": True, "death_day": 14}, 14, 1, 14),
        ({"died": True, "death_day": 5}, 9, 1, 5),
        ({"died": True, "death_day": None}, 30, 0, 0),  # died, nobody knows when
        ({"withdrawn_at": "2020-04-09T22:00:00Z"}, 9, 1, 4),  # 10 April in Paris
        ({"day0": None}, 30, 0, 0),
    ],
)
def test_maturity_asks_who_was_followed_to_the_day(
    changes: dict[str, Any], cutoff_day: int, complete: int, days: int
) -> None:
    frames = make_frames(participants=[make_participant("1", "A", **changes)])

    table = maturity(frames, plan_on_day(cutoff_day))

    assert counts(table, "complete_to", level="D14")["A"] == (complete, 1)
    assert counts(table, "waiting_for", level="D14")["A"] == (1 - complete, 1)
    assert counts(table, "follow_up_days", level="to D14")["A"] == (days, None)


def test_seriousness_counts_each_criterion_of_serious_events_alone() -> None:
    events = [
        make_event("1", 1, serious=True, life_threatening=True, hospitalisation=True),
        make_event("1", 2, serious=True, life_threatening=True),
        make_event("2", 1, serious=False, life_threatening=True),
        make_event("2", 2, serious=True),
    ]
    frames = make_frames(
        participants=[make_participant("1", "A"), make_participant("2", "B")], adverse_events=events
    )

    table = ae_seriousness(frames, make_plan())

    where = {"level": "life_threatening", "window": "D0-D14"}
    assert counts(table, "participants_by_criterion", **where) == {"A": (1, 1), "B": (0, 1), "total": (1, 2)}
    assert counts(table, "sae_by_criterion", **where) == {"A": (2, 2), "B": (0, 1), "total": (2, 3)}
    assert "1 serious events have no criterion answered with yes." in table["notes"]


def test_consequences_count_what_is_not_excluded_as_related() -> None:
    events = [
        make_event("1", 1, causality="UNDETERMINED", action_taken="DRUG WITHDRAWN", grade=3),
        make_event("2", 1, causality=None, serious=True, action_taken="DRUG INTERRUPTED"),
        make_event("3", 1, causality="OTHER_DISEASE", outcome="FATAL"),
    ]
    frames = make_frames(participants=[make_participant(c, "A") for c in "123"], adverse_events=events)

    table = ae_consequences(frames, make_plan())

    found = {measure: counts(table, measure, window="D0-D14")["A"] for measure in table["measures"]}
    assert found == {
        "participants_with_ae_discontinuation": (1, 3),
        "participants_with_ae_interruption": (1, 3),
        "participants_with_fatal_ae": (1, 3),
        "participants_with_related_ae": (2, 3),
        "participants_with_related_sae_in_window": (1, 3),
        "participants_with_grade_3_ae": (1, 3),
    }


def test_strata_divide_the_treated_and_keep_those_without_a_level_apart() -> None:
    people = [make_participant(c, "A") for c in "123"]
    strata = [
        {"participant": code, "stratum": "AGE", "level": level}
        for code, level in (("1", "AGE_OVER_70"), ("2", "AGE_UP_TO_70"))
    ]
    frames = make_frames(
        participants=people,
        participant_strata=strata,
        adverse_events=[make_event("1", 1, serious=True), make_event("3", 1)],
    )

    table = ae_by_stratum(frames, make_plan())

    assert counts(table, "AGE_with_sae", level="AGE:AGE_OVER_70")["A"] == (1, 1)
    assert counts(table, "AGE_with_ae", level="AGE:AGE_UP_TO_70")["A"] == (0, 1)
    assert counts(table, "AGE_with_ae", level="MISSING")["A"] == (1, 1)


def test_events_soon_after_an_infusion_by_preformed_antibodies() -> None:
    events = [
        make_event("1", 1, infusion_number=1, hours_after_infusion=24.0),
        make_event("2", 1, infusion_number=1, hours_after_infusion=24.1),
        make_event("3", 1, infusion_number=1, hours_after_infusion=None, serious=True),
        make_event("4", 1, infusion_number=1, hours_after_infusion=0.0, serious=True),
        make_event("3", 2, hours_after_infusion=None, onset_latest_at="2020-04-07T08:00:00Z"),
        make_event("3", 3, hours_after_infusion=None, onset_latest_at="2020-04-07T07:59:00Z"),
    ]
    content = {
        "participants": [make_participant(c, "A") for c in "1234"],
        "adverse_events": events,
        "antibodies": [
            {"participant": "1", "preformed_dsa": True},
            {"participant": "2", "preformed_dsa": False},
        ],
    }

    table = events_after_infusion(frames_from(content), make_plan())

    measure = "participants_with_ae_after_infusion"
    assert counts(table, measure, level=None)["A"] == (2, 4)
    assert counts(table, measure, level="preformed")["A"] == (1, 1)
    assert counts(table, measure, level="no_preformed")["A"] == (0, 1)
    assert counts(table, measure, level="preformed_unknown")["A"] == (1, 2)
    assert any(
        "For 2 adverse events that may have followed an infusion the hours are not known" in note
        for note in table["notes"]
    )
    open_table = events_after_infusion(frames_from(content), make_plan().opened())
    assert {c["level"] for c in open_table["cells"]} == {None}


def test_antibodies_name_every_denominator_on_the_way_to_de_novo() -> None:
    judged = {
        "baseline_evaluable": True,
        "followup_evaluable": True,
        "anti_hla_before": False,
        "anti_hla_after": True,
    }
    rows = [
        {"participant": "1", "preformed_dsa": False, "de_novo_dsa": True, **judged},
        {"participant": "2", "preformed_dsa": True, "de_novo_dsa": False, **judged | {"anti_hla_before": True}},
        {"participant": "3", "preformed_dsa": None, "de_novo_dsa": None, "indeterminate": True, **judged},
        {"participant": "4", "preformed_dsa": False, "baseline_evaluable": True, "followup_evaluable": False},
    ]  # fmt: skip
    frames = make_frames(participants=[make_participant(c, "A") for c in "12345"], antibodies=rows)

    table = antibodies(frames, make_plan())

    found = {
        m: counts(table, m)["A"] for m in ("exposed", "baseline_evaluable", "followup_evaluable", "at_risk")
    }
    assert found == {
        "exposed": (5, None),
        "baseline_evaluable": (4, 5),
        "followup_evaluable": (3, 5),
        "at_risk": (1, 5),
    }
    assert counts(table, "de_novo_of_those_at_risk")["A"] == (1, 1)
    assert counts(table, "new_anti_hla")["A"] == (2, 2)
    assert counts(table, "participants_with_indeterminate_dsa")["A"] == (1, 1)


def test_antibody_changes_are_listed_with_their_fold_and_never_in_an_open_report() -> None:
    targets = [
        {
            "participant": "1",
            "specificity": "A*01:01",
            "hla_class": "I",
            "baseline_mfi": 400.0,
            "last_mfi": 1000.0,
        },
        {
            "participant": "1",
            "specificity": "B*07:02",
            "hla_class": "I",
            "baseline_mfi": 10.0,
            "last_mfi": 499.0,
        },
        {
            "participant": "1",
            "specificity": "B*08:01",
            "hla_class": "I",
            "baseline_mfi": 0.0,
            "last_mfi": 900.0,
        },
    ]
    frames = make_frames(participants=[make_participant("1", "A")], dsa_findings=targets)

    rows = antibody_changes(frames, make_plan())["rows"]

    assert [(row["specificity"], row["fold"]) for row in rows] == [("A*01:01", 2.5), ("B*08:01", None)]
    assert "rows" not in antibody_changes(frames, make_plan().opened())


def test_changes_since_the_last_look_show_old_and_new() -> None:
    changes = [
        {"participant": "1", "event": 1, "what": "grade", "before": "2", "now": "4"},
        {"participant": "1", "event": 1, "what": "causality", "before": None, "now": "POSSIBLE"},
        {"participant": "1", "event": 2, "what": "voided", "before": "Hypotension", "now": None},
    ]
    frames = make_frames(
        participants=[make_participant("1", "A")], adverse_events=[make_event("1", 1)], event_changes=changes
    )

    table = changes_since_last_look(frames, make_plan(previous_cutoff_at=DAY0))

    assert counts(table, "changed_events")["A"] == (2, None)
    assert [(r["event"], r["what"], r["before"], r["now"], r["term"]) for r in table["rows"]] == [
        (1, "Cause", None, "Possible", "Hypotension"),
        (1, "Grade", "2", "4", "Hypotension"),
        (2, "Event voided", "Hypotension", None, None),
    ]


def test_doses_are_compared_with_the_weight_up_to_the_cap() -> None:
    weights, cells = {"1": 60.0, "2": 100.0, "3": None}, {"1": 60.0, "2": 40.0, "3": 50.0}
    people = [make_participant(code, "A", weight_kg=weight) for code, weight in weights.items()]
    doses = [
        {"participant": code, "infusion_number": 1, "batch": "X", "cells_million": dose}
        for code, dose in cells.items()
    ]
    frames = make_frames(participants=people, doses=doses, batches=[{"batch": "X", "donor": "D1"}])

    table = exposure(frames, make_plan())

    assert cell(table, "cells_million_per_kg", arm="A")["max"] == 1.0
    assert cell(table, "dose_percent_of_planned", arm="A")["min"] == 50.0  # of the cap, 80 million
    assert cell(table, "dose_percent_of_planned", arm="A")["count"] == 2
    assert counts(table, "batches_used")["A"] == counts(table, "donors_used")["A"] == (1, None)
    assert "For 1 doses the weight is not known: they are in no figure per kg." in table["notes"]


def test_a_reading_belongs_to_the_nearest_check_within_its_tolerance() -> None:
    readings = [
        {"participant": "1", "infusion_number": 1, "minutes": minutes, "map_mmhg": value}
        for minutes, value in ((-29.0, 70.0), (-5.0, 60.0), (16.0, 80.0), (19.0, 10.0), (22.0, 99.0))
    ]
    frames = make_frames(participants=[make_participant("1", "A")], haemodynamic_readings=readings)

    table = haemodynamic_course(frames, make_plan())

    assert cell(table, "map_mmhg", level="-15 min", arm="A")["median"] == 60.0
    assert cell(table, "map_mmhg", level="+15 min", arm="A")["median"] == 80.0
    assert cell(table, "map_mmhg", level="+30 min", arm="A")["count"] == 0
    assert cell(table, "heart_rate_bpm", level="+15 min", arm="A")["count"] == 0


def test_planned_pace_gives_the_expected_number_up_to_the_planned_one() -> None:
    pace = EnrolmentPace(Decimal(10), date(2020, 4, 1), "the protocol")
    frames = make_frames(participants=[make_participant("1", "A")])

    table = enrolment(frames, plan_on_day(60, enrolment_pace=pace, planned_participants=15))

    assert table["curve"] == [{"date": "2020-04-06", "enrolled": 1, "expected": 2.0}]
    assert counts(table, "expected_by_now") == {"total": (15, None)}
    assert "expected_by_now" not in {c["measure"] for c in enrolment(frames, plan_on_day(60))["cells"]}


def make_crowd(size: int) -> dict[str, Any]:
    return {
        "participants": [make_participant(f"{i:04}", "A") for i in range(size)],
        "adverse_events": [
            make_event(f"{i:04}", 1, serious=True, recorded_at=f"2020-05-01T{i // 60:02}:{i % 60:02}:00Z")
            for i in range(0, size, 2)
        ],
    }


def test_lanes_and_profiles_are_bounded_and_say_what_is_left_out() -> None:
    frames = frames_from(make_crowd(200))

    lanes = timeline(frames, make_plan())
    found = profiles(frames, make_plan())

    assert len(lanes["rows"]) == MOST_LANES
    assert all(row["serious_days"] for row in lanes["rows"])
    assert any(note.startswith("140 more treated participants are left out") for note in lanes["notes"])
    assert len(found.shown) == MOST_PROFILES
    assert found.left_out == 100 - MOST_PROFILES
    assert found.shown[-1]["participant"] == "0198"  # the newest serious events come first


def test_profiles_of_an_open_report_tell_no_arm_and_no_subgroup() -> None:
    frames = make_frames(
        participants=[make_participant("1", "A", age_years=71.0)],
        adverse_events=[make_event("1", 1, serious=True, verbatim="shock after the cells")],
        infusions=[{"participant": "1", "number": 1, "interrupted": True, "study_day": 1}],
    )

    (closed,) = profiles(frames, make_plan()).shown
    (opened,) = profiles(frames, make_plan().opened()).shown

    assert (closed["arm"], closed["age_years"], closed["infusions"][0]["interrupted"]) == ("A", 71.0, True)
    assert not {"arm", "age_years", "sex", "targets"} & set(opened)
    assert "interrupted" not in opened["infusions"][0]
    assert "cells" not in str(closed["events"])
