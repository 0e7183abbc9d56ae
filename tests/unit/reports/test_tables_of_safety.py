"""Haemodynamics, antibodies and boundaries, each on a few participants."""

from typing import Any

from reports.frames import opened
from reports.tables.antibodies import antibodies
from reports.tables.boundaries import boundaries
from reports.tables.boundary_characteristics import boundary_characteristics
from reports.tables.haemodynamics import haemodynamics
from tests.unit.reports.snapshots import cell, counts, make_event, make_frames, make_participant, make_plan

Row = dict[str, Any]


def make_infusion(participant: str, number: int = 1, **changes: Any) -> Row:
    return {"participant": participant, "number": number, "interrupted": False, "volume_ml": 150.0} | changes


def make_evaluation(participant: str, result: str, number: int = 1, criterion: str = "NOREPINEPHRINE") -> Row:
    return {"participant": participant, "infusion_number": number, "criterion": criterion, "result": result}


def make_finding(participant: str, decision: str, number: int = 1) -> Row:
    return {
        "participant": participant, "infusion_number": number, "criterion": "NOREPINEPHRINE", "decision": decision
    }  # fmt: skip


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


def test_antibodies_of_the_untreated_are_not_counted() -> None:
    people = [make_participant("1", "A"), make_participant("2", "A", treated=False)]
    rolled_up = [{"participant": code, "preformed_dsa": True, "peak_mfi": 900.0} for code in "12"]

    table = antibodies(make_frames(participants=people, antibodies=rolled_up), make_plan())

    assert counts(table, "participants_with_preformed_dsa")["A"] == (1, 1)
    assert cell(table, "peak_mfi", arm="A")["count"] == 1


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


def test_boundary_prompts_per_arm_and_says_so_in_advance() -> None:
    people = [make_participant(f"{arm}{i}", arm) for arm in "AB" for i in range(5)]
    causes = ("POSSIBLE", "UNDETERMINED", None, "OTHER_DISEASE")
    events = [make_event(f"A{i}", serious=True, causality=cause) for i, cause in enumerate(causes)]

    table = boundaries(make_frames(participants=people, adverse_events=events), make_plan())

    assert counts(table, "participants_with_related_sae") == {"A": (3, 5), "B": (0, 5), "total": (3, 10)}
    row = table["rows"][0]
    assert row["state"].startswith("arm A: PROMPT, 3 of the first 5 treated")
    assert "; arm B: no prompt, 0 of the first 5 treated" in row["state"]
    assert row["in_advance"] == "5 of 10, 7 of 20, 12 of 40; checked at every treated participant"


def test_boundary_has_no_state_in_the_open_report() -> None:
    frames = make_frames(participants=[make_participant("1")], adverse_events=[make_event("1", serious=True)])

    table = boundaries(frames, make_plan().opened())

    assert table["rows"][0]["state"] == "in the closed report"


def test_protocol_without_boundaries_says_so() -> None:
    table = boundaries(make_frames(participants=[make_participant("1")]), make_plan(boundaries=()))

    assert table["notes"] == ["The protocol has no safety boundaries."]
    assert table["cells"] == []


def alert(**changes: object) -> dict[str, object]:
    row = {
        "boundary": "related-sae",
        "arm": "A",
        "affected": 3,
        "evaluable": 5,
        "raised_at": "2020-05-01T08:00:00Z",
    }
    return row | changes


def test_boundary_tells_its_alerts_and_what_the_board_answered() -> None:
    alerts = [
        alert(),
        alert(
            affected=4, raised_at="2020-05-02T08:00:00Z", answer="pause", answered_at="2020-05-03T08:00:00Z"
        ),
    ]
    frames = make_frames(participants=[make_participant("1")], boundary_alerts=alerts)

    said = boundaries(frames, make_plan())["rows"][0]["alerts"]

    assert said == (
        "01 May 2020 08:00 UTC, arm A, 3 of 5: no answer yet; 02 May 2020 08:00 UTC, arm A, 4 of 5: suspend enrolment"
    )


def test_open_report_has_no_alerts_whatever_the_frames_hold() -> None:
    frames = make_frames(participants=[make_participant("1")], boundary_alerts=[alert()])

    table = boundaries(opened(frames), make_plan().opened())

    assert all("alerts" not in row for row in table["rows"])
    assert "3 of 5: no answer" not in str(table)


def test_characteristics_are_the_same_open_and_closed_and_hold_to_alpha() -> None:
    frames = make_frames(participants=[make_participant("1")], boundary_alerts=[alert()])

    closed = boundary_characteristics(frames, make_plan())
    open_table = boundary_characteristics(opened(frames), make_plan().opened())

    assert closed == open_table
    at_null = next(row for row in closed["rows"] if "Pocock" in row["rule"] and row["rate"] == "0.2")
    assert at_null["probability"] == "0.095"
    assert len(at_null["by_look"]) == 24
    assert sum(each["probability"] for each in at_null["by_look"]) <= 0.10


def test_boundary_of_deaths_at_looks_counts_the_first_treated() -> None:
    """Excess of 2.8 deaths over 0.22 a participant: 4 of 5.

    The sixth, treated last, belongs to the next look.
    """
    people = [
        make_participant(str(i), "A", died=i in (1, 2, 3, 6), first_infusion_at=f"2020-04-0{i}T08:00:00Z")
        for i in range(1, 7)
    ]

    row = next(
        r
        for r in boundaries(make_frames(participants=people), make_plan())["rows"]
        if "Deaths" in r["boundary"]
    )

    assert row["in_advance"] == "4 of 5, 5 of 10, 8 of 20"
    assert row["state"].startswith(
        "arm A: no prompt, 3 of the first 5 treated, 1.9 above the number expected"
    )
