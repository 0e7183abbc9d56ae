"""What changed between two looks, from the audit trail at their two cut-offs."""

from datetime import timedelta
from typing import Any

from accounts.services import system_user
from audit.services import attributed, mark_void
from reports.choices import ReportKind
from reports.services.looks import create_report_of_look
from tests.factories import make_reading
from tests.integration.reports.board_trials import (
    LATER,
    enrol_many,
    enrolled_at,
    make_plainly,
    report_event,
    treat,
)
from tests.integration.reports.test_snapshots import correct, make_it_recorded, snapshots
from trials.models import Trial

MINUTE = timedelta(minutes=1)


def make_look_at_two(trial: Trial) -> None:
    make_plainly(create_report_of_look(trial=trial, look=2, by=system_user(), at=LATER, reason="for a test"))


def void(event: Any, *, at: Any) -> None:
    mark_void(event, reason="a double", at=at)
    with attributed(by=system_user(), reason="a double", at=at):
        event.save()


def test_answers_changed_and_events_voided_since_the_last_look_are_frozen_with_both_values(trial):
    people = enrol_many(trial, 3)
    changed, voided, new, late, calm = (
        report_event(person, severity="MILD", dictionary_term="Hypotension", causality="")
        for person in (people[0], people[1], people[2], people[1], people[0])
    )
    for event in (changed, voided, late, calm):
        make_it_recorded(event, at=enrolled_at(2))
    make_it_recorded(new, at=enrolled_at(3))
    make_look_at_two(trial)
    correct(changed, at=enrolled_at(2) + MINUTE, severity="MODERATE")
    correct(changed, at=enrolled_at(2) + 2 * MINUTE, severity="SEVERE", serious=True, causality="POSSIBLE")
    void(voided, at=enrolled_at(3))
    correct(late, at=enrolled_at(3) + MINUTE, severity="SEVERE")

    frozen = snapshots(trial, 3)

    one = {"participant": people[0].code, "event": changed.number}
    assert frozen[ReportKind.OPEN]["frames"]["event_changes"] == [
        {**one, "what": "severity", "before": "MILD", "now": "SEVERE"},
        {**one, "what": "serious", "before": None, "now": "yes"},
        {**one, "what": "causality", "before": None, "now": "POSSIBLE"},
        {
            "participant": people[1].code, "event": voided.number, "what": "voided", "before": "Hypotension",
            "now": None,
        },
    ]  # fmt: skip
    assert frozen[ReportKind.OPEN]["previous_look"] == 2


def test_first_report_has_no_changes(trial):
    person = enrol_many(trial, 3)[0]
    event = report_event(person, severity="MILD")
    correct(event, at=enrolled_at(3), severity="SEVERE")

    frozen = snapshots(trial, 3)[ReportKind.OPEN]

    assert frozen["frames"]["event_changes"] == []
    assert frozen["previous_look"] is None


def test_a_death_and_a_draft_are_new_from_when_they_became_known_not_from_when_their_row_was_made(trial):
    person = enrol_many(trial, 3)[0]
    draft = report_event(person, severity="MILD", status="draft")
    make_it_recorded(draft, at=enrolled_at(1))
    correct(draft, at=enrolled_at(2) + MINUTE, status="recorded")
    correct(draft, at=enrolled_at(3), severity="SEVERE")
    correct(person, at=enrolled_at(2) + 2 * MINUTE, has_died=True, status="died")
    correct(person, at=enrolled_at(3), death_cause="shock")
    correct(person, at=enrolled_at(3) + MINUTE, has_died=False, status="enrolled", death_cause="")
    correct(person, at=enrolled_at(3) + 2 * MINUTE, has_died=True, status="died")

    frames = snapshots(trial, 3)[ReportKind.OPEN]["frames"]

    assert [row["recorded_at"] for row in frames["adverse_events"]] == ["2020-04-08T09:01:00Z"]
    assert [row["recorded_at"] for row in frames["deaths"]] == ["2020-04-08T09:02:00Z"]


def test_readings_are_frozen_by_their_minutes_from_the_start_of_the_infusion(trial):
    people = enrol_many(trial, 3)
    treat(people[0])
    start = people[0].enrolled_at + timedelta(days=1)
    for minutes in (-31, -30, 0, 45, 25 * 60, 25 * 60 + 1):
        reading = make_reading(
            people[0], taken_at=start + minutes * MINUTE, map_mmhg=70, vasopressors_checked=True
        )
        make_it_recorded(reading, at=enrolled_at(3))

    rows = snapshots(trial, 3)[ReportKind.OPEN]["frames"]["haemodynamic_readings"]

    assert [(row["minutes"], row["map_mmhg"], row["norepinephrine_ug_min"]) for row in rows] == [
        (-30.0, 70.0, 0.0),
        (0.0, 70.0, 0.0),
        (45.0, 70.0, 0.0),
        (1500.0, 70.0, 0.0),  # the check after 24 h may be an hour late
    ]
