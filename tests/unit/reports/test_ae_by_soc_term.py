from typing import Any

import pytest

from reports.tables.ae_by_soc_term import ae_by_soc_term
from reports.tables.plan import CodedArm
from tests.unit.reports.snapshots import make_event, make_frames, make_participant, make_plan

Key = tuple[str | None, str | None, str]
THREE_ARMS = tuple(CodedArm(code, is_reference=code == "B") for code in "ABC")


def found(table: dict[str, Any], measure: str) -> dict[Key, tuple[int, int]]:
    return {
        (c["soc"], c["term"], c["arm"]): (c["count"], c["denominator"])
        for c in table["cells"]
        if c["measure"] == measure
    }


def test_participants_and_events_are_counted_apart() -> None:
    frames = make_frames(
        participants=[make_participant("1", "A"), make_participant("2", "A"), make_participant("3", "B")],
        adverse_events=[
            make_event("1", 1, soc="Cardiac", term="Asystole"), make_event("1", 2, soc="Cardiac", term="Asystole"),
            make_event("1", 3, soc="Cardiac", term="Arrest"), make_event("3", 1, soc="Vascular", term="Shock"),
        ],
    )  # fmt: skip

    table = ae_by_soc_term(frames, make_plan())

    participants, events = found(table, "participants"), found(table, "events")
    assert participants["Cardiac", "Asystole", "A"] == (1, 2)
    assert participants["Cardiac", None, "A"] == (1, 2)
    assert participants[None, None, "A"] == (1, 2)
    assert participants[None, None, "total"] == (2, 3)
    assert participants["Vascular", "Shock", "A"] == (0, 2)
    assert events["Cardiac", "Asystole", "A"] == (2, 3)
    assert events["Cardiac", None, "total"] == (3, 4)
    assert events[None, None, "B"] == (1, 1)


def test_rows_stand_in_order_any_then_classes_with_their_terms() -> None:
    terms = [("B", "y"), ("A", "z"), ("B", "x"), ("A", "a"), (None, None)]
    frames = make_frames(
        participants=[make_participant("1")],
        adverse_events=[make_event("1", i, soc=soc, term=term) for i, (soc, term) in enumerate(terms)],
    )

    table = ae_by_soc_term(frames, make_plan())

    rows = list(dict.fromkeys((c["soc"], c["term"]) for c in table["cells"]))
    assert rows == [
        (None, None), ("A", None), ("A", "a"), ("A", "z"), ("B", None), ("B", "x"), ("B", "y"),
        ("UNCODED", None), ("UNCODED", "UNCODED"),
    ]  # fmt: skip


def test_the_same_term_under_two_classes_is_two_rows() -> None:
    frames = make_frames(
        participants=[make_participant("1")],
        adverse_events=[
            make_event("1", 1, soc="A", term="Oedema"),
            make_event("1", 2, soc="B", term="Oedema"),
        ],
    )

    participants = found(ae_by_soc_term(frames, make_plan()), "participants")

    assert participants["A", "Oedema", "total"] == participants["B", "Oedema", "total"] == (1, 1)
    assert participants[None, None, "total"] == (1, 1)


def test_events_outside_all_windows_or_of_the_untreated_are_left_out() -> None:
    frames = make_frames(
        participants=[make_participant("1"), make_participant("2", treated=False)],
        adverse_events=[make_event("1", 1, day=29), make_event("2", 1, day=3), make_event("1", 2, day=15)],
    )

    table = ae_by_soc_term(frames, make_plan())

    assert found(table, "events")[None, None, "total"] == (1, 1)
    assert len([note for note in table["notes"] if "not counted" in note]) == 2


def test_no_event_gives_the_empty_row_alone() -> None:
    table = ae_by_soc_term(make_frames(participants=[make_participant("1")]), make_plan())

    assert {(c["soc"], c["term"]) for c in table["cells"]} == {(None, None)}
    assert found(table, "participants")[None, None, "A"] == (0, 1)


def test_other_data_count_one_by_one_in_three_arms() -> None:
    """A second, slow way to count: sets of participants."""
    people = [make_participant(f"{i:03}", "ABC"[i % 3], treated=i % 9 != 0) for i in range(90)]
    events = [
        make_event(f"{(i * 17) % 90:03}", i, day=i % 40 - 4, soc=f"S{i % 4}", term=f"T{i % 13}")
        for i in range(700)
    ]

    table = ae_by_soc_term(make_frames(participants=people, adverse_events=events), make_plan(THREE_ARMS))

    participants, counted = found(table, "participants"), found(table, "events")
    arm_of = {p["participant"]: p["arm"] for p in people if p["treated"]}
    own = [e for e in events if e["participant"] in arm_of and 0 <= e["onset_latest_day"] <= 28]
    for soc, term, arm in participants:
        here = [
            e["participant"] for e in own
            if soc in (None, e["soc"]) and term in (None, e["term"]) and arm in ("total", arm_of[e["participant"]])
        ]  # fmt: skip
        assert participants[soc, term, arm][0] == len(set(here))
        assert counted[soc, term, arm][0] == len(here)


@pytest.mark.parametrize("arm", ["A", "C"])
def test_participants_are_compared_with_the_reference(arm: str) -> None:
    people = [make_participant(f"{code}{i}", code) for code in "ABC" for i in range(10)]
    events = [make_event(f"A{i}") for i in range(6)] + [make_event("C0")]

    table = ae_by_soc_term(make_frames(participants=people, adverse_events=events), make_plan(THREE_ARMS))

    compared = [
        c
        for c in table["comparisons"]
        if (c["arm"], c["reference"]) == (arm, "B") and c["term"] == "Hypotension"
    ]
    assert [round(c["risk_difference"], 3) for c in compared] == [{"A": 0.6, "C": 0.1}[arm]]
    assert compared[0]["reference"] == "B"
    assert compared[0]["measure"] == "participants"
