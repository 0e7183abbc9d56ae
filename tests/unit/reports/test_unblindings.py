"""The table of unblindings: both kinds with denominators in the closed report, one number in the open one."""

from typing import Any

from reports.tables import closed_tables, open_tables
from tests.unit.reports.snapshots import counts, make_frames, make_participant, make_plan

PEOPLE = [
    make_participant("01-001", "A"),
    make_participant("01-002", "A"),
    make_participant("01-003", "B"),
    make_participant("01-004", None, enrolled_at=None, treated=False),
]


def emergency(number: int, participant: str, **changes: Any) -> dict[str, Any]:
    row = {
        "kind": "EMERGENCY", "number": number, "participant": participant, "site": "01", "study_day": 4,
        "happened_text": "2020-04-10T03:12:00Z", "reason": "transfusion_or_hla", "second_person": "beside",
        "learner": "investigator", "recorded_at": "2020-04-10T03:10:00Z",
    }  # fmt: skip
    return row | changes


def inadvertent(number: int, participant: str | None, **changes: Any) -> dict[str, Any]:
    row = {
        "kind": "INADVERTENT", "number": number, "participant": participant, "happened_text": "2020-04",
        "learner": "treating_staff", "impact": "limited",
    }  # fmt: skip
    return row | changes


def table(*events: dict[str, Any], openings: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    frames = make_frames(participants=PEOPLE, unblindings=events, arm_key_openings=openings)
    return next(one for one in closed_tables(frames, make_plan()) if one["id"] == "unblindings")


def test_participants_are_counted_once_of_the_enrolled_and_by_coded_arm() -> None:
    made = table(
        emergency(1, "01-001"), emergency(2, "01-001"), inadvertent(1, "01-001"), emergency(3, "01-003")
    )

    assert counts(made, "participants_unblinded") == {"A": (1, 2), "B": (1, 1), "total": (2, 3)}
    assert counts(made, "participants_unblinded_inadvertently") == {"A": (1, 2), "B": (0, 1), "total": (1, 3)}


def test_emergencies_without_a_second_person_are_counted_of_the_emergencies() -> None:
    made = table(
        emergency(1, "01-001"), emergency(2, "01-003", second_person="nobody"), inadvertent(1, "01-002")
    )

    assert counts(made, "emergencies_without_second_person") == {"A": (0, 1), "B": (1, 1), "total": (1, 2)}


def test_each_event_has_its_line_with_the_coded_arm() -> None:
    made = table(inadvertent(7, "01-003"), emergency(1, "01-001"))

    assert [(row["kind"], row["participant"], row["arm"]) for row in made["rows"]] == [
        ("emergency", "01-001", "A"),
        ("inadvertent", "01-003", "B"),
    ]
    assert made["rows"][0]["reason"] == "transfusion, platelets or transplantation"
    assert made["rows"][0]["second_person"] == "present"
    assert made["rows"][1]["learner"] == "treating staff"


def test_event_about_more_than_one_participant_is_listed_and_in_no_arm() -> None:
    made = table(inadvertent(1, None, impact="serious"))

    assert counts(made, "participants_unblinded")["total"] == (0, 3)
    assert len(made["rows"]) == 1
    assert "1 inadvertent unblindings concern more than one participant" in made["notes"][0]


def test_unenrolled_participant_is_in_no_count() -> None:
    assert counts(table(inadvertent(1, "01-004")), "participants_unblinded")["total"] == (0, 3)


def test_openings_of_the_key_are_listed_with_account_and_time() -> None:
    made = table(openings=({"number": 1, "account": 12, "opened_at": "2020-04-06T12:34:00Z"},))

    assert any("account 12) on 06 Apr 2020, 12:34 UTC" in note for note in made["notes"])
    assert "The key of the coded arms has not been opened." in table()["notes"]


def test_open_report_has_one_number_and_nothing_else() -> None:
    events = (emergency(1, "01-001"), inadvertent(1, "01-003"))
    opening = {"number": 1, "account": 12, "opened_at": "2020-04-06T12:34:00Z"}
    frames = make_frames(participants=PEOPLE, unblindings=events, arm_key_openings=[opening])

    made = next(one for one in open_tables(frames, make_plan()) if one["id"] == "unblindings")

    assert counts(made, "participants_unblinded") == {"total": (2, 3)}
    assert {cell["measure"] for cell in made["cells"]} == {"participants_unblinded"}
    assert "rows" not in made
    assert not [note for note in made["notes"] if "key" in note]
