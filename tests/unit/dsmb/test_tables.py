"""The other tables of a report, each on a few participants."""

from datetime import UTC, datetime
from typing import Any

import pytest

from dsmb.frames import Frames
from dsmb.tables import arms_summary
from dsmb.tables.antibodies import antibodies
from dsmb.tables.baseline import baseline
from dsmb.tables.boundaries import boundaries
from dsmb.tables.deaths import deaths
from dsmb.tables.enrolment import enrolment
from dsmb.tables.exposure import exposure
from dsmb.tables.haemodynamics import haemodynamics
from dsmb.tables.new_since_last_look import new_since_last_look
from dsmb.tables.reconciliation import reconciliation
from dsmb.tables.sae_listing import sae_listing
from tests.unit.dsmb.snapshots import cell, counts, make_event, make_frames, make_participant, make_plan

LAST_LOOK = datetime(2020, 4, 30, 12, tzinfo=UTC)
Row = dict[str, Any]


def make_infusion(participant: str, number: int = 1, **changes: Any) -> Row:
    return {"participant": participant, "number": number, "interrupted": False, "volume_ml": 150.0} | changes


def make_evaluation(participant: str, result: str, number: int = 1, criterion: str = "NOREPINEPHRINE") -> Row:
    return {"participant": participant, "infusion_number": number, "criterion": criterion, "result": result}


def make_finding(participant: str, decision: str, number: int = 1) -> Row:
    return {
        "participant": participant, "infusion_number": number, "criterion": "NOREPINEPHRINE", "decision": decision
    }  # fmt: skip


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
        for code, age, sex in (("1", 50.0, "F"), ("2", 70.0, "M"), ("3", None, None))
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
    assert (age["mean"], age["median"], age["count"], age["denominator"]) == (60.0, 60.0, 2, 3)
    assert age["sd"] == pytest.approx(14.142, abs=1e-3)
    assert cell(table, "age_years", arm="B")["mean"] is None
    assert counts(table, "sex", level="F")["A"] == (1, 2)
    assert counts(table, "sex", level="MISSING")["A"] == (1, None)
    measure = f"stratum_{first.code}"
    assert counts(table, measure, level=first.levels[0].code)["A"] == (1, 1)
    assert counts(table, measure, level="MISSING")["A"] == (2, None)


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


def test_exposure_shows_the_product_in_the_closed_report(exposed: Frames) -> None:
    table = exposure(exposed, make_plan())

    assert cell(table, "cells_million", arm="A")["mean"] == 70.0
    assert counts(table, "doses_out_of_specification") == {"A": (2, 3), "B": (0, 0), "total": (2, 3)}
    assert counts(table, "batches_out_of_specification") == {"A": (1, 2), "B": (0, 0), "total": (1, 2)}
    assert cell(table, "viability_percent", arm="total")["median"] == 75.0


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


def test_sae_listing_holds_every_serious_event_once() -> None:
    people = [make_participant("1", "A"), make_participant("2", "B", treated=False)]
    events = [
        make_event("1", 2, serious=True, life_threatening=True, hospitalisation=True, causality="POSSIBLE",
                   recorded_at="2020-05-02T00:00:00Z"),
        make_event("1", 1, serious=False), make_event("2", 1, serious=True, day=None, causality=None),
        make_event("1", 3, serious=None),
    ]  # fmt: skip

    table = sae_listing(
        make_frames(participants=people, adverse_events=events), make_plan(previous_cutoff_at=LAST_LOOK)
    )

    assert [(row["participant"], row["event"], row["arm"]) for row in table["rows"]] == [
        ("1", 2, "A"),
        ("2", 1, "B"),
    ]
    first, second = table["rows"]
    assert first["criteria"] == ["life-threatening", "hospitalisation"]
    assert (first["causality"], first["is_new"]) == ("Possible", True)
    assert (second["causality"], second["is_new"]) == (None, False)
    assert table["notes"] == [
        "1 of these events are in no window of the overview: of the untreated, without onset, or outside."
    ]


def test_haemodynamics_keep_not_evaluable_apart_from_not_met() -> None:
    people = [make_participant("1", "A"), make_participant("2", "B"), make_participant("3", "B")]
    infusions = [make_infusion("1"), make_infusion("2"), make_infusion("2", 2), make_infusion("3")]
    evaluations = [
        make_evaluation("1", "NOT_MET"),
        make_evaluation("1", "NOT_EVALUABLE", criterion="DOPAMINE"),
        make_evaluation("2", "HIT"),
        make_evaluation("2", "NOT_EVALUABLE", criterion="DOPAMINE"),
        make_evaluation("2", "NOT_MET", 2),
        make_evaluation("2", "NOT_MET", 2, criterion="DOPAMINE"),
    ]
    findings = [make_finding("2", "CONFIRMED")]
    frames = make_frames(
        participants=people, infusions=infusions, haemodynamic_evaluations=evaluations, haemodynamic_findings=findings
    )  # fmt: skip

    table = haemodynamics(frames, make_plan())

    assert counts(table, "criterion_hit", level="NOREPINEPHRINE") == {
        "A": (0, 1),
        "B": (1, 2),
        "total": (1, 3),
    }
    assert counts(table, "criterion_not_evaluable", level="DOPAMINE") == {
        "A": (1, 1),
        "B": (1, 2),
        "total": (2, 3),
    }
    assert counts(table, "criterion_hit", level="DOPAMINE")["A"] == (0, 0)
    assert counts(table, "infusions_with_hit") == {"A": (0, 0), "B": (1, 2), "total": (1, 2)}
    assert counts(table, "infusions_not_evaluable")["A"] == (1, 1)
    assert counts(table, "infusions_not_evaluated")["total"] == (1, 4)
    assert counts(table, "participants_with_finding") == {"A": (0, 1), "B": (1, 2), "total": (1, 3)}


def test_haemodynamic_zero_of_57_infusions_is_at_most_5_1_percent() -> None:
    people = [make_participant(f"{i:02}", "A") for i in range(19)]
    rows = [(person["participant"], number) for person in people for number in (1, 2, 3)]
    frames = make_frames(
        participants=people,
        infusions=[make_infusion(code, number) for code, number in rows],
        haemodynamic_evaluations=[make_evaluation(code, "NOT_MET", number) for code, number in rows],
    )

    found = cell(haemodynamics(frames, make_plan()), "infusions_with_hit", arm="A")

    assert (found["count"], found["denominator"]) == (0, 57)
    assert round(100 * found["zero_upper_limit"], 1) == 5.1
    assert round(100 * found["ci_high"], 1) == 6.3


def test_haemodynamic_findings_stand_by_decision() -> None:
    frames = make_frames(
        participants=[make_participant("1", "A")],
        infusions=[make_infusion("1", n) for n in (1, 2, 3)],
        haemodynamic_evaluations=[make_evaluation("1", "HIT", n) for n in (1, 2, 3)],
        haemodynamic_findings=[
            make_finding("1", d, n) for n, d in enumerate(("CONFIRMED", "REFUTED", "OPEN"), 1)
        ],
    )

    table = haemodynamics(frames, make_plan())

    found = [counts(table, f"finding_{word}")["A"] for word in ("confirmed", "refuted", "open")]
    assert found == [(1, 3), (1, 3), (1, 3)]
    assert counts(table, "infusions_with_finding")["A"] == (1, 3)


def test_antibodies_count_those_who_could_be_evaluated() -> None:
    people = [make_participant(code, arm) for code, arm in (("1", "A"), ("2", "A"), ("3", "A"), ("4", "B"))]
    rolled_up = [
        {
            "participant": "1",
            "de_novo_dsa": True,
            "preformed_dsa": False,
            "anti_hla_before": False,
            "peak_mfi": 3100.0,
        },
        {"participant": "2", "de_novo_dsa": False, "preformed_dsa": True, "anti_hla_before": True},
        {"participant": "3", "de_novo_dsa": None, "preformed_dsa": False, "anti_hla_before": None},
        {"participant": "4", "de_novo_dsa": None, "preformed_dsa": None, "anti_hla_before": True},
    ]

    table = antibodies(make_frames(participants=people, antibodies=rolled_up), make_plan())

    assert counts(table, "participants_with_de_novo_dsa") == {"A": (1, 2), "B": (0, 0), "total": (1, 2)}
    assert counts(table, "participants_with_anti_hla_before") == {"A": (1, 2), "B": (1, 1), "total": (2, 3)}
    assert cell(table, "participants_with_de_novo_dsa", arm="B")["percent"] is None
    assert cell(table, "peak_mfi", arm="A")["max"] == 3100.0


def test_antibodies_are_specimens_alone_in_the_open_report() -> None:
    frames = make_frames(
        participants=[make_participant("1")],
        antibodies=[{"participant": "1", "de_novo_dsa": True}],
        specimens=[
            {"participant": "1", "planned_day": 0, "taken": True},
            {"participant": "1", "planned_day": 14, "taken": False},
            {"participant": "1", "planned_day": None, "taken": True},
        ],
    )

    table = antibodies(frames, make_plan().opened())

    assert {c["measure"] for c in table["cells"]} == {"specimens_taken"}
    assert counts(table, "specimens_taken", level="D14") == {"total": (0, 1)}
    assert any("closed report only" in note for note in table["notes"])


def test_reconciliation_lists_contradictions_and_counts_what_is_missing() -> None:
    frames = make_frames(
        participants=[make_participant("1", "A")],
        adverse_events=[make_event("1", 1, grade=None, serious=None), make_event("1", 2)],
        mismatches=[
            {"rule": "R12", "participant": "1", "message": "Died, no fatal event.", "is_sealed": False}
        ],
    )

    table = reconciliation(frames, make_plan())

    assert counts(table, "mismatches", level="R12") == {"total": (1, None)}
    assert table["rows"] == [
        {"rule": "R12", "participant": "1", "record": None, "message": "Died, no fatal event."}
    ]
    assert counts(table, "adverse_events_without_grade")["A"] == (1, 2)
    assert counts(table, "adverse_events_without_seriousness")["total"] == (1, 2)


def test_reconciliation_misses_no_grades_where_the_dictionary_has_none() -> None:
    frames = make_frames(participants=[make_participant("1")], adverse_events=[make_event("1", grade=None)])

    table = reconciliation(frames, make_plan(name="cdisc-pilot"))

    assert "adverse_events_without_grade" not in {c["measure"] for c in table["cells"]}


def test_new_since_last_look_counts_what_was_recorded_after_it() -> None:
    people = [
        make_participant("1", "A"),
        make_participant(
            "2", "B", enrolled_at="2020-05-01T08:00:00Z", first_infusion_at="2020-05-02T08:00:00Z", died=True
        ),
    ]
    events = [
        make_event("1", 1, recorded_at="2020-04-30T12:00:00Z"),  # at the cut-off: not new
        make_event("1", 2, recorded_at="2020-04-30T12:00:01Z", serious=True),
        make_event("1", 3, recorded_at=None),
    ]
    dead = [{"participant": "2", "study_day": 3, "cause": "Sepsis", "recorded_at": "2020-05-05T00:00:00Z"}]
    frames = make_frames(participants=people, adverse_events=events, deaths=dead)

    table = new_since_last_look(frames, make_plan(previous_cutoff_at=LAST_LOOK))

    assert counts(table, "new_enrolled")["total"] == (1, 2)
    assert counts(table, "new_adverse_events")["total"] == (1, 3)
    assert counts(table, "new_serious_adverse_events")["A"] == (1, 1)
    assert [(row["participant"], row["what"]) for row in table["rows"]] == [
        ("1", "serious adverse event"),
        ("2", "death"),
    ]
    assert any("1 records without their time" in note for note in table["notes"])


def test_everything_is_new_in_the_first_report() -> None:
    frames = make_frames(
        participants=[make_participant("1")], adverse_events=[make_event("1", recorded_at=None)]
    )

    table = new_since_last_look(frames, make_plan())

    assert counts(table, "new_adverse_events")["total"] == (1, 1)
    assert table["notes"] == ["This is the first report: everything in it is new."]


def test_boundary_prompts_per_arm_and_says_so_in_advance() -> None:
    people = [make_participant(f"{arm}{i}", arm) for arm in "AB" for i in range(5)]
    causes = ("POSSIBLE", "UNDETERMINED", None, "OTHER_DISEASE")
    events = [make_event(f"A{i}", serious=True, causality=cause) for i, cause in enumerate(causes)]

    table = boundaries(make_frames(participants=people, adverse_events=events), make_plan())

    assert counts(table, "participants_with_related_sae") == {"A": (3, 5), "B": (0, 5), "total": (3, 10)}
    row = table["rows"][0]
    assert row["state"].startswith("arm A: PROMPT, 3 of 5 treated")
    assert "; arm B: no prompt, 0 of 5 treated" in row["state"]
    assert row["in_advance"] == "5 of 10, 7 of 20, 12 of 40"


def test_boundary_has_no_state_in_the_open_report() -> None:
    frames = make_frames(participants=[make_participant("1")], adverse_events=[make_event("1", serious=True)])

    table = boundaries(frames, make_plan().opened())

    assert table["rows"][0]["state"] == "in the closed report"


def test_protocol_without_boundaries_says_so() -> None:
    table = boundaries(make_frames(participants=[make_participant("1")]), make_plan(boundaries=()))

    assert table["notes"] == ["The protocol has no safety boundaries."]
    assert table["cells"] == []
