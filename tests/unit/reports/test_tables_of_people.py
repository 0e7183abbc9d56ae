"""Enrolment, baseline, exposure and deaths, each on a few participants."""

from typing import Any

import pytest

from reports.frames import Frames
from reports.tables import arms_summary
from reports.tables.baseline import baseline
from reports.tables.deaths import deaths
from reports.tables.enrolment import enrolment
from reports.tables.exposure import exposure
from tests.unit.reports.snapshots import cell, counts, make_event, make_frames, make_participant, make_plan

Row = dict[str, Any]


def make_infusion(participant: str, number: int = 1, **changes: Any) -> Row:
    return {"participant": participant, "number": number, "interrupted": False, "volume_ml": 150.0} | changes


def test_enrolment_counts_stages_and_sites() -> None:
    frames = make_frames(participants=[
        make_participant("1", "A", site="01"),
        make_participant("2", "B", site="02", treated=False, withdrawn_at="2020-05-01T00:00:00Z"),
        make_participant("3", None, site="02", treated=False, enrolled_at=None, day0=None),
    ])  # fmt: skip

    table = enrolment(frames, make_plan())

    assert counts(table, "screened", level=None) == {"total": (3, None)}
    assert counts(table, "enrolled") == {"A": (1, 1), "B": (1, 1), "total": (2, 3)}
    assert counts(table, "treated") == {"A": (1, 1), "B": (0, 1), "total": (1, 2)}
    assert counts(table, "withdrawn")["B"] == (1, 1)
    assert counts(table, "enrolled_by_site", level="02") == {"A": (0, 1), "B": (1, 1), "total": (1, 2)}


def test_enrolment_curve_is_cumulative_by_day_in_the_trials_zone() -> None:
    moments = ("2020-04-06T08:00:00Z", "2020-04-06T22:30:00Z", "2020-04-09T08:00:00Z")
    people = [make_participant(str(i), enrolled_at=moment) for i, moment in enumerate(moments)]

    table = enrolment(make_frames(participants=people), make_plan(timezone="Europe/Paris"))

    assert table["curve"] == [
        {"date": "2020-04-06", "enrolled": 1}, {"date": "2020-04-07", "enrolled": 2}, {"date": "2020-04-09", "enrolled": 3},
    ]  # fmt: skip


def test_arms_summary_names_the_arms_or_the_total() -> None:
    frames = make_frames(participants=[make_participant("1", "A"), make_participant("2", "B", treated=False)])

    assert arms_summary(frames, make_plan()) == [
        {"code": "A", "enrolled": 1, "treated": 1}, {"code": "B", "enrolled": 1, "treated": 0}
    ]  # fmt: skip
    assert arms_summary(frames, make_plan().opened()) == [{"code": "total", "enrolled": 2, "treated": 1}]


def test_baseline_summarises_age_sex_and_strata() -> None:
    people = [
        make_participant(code, "A", age_years=age, sex=sex)
        for code, age, sex in (("1", 50.0, "F"), ("2", 70.0, "M"), ("3", None, None), ("4", 60.0, "U"))
    ]
    strata = [
        {"participant": "1", "stratum": "AGE", "level": "YOUNG"}, {"participant": "2", "stratum": "AGE", "level": None}
    ]  # fmt: skip
    plan = make_plan()
    first = plan.protocol.strata[0]
    strata = [row | {"stratum": first.code} for row in strata]
    strata[0]["level"] = first.levels[0].code

    table = baseline(make_frames(participants=people, participant_strata=strata), plan)

    age = cell(table, "age_years", arm="A")
    assert (age["mean"], age["median"], age["count"], age["denominator"]) == (60.0, 60.0, 3, 4)
    assert age["sd"] == pytest.approx(10.0, abs=1e-3)
    assert cell(table, "age_years", arm="B")["mean"] is None
    assert counts(table, "sex", level="F")["A"] == (1, 2)
    assert counts(table, "sex", level="MISSING")["A"] == (2, None)
    assert "U" not in {c["level"] for c in table["cells"]}
    measure = f"stratum_{first.code}"
    assert counts(table, measure, level=first.levels[0].code)["A"] == (1, 1)
    assert counts(table, measure, level="MISSING")["A"] == (3, None)


@pytest.fixture
def exposed() -> Frames:
    people = [
        make_participant("1", "A"),
        make_participant("2", "A"),
        make_participant("3", "B"),
        make_participant("4", "B", treated=False),
    ]
    infusions = [
        make_infusion("1", 1),
        make_infusion("1", 2, interrupted=True, volume_ml=90.0),
        make_infusion("1", 3),
        make_infusion("2", 1, interrupted=None),
        make_infusion("3", 1),
    ]
    doses = [
        {"participant": "1", "infusion_number": 1, "batch": "X", "cells_million": 80.0},
        {"participant": "1", "infusion_number": 2, "batch": "Y", "cells_million": 60.0},
        {"participant": "2", "infusion_number": 1, "batch": "Y", "cells_million": 70.0},
        {"participant": "3", "infusion_number": 1, "batch": None, "cells_million": None},
    ]
    batches = [
        {"batch": "X", "viability_percent": 80.0, "within_specification": True},
        {"batch": "Y", "viability_percent": 70.0, "within_specification": False},
    ]
    return make_frames(participants=people, infusions=infusions, doses=doses, batches=batches)  # fmt: skip


def test_exposure_counts_infusions_and_interruptions(exposed: Frames) -> None:
    table = exposure(exposed, make_plan())

    received = {level: counts(table, "infusions_received", level=level) for level in "0123"}
    assert [received[level]["A"] for level in "0123"] == [(0, 2), (1, 2), (0, 2), (1, 2)]
    assert received["0"]["B"] == (1, 2)
    assert counts(table, "infusions") == {"A": (4, 6), "B": (1, 3), "total": (5, 9)}
    assert counts(table, "infusions_interrupted")["A"] == (1, 3)
    assert cell(table, "volume_ml", arm="A")["mean"] == 135.0


def test_infusions_of_who_is_not_in_the_treated_population_are_none_of_those_planned_for_it() -> None:
    people = [make_participant("1", "A"), make_participant("2", "A", treated=False)]
    infusions = [make_infusion("1", 1), make_infusion("2", 1), make_infusion("2", 2), make_infusion("2", 3)]

    table = exposure(make_frames(participants=people, infusions=infusions), make_plan())

    assert counts(table, "infusions")["A"] == (1, 3)


def test_exposure_shows_the_product_in_the_closed_report(exposed: Frames) -> None:
    table = exposure(exposed, make_plan())

    assert cell(table, "cells_million", arm="A")["mean"] == 70.0
    assert counts(table, "doses_out_of_specification") == {"A": (2, 3), "B": (0, 0), "total": (2, 3)}
    assert counts(table, "batches_out_of_specification") == {"A": (1, 2), "B": (0, 0), "total": (1, 2)}
    assert cell(table, "viability_percent", arm="total")["median"] == 75.0


def test_a_batch_that_two_arms_used_counts_once_in_the_total() -> None:
    people = [make_participant("1", "A"), make_participant("2", "B")]
    doses = [
        {"participant": code, "infusion_number": 1, "batch": "X", "cells_million": 60.0} for code in "12"
    ]
    batches = [{"batch": "X", "viability_percent": 66.0, "within_specification": False}]

    table = exposure(make_frames(participants=people, doses=doses, batches=batches), make_plan())

    assert counts(table, "batches_out_of_specification") == {"A": (1, 1), "B": (1, 1), "total": (1, 1)}
    assert counts(table, "doses_out_of_specification")["total"] == (2, 2)
    assert [cell(table, "viability_percent", arm=arm)["count"] for arm in ("A", "B", "total")] == [1, 1, 1]


def test_exposure_has_no_product_in_the_open_report(exposed: Frames) -> None:
    table = exposure(exposed, make_plan().opened())

    assert {c["measure"] for c in table["cells"]} == {
        "infusions_received", "infusions", "infusions_interrupted", "volume_ml"
    }  # fmt: skip
    assert {c["arm"] for c in table["cells"]} == {"total"}


def test_deaths_count_a_participant_once_however_many_events_were_fatal() -> None:
    people = [
        make_participant("1", "A", died=True),
        make_participant("2", "A"),
        make_participant("3", "B", died=True),
    ]
    events = [make_event("1", i, outcome="FATAL") for i in (1, 2)]
    dead = [
        {"participant": "1", "study_day": 12, "fatal_event": 1}, {"participant": "3", "study_day": None}
    ]  # fmt: skip

    table = deaths(make_frames(participants=people, adverse_events=events, deaths=dead), make_plan())

    assert counts(table, "participants_died", window=None) == {"A": (1, 2), "B": (1, 1), "total": (2, 3)}
    assert counts(table, "participants_died", window="D0-D14")["total"] == (1, 3)
    assert [(row["participant"], row["arm"], row["study_day"]) for row in table["rows"]] == [
        ("1", "A", 12),
        ("3", "B", None),
    ]
    assert "1 of the dead have no adverse event with a fatal outcome." in table["notes"]
    assert "1 deaths have no known study day and are in no window." in table["notes"]


def test_a_death_without_a_sure_day_counts_in_the_window_of_the_latest_day_it_allows() -> None:
    people = [make_participant(code, "A", died=True) for code in "123"]
    dead = [
        {"participant": "1", "study_day": None, "earliest_day": 1, "latest_day": 14},
        {"participant": "2", "study_day": None, "earliest_day": 10, "latest_day": 15},
        {"participant": "3", "study_day": None, "earliest_day": -3, "latest_day": 4},
    ]

    table = deaths(make_frames(participants=people, deaths=dead), make_plan())

    assert counts(table, "participants_died", window="D0-D14")["total"] == (2, 3)
    assert sum("placed by the latest day" in note and "2 deaths" in note for note in table["notes"]) == 1


def test_deaths_of_the_untreated_count_among_the_enrolled_only() -> None:
    people = [make_participant("1", "A", died=True, treated=False), make_participant("2", "A", died=True)]
    dead = [{"participant": code, "study_day": 2} for code in "12"]

    table = deaths(make_frames(participants=people, deaths=dead), make_plan())

    assert counts(table, "participants_died", window=None)["A"] == (1, 1)
    assert counts(table, "participants_died", window="D0-D14")["A"] == (1, 1)
    assert counts(table, "enrolled_participants_died")["A"] == (2, 2)
