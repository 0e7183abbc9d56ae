"""The course of an event through its doors: rows, what follows for the event, corrections, refusals, rollback."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.services import system_user
from audit.models import Entry
from events.models import AdverseEvent, CtcaeTerm, EventObservation
from events.queries.course import event_course
from events.queries.duplicates import likely_duplicates
from events.services.adverse_events import complete_draft, save_draft
from events.services.course import correct_observation, record_observation, void_observation
from events.services.imports import import_events
from tests.factories import make_event, make_user
from tests.integration.events.event_requests import LIST, client_of, errors, post
from tests.integration.events.event_rows import (
    AT,
    LATER,
    NOT_SERIOUS,
    REASON,
    Ward,
    make_serious_values,
    make_term,
    make_values,
)
from tests.integration.events.event_steps import correct, record

pytestmark = pytest.mark.django_db
GOES_ON = {"outcome": "", "ended": ""}


def begun(ward: Ward, **values: Any) -> AdverseEvent:
    return record(ward, **{"grade": 1, "severity": "", **GOES_ON, **values})


def add(event: AdverseEvent, ward: Ward, **values: Any) -> EventObservation:
    return record_observation(
        event=event, values=values, by=ward.nurse, at=LATER, reason="seen at the bedside"
    )


def kept(event: AdverseEvent) -> AdverseEvent:
    return AdverseEvent.objects.with_relations().get(pk=event.pk)


def rows(event: AdverseEvent) -> list[tuple[str, int | None, str, str]]:
    standing = EventObservation.objects.standing().filter(event=event).order_by("number")
    return [(row.kind, row.grade, row.observed, row.outcome) for row in standing]


def test_event_through_four_grades_to_recovery(ward: Ward) -> None:
    event = begun(ward, onset="2020-04-07")
    for day, grade in (("08", 2), ("09", 3), ("10", 4), ("11", 2)):
        add(event, ward, observed=f"2020-04-{day}", grade=grade)
    add(event, ward, observed="2020-04-12", outcome="RECOVERED/RESOLVED")

    row, found = kept(event), event_course(kept(event), at=LATER)
    assert (row.grade, row.present_grade, row.worsened) == (4, 2, "2020-04-10")
    assert (row.outcome, row.ended, row.version) == ("RECOVERED/RESOLVED", "2020-04-12", 6)
    assert {one.grade: one.most for one in found.days if one.is_certain} == {1: 1, 2: 2, 3: 1, 4: 1}
    assert [one.number for one in found.rows] == [1, 2, 3, 4, 5, 6]


def test_what_is_recorded_at_once_is_the_begin_and_the_end(ward: Ward) -> None:
    event = record(ward)

    assert rows(event) == [
        ("opening", 2, "2020-04-07T13:40", ""),
        ("end", None, "2020-04-08", "RECOVERED/RESOLVED"),
    ]
    (days,) = event_course(kept(event), at=LATER).days
    assert (days.fewest, days.most) == (0, 1)


def test_a_row_drops_the_signature_and_is_in_the_trail(ward: Ward) -> None:
    event = begun(ward)
    AdverseEvent.objects.filter(pk=event.pk)

    row = add(event, ward, grade=3, observed="2020-04-08", intervention="fluid, 500 mL")

    entry = Entry.objects.of_row(table="events_eventobservation", row_id=row.pk).get()
    assert (entry.actor_id, entry.reason, entry.at) == (ward.nurse.pk, "seen at the bedside", LATER)
    assert kept(event).signed_at is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "grade"),
        ({"note": " "}, "grade"),
        ({"grade": 3, "observed": "2020-04-06"}, "observed"),
        ({"grade": 3, "observed": "2020-04-13"}, "observed"),
        ({"grade": 3, "observed": "2020-13"}, "observed"),
        ({"grade": 5, "observed": "2020-04-08"}, "outcome"),
        ({"outcome": "RECOVERED/RESOLVED"}, "ended"),
        ({"causality": "OTHER_DISEASE"}, "causality"),
    ],
)
def test_row_that_cannot_be_is_refused_and_nothing_is_written(
    ward: Ward, values: dict[str, Any], field: str
) -> None:
    event = begun(ward)

    with pytest.raises(ValidationError) as refused:
        add(event, ward, **values)

    assert list(refused.value.message_dict) == [field]
    assert (EventObservation.objects.filter(event=event).count(), kept(event).version) == (1, 1)


def test_grade_that_the_term_does_not_have_is_refused(ward: Ward) -> None:
    event = begun(ward)
    event.ctcae_term.grades = [1, 2]
    event.ctcae_term.save()

    with pytest.raises(ValidationError):
        add(event, ward, grade=3, observed="2020-04-08")


def test_after_recovery_a_row_is_refused_and_a_new_event_names_the_old_one(ward: Ward) -> None:
    event = record(ward)

    with pytest.raises(ValidationError):
        add(event, ward, grade=1, observed="2020-04-10")
    again = begun(ward, onset="2020-04-10", reopens=event)

    assert kept(again).reopens_id == event.pk
    with pytest.raises(ValidationError) as refused:
        begun(ward, onset="2020-04-07", reopens=event, distinct_because="another one")
    assert list(refused.value.message_dict) == ["reopens"]


def test_correction_of_a_row_is_a_version_and_moves_the_worst(ward: Ward) -> None:
    event = begun(ward)
    row = add(event, ward, grade=3, observed="2020-04-08")
    said = {"by": ward.nurse, "at": LATER, "reason": "read the chart again"}

    correct_observation(observation=row, values={"grade": 2}, seen_version=1, **said)
    with pytest.raises(ValidationError):
        correct_observation(observation=row, values={"grade": 4}, seen_version=1, **said)

    assert (kept(event).grade, EventObservation.objects.get(pk=row.pk).version) == (2, 2)


def test_void_of_the_end_opens_the_event_and_the_begin_stays(ward: Ward) -> None:
    event = record(ward)
    begin, end = EventObservation.objects.filter(event=event).order_by("number")
    said = {"by": ward.nurse, "at": LATER, "reason": "still there"}

    void_observation(observation=end, **said)
    with pytest.raises(ValidationError):
        void_observation(observation=begin, **said)

    assert (kept(event).ended, kept(event).outcome) == ("", "")


def test_drafts_have_no_course_until_they_are_recorded(ward: Ward) -> None:
    said = {"by": ward.nurse, "at": AT, "reason": REASON}
    draft = save_draft(participant=ward.participant, values=make_values(), **said)
    with pytest.raises(ValidationError):
        add(draft, ward, grade=3)

    complete_draft(event=draft, values={}, seen_version=1, **said)

    assert [row[:2] for row in rows(draft)] == [("opening", 2), ("end", None)]


def test_changes_of_the_event_enter_its_series(ward: Ward) -> None:
    event = begun(ward, grade=2)
    correct(event, ward, grade=3)
    correct(event, ward, seen_version=2, grade=2, lowering="improved")
    correct(event, ward, seen_version=3, onset="2020-04-08")
    correct(event, ward, seen_version=4, outcome="RECOVERED/RESOLVED", ended="2020-04-09")

    assert rows(event) == [
        ("opening", 2, "2020-04-08", ""),
        ("course", 3, "", ""),
        ("course", 2, "", ""),
        ("end", None, "2020-04-09", "RECOVERED/RESOLVED"),
    ]


def test_event_of_an_import_begins_its_course_with_an_undated_worst(ward: Ward) -> None:
    event = make_event(
        ward.participant, grade=3, ctcae_term=make_term(), source="import", source_key="AESEQ 1"
    )
    assert event_course(event, at=LATER).stored == {}

    add(event, ward, grade=1, observed="2020-04-09")

    assert [row[:3] for row in rows(event)] == [
        ("opening", None, "2020-04-08"),
        ("course", 3, ""),
        ("course", 1, "2020-04-09"),
    ]
    assert (kept(event).grade, kept(event).present_grade) == (3, 1)


def test_serious_event_that_ends_in_the_course_stays_judged(ward: Ward) -> None:
    event = record(ward, **make_serious_values(grade=4, life_threatening=True, **GOES_ON))

    with pytest.raises(ValidationError) as refused:
        add(event, ward, grade=5, outcome="FATAL", observed="2020-04-11")

    assert {"outcome", "results_in_death"} <= set(refused.value.message_dict)


def test_who_may_not_record_events_adds_nothing(ward: Ward) -> None:
    stranger = make_user("data_manager", trial=ward.trial)

    with pytest.raises(PermissionDenied):
        record_observation(event=begun(ward), values={"grade": 2}, by=stranger, at=LATER, reason=REASON)


def test_api_adds_corrects_and_gives_the_course(ward: Ward) -> None:
    client, event = client_of(ward.nurse), begun(ward)
    path = f"{LIST}{event.pk}/course/"

    made = post(client, path, {"grade": 3, "observed": "2020-04-08", "note": "worse at night"})
    refused = post(client, path, {"grade": 3, "observed": "2020-04-01"})
    corrected = post(client, f"{path}correct/", {"number": 2, "version": 1, "grade": 2, "reason": "misread"})
    voided = post(client, f"{path}void/", {"number": 2, "reason": "another participant"})

    assert (made.status_code, made.json()["worst_grade"], len(made.json()["rows"])) == (201, 3, 2)
    assert (refused.status_code, list(errors(refused))) == (400, ["observed"])
    assert (corrected.status_code, corrected.json()["worst_grade"]) == (200, 2)
    assert (voided.status_code, voided.json()["worst_grade"], len(voided.json()["rows"])) == (200, 1, 1)
    assert client.get(path).json()["first_day"] == "2020-04-07"
    assert post(client, f"{path}void/", {"number": 9, "reason": "none"}).status_code == 400


def test_likely_duplicate_is_refused_with_its_number_until_somebody_says_why(ward: Ward) -> None:
    client, number = client_of(ward.nurse), begun(ward, onset="2020-04-07").number
    body = {
        "participant": ward.participant.code,
        "reported_term": "pressure fell",
        "ctcae_term": "10021097",
        "onset": "2020-04",
        "grade": 2,
        **NOT_SERIOUS,
    }

    refused = post(client, LIST, body)
    made = post(client, LIST, {**body, "distinct_because": "another cause, after extubation"})

    assert (refused.status_code, list(errors(refused))) == (400, ["distinct_because"])
    assert str(number) in errors(refused)["distinct_because"]
    assert (made.status_code, made.json()["distinct_because"]) == (201, "another cause, after extubation")
    assert AdverseEvent.objects.filter(participant=ward.participant).count() == 2


def test_uncoded_words_meet_the_term_that_they_mean(ward: Ward) -> None:
    said = {"by": ward.nurse, "at": AT, "reason": REASON}
    fever = CtcaeTerm.objects.get(ctcae_version="5.0", code="10016558")
    begun(ward, onset="2020-04-08", ctcae_term=fever, reported_term="38.9 °C")
    draft = save_draft(
        participant=ward.participant,
        values={"reported_term": "fièvre", "onset": "2020-04-09"},
        **said,
    )

    assert [event.reported_term for event in likely_duplicates(draft)] == ["38.9 °C"]


def test_what_the_source_corrects_enters_a_course_that_people_wrote(ward: Ward) -> None:
    event = make_event(
        ward.participant, grade=2, ctcae_term=make_term(), source="import", source_key="AESEQ 1"
    )
    add(event, ward, grade=1, observed="2020-04-09")

    import_events(
        trial=ward.trial,
        wanted={(ward.participant.pk, "AESEQ 1"): {"number": event.number, "grade": 3}},
        by=system_user(),
        at=LATER,
        reason=REASON,
    )

    found = event_course(kept(event), at=LATER).summary
    assert (found.worst, kept(event).grade) == (3, 3)
