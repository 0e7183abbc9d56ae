"""A small trial with every content of a report, as the frozen snapshot of the report."""

import json
import tomllib
from typing import Any

from tests.unit.reports.snapshots import ROOT, make_event, make_participant
from tests.unit.reports.table5 import table5_events, table5_participants

Row = dict[str, Any]
CUTOFF = "2020-05-20T12:00:00Z"
ACTIVE = "A"


def make_snapshot(kind: str, **changes: Any) -> bytes:
    """The bytes of a snapshot of the published totals; an open one holds nothing sealed."""
    content: Row = {
        "format": 1,
        "trial": "STROMA-COV-2",
        "title": "Invented people, published totals",
        "look": 40,
        "kind": kind,
        "version": 1,
        "data_cutoff_at": CUTOFF,
        "previous_cutoff_at": "2020-04-09T12:00:00Z",
        "previous_look": 20,
        "protocol": {"label": "1.0", "sha256": "cd" * 32, "content": protocol_content()},
        "provenance": {"code_sha256": "ef" * 32, "dictionary": "CTCAE 5.0"},
        "entered_after_cutoff": {"adverse_events": 3},
        "corrected_after_cutoff": {},
        "arms": ["A", "B"] if kind == "closed" else [],
        "without_allocation": 0 if kind == "closed" else None,
        "enrolment_basis": {"randomisation": 45},
        "frames": frames_content(kind == "closed"),
    }
    return json.dumps(content | changes, sort_keys=True).encode()


def protocol_content() -> Row:
    text = (ROOT / "protocols" / "stroma-cov-2.toml").read_text()
    content = json.loads(json.dumps(tomllib.loads(text), default=str))
    return dict(content)


def frames_content(is_closed: bool) -> Row:
    people = _people()
    sealed = _sealed(people) if is_closed else {}
    if not is_closed:
        people = [person | {"arm": None} for person in people]
    return {
        "participants": people,
        "participant_strata": [
            {"participant": p["participant"], "stratum": "AGE", "level": _age(i)} for i, p in enumerate(people)
        ],
        "infusions": [
            _infusion(p, number)
            for i, p in enumerate(people)
            for number in range(1, 4 - (i % 7 == 0))
            if p["treated"]
        ],
        "adverse_events": _events(is_closed),
        "deaths": [{"participant": p["participant"], "study_day": p["death_day"]} for p in people if p["died"]],
        "haemodynamic_evaluations": [_evaluation(p) for p in people],
        "haemodynamic_findings": [_finding(people[1], "CONFIRMED"), _finding(people[30], "OPEN")],
        "haemodynamic_readings": [_reading(p, minutes) for p in people[:8] for minutes in (-15, 30, 360)],
        "specimens": [
            {"participant": p["participant"], "planned_day": 14, "taken": i % 5 > 0} for i, p in enumerate(people)
        ],
        "event_changes": [{"participant": "A00", "event": 1, "what": "grade", "before": "2", "now": "3"}],
        "mismatches": [{"rule": "R12", "participant": "A00", "message": "Died, no fatal event.", "is_sealed": False}],
        **sealed,
    }  # fmt: skip


def _people() -> list[Row]:
    people = []
    for i, person in enumerate(table5_participants()):
        died = i % 9 == 4
        more = {
            "site": f"{i % 4 + 1:02}", "age_years": 50.0 + i % 30, "sex": "FM"[i % 2], "weight_kg": 70.0 + i % 20,
            "died": died, "death_day": 20 if died else None, "enrolment_number": i + 1,
        }  # fmt: skip
        people.append(person | more)
    return [*people, make_participant("SCREENED", None, treated=False, enrolled_at=None, day0=None)]


def _age(i: int) -> str:
    return "AGE_OVER_70" if i % 3 == 0 else "AGE_UP_TO_70"


def _infusion(person: Row, number: int) -> Row:
    code = person["participant"]
    return {
        "participant": code, "number": number, "started_at": f"2020-04-{5 + 2 * number:02}T08:00:00Z",
        "study_day": 2 * number - 1, "interrupted": code == "A03" and number == 1, "volume_ml": 150.0,
    }  # fmt: skip


def _events(is_closed: bool) -> list[Row]:
    made = []
    for event in table5_events():
        serious = event["serious"]
        more = {
            "hospitalisation": True if serious else None, "outcome": "RECOVERED/RESOLVED",
            "signed": event["participant"] != "A00",
            "action_taken": "DRUG INTERRUPTED" if event["participant"] == "A03" else None,
            "infusion_number": 3, "hours_after_infusion": 3.0 if event["participant"] in ("A01", "B01") else 90.0,
        }  # fmt: skip
        made.append(event | more | ({"verbatim": "as the ward wrote it"} if is_closed else {}))
    return [*made, make_event("A20", 90, serious=True, day=None, grade=None)]


def _evaluation(person: Row) -> Row:
    return {
        "participant": person["participant"],
        "infusion_number": 1,
        "criterion": "CARDIOVERSION",
        "result": "NOT_MET",
    }


def _finding(person: Row, decision: str) -> Row:
    return {
        "participant": person["participant"], "infusion_number": 1, "criterion": "NOREPINEPHRINE",
        "hours_after_infusion": 2.5, "decision": decision, "recorded_at": "2020-04-12T08:00:00Z",
    }  # fmt: skip


def _reading(person: Row, minutes: int) -> Row:
    return {
        "participant": person["participant"], "infusion_number": 1, "minutes": float(minutes), "heart_rate_bpm": 90.0,
        "map_mmhg": 70.0 + minutes / 60, "spo2_percent": 94.0, "norepinephrine_ug_min": 4.0,
    }  # fmt: skip


def _sealed(people: list[Row]) -> Row:
    treated = [person for person in people if person["treated"]]
    active = [person["participant"] for person in treated if person["arm"] == ACTIVE]
    return {
        "doses": [{"participant": code, "infusion_number": 1, "batch": "LOT-7", "cells_million": 70.0} for code in active],
        "batches": [{"batch": "LOT-7", "donor": "D1", "viability_percent": 78.0, "within_specification": False}],
        "antibodies": [_antibody(person, i) for i, person in enumerate(treated)],
        "dsa_findings": [_target(code, i) for i, code in enumerate(active[:6])],
    }  # fmt: skip


def _antibody(person: Row, i: int) -> Row:
    preformed = None if i % 11 == 0 else i % 4 == 0
    de_novo = None if preformed is None else person["arm"] == ACTIVE and i % 6 == 1
    return {
        "participant": person["participant"], "preformed_dsa": preformed, "de_novo_dsa": de_novo,
        "above_threshold": False, "indeterminate": preformed is None, "baseline_evaluable": True,
        "followup_evaluable": i % 10 > 0, "anti_hla_before": i % 3 == 0, "anti_hla_after": i % 3 == 0,
    }  # fmt: skip


def _target(code: str, i: int) -> Row:
    return {
        "participant": code, "specificity": f"A*{i + 1:02}:01", "hla_class": "I" if i % 2 else "II",
        "classification": "DE_NOVO", "baseline_mfi": 80.0 * (i + 1), "last_mfi": 1200.0, "peak_mfi": 1300.0,
        "above_threshold": False,
    }  # fmt: skip
