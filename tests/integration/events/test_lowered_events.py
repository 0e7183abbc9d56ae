"""A recorded event keeps its worst: form, API and service need a reason for lowering; an import states it."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from events.models import AdverseEvent
from events.services.adverse_events import change_draft, save_draft
from events.services.imports import import_events
from tests.factories import make_user
from tests.integration.events.event_requests import LIST, client_of, errors, post
from tests.integration.events.event_rows import (
    AT,
    LATER,
    NOT_SERIOUS,
    REASON,
    Ward,
    make_serious_values,
    make_values,
)
from tests.integration.events.event_steps import correct, record, trail

pytestmark = pytest.mark.django_db


def kept(event: AdverseEvent) -> AdverseEvent:
    return AdverseEvent.objects.get(pk=event.pk)


@pytest.mark.parametrize("change", [{"grade": 1}, {"grade": None}, {"severity": "MILD"}])
def test_lowering_without_an_answer_is_refused_and_writes_nothing(ward: Ward, change: dict[str, Any]) -> None:
    event = record(ward)

    with pytest.raises(ValidationError) as refused:
        correct(event, ward, **change)

    assert list(refused.value.message_dict) == ["lowering"]
    assert (kept(event).grade, kept(event).severity, kept(event).version) == (2, "MODERATE", 1)


def test_two_three_two_keeps_three_at_its_worst(ward: Ward) -> None:
    event = record(ward)
    correct(event, ward, grade=3)
    correct(event, ward, seen_version=2, grade=2, lowering="improved")

    row = kept(event)
    assert (row.grade, row.present_grade, row.lowered_because, row.version) == (3, 2, "improved", 3)


def test_a_grade_that_was_an_error_is_corrected_and_the_trail_says_so(ward: Ward) -> None:
    event = record(ward, grade=3)
    correct(event, ward, grade=2, lowering="error")

    row = kept(event)
    new = trail(event)[-1].new
    assert (row.grade, row.present_grade, row.lowered_because) == (2, None, "error")
    assert new is not None
    assert new["lowered_because"] == "error"
    correct(event, ward, seen_version=2, narrative="nothing new")
    assert kept(event).lowered_because == ""


def test_criteria_that_were_met_are_taken_back_only_as_an_error(ward: Ward) -> None:
    event = record(ward, **make_serious_values())

    with pytest.raises(ValidationError) as refused:
        correct(event, ward, **NOT_SERIOUS, lowering="improved")
    assert sorted(refused.value.message_dict) == ["hospitalisation", "serious"]

    correct(event, ward, **NOT_SERIOUS, lowering="error")
    assert kept(event).serious is False


def test_todays_grade_is_lower_than_the_worst(ward: Ward) -> None:
    event = record(ward)

    with pytest.raises(ValidationError) as refused:
        correct(event, ward, present_grade=2)
    assert list(refused.value.message_dict) == ["present_grade"]
    correct(event, ward, present_grade=1)
    assert (kept(event).grade, kept(event).present_grade) == (2, 1)


def test_a_draft_changes_freely(ward: Ward) -> None:
    draft = save_draft(
        participant=ward.participant, values=make_values(grade=3), by=ward.nurse, at=AT, reason=REASON
    )

    change_draft(
        event=draft, values={"grade": 2}, seen_version=1, by=ward.nurse, at=LATER, reason="read again"
    )

    assert kept(draft).grade == 2


def test_the_api_asks_and_keeps_the_worst(ward: Ward) -> None:
    event = record(ward, grade=3)
    client = client_of(ward.nurse)
    path = f"{LIST}{event.pk}/correct/"
    body = {"grade": 2, "version": 1, "reason": "seen again"}

    refused = post(client, path, body)
    unknown = post(client, path, {**body, "lowering": "source"})
    done = post(client, path, {**body, "lowering": "improved"})

    assert (refused.status_code, list(errors(refused))) == (400, ["lowering"])
    assert (unknown.status_code, list(errors(unknown))) == (400, ["lowering"])
    assert done.status_code == 200, done.content
    assert (done.json()["grade"], done.json()["present_grade"]) == (3, 2)
    assert done.json()["lowered_because"] == "improved"


def test_a_follow_up_over_the_api_takes_the_grade_now(ward: Ward) -> None:
    event = record(ward, grade=3)

    said = post(
        client_of(ward.nurse),
        f"{LIST}{event.pk}/follow-up/",
        {"present_grade": 1, "version": 1, "reason": "seen again"},
    )

    assert (said.status_code, said.json()["present_grade"]) == (200, 1)


def test_the_page_asks_and_keeps_what_was_typed(ward: Ward) -> None:
    event = record(ward, grade=3)
    client = Client()
    client.force_login(ward.nurse)
    page = f"/events/adverseevent/{event.pk}/change/"
    sent = {
        "reported_term": event.reported_term,
        "ctcae_term": event.ctcae_term_id,
        "grade": "2",
        "severity": "MODERATE",
        "outcome": event.outcome,
        "action_taken": event.action_taken,
        "causality": event.causality,
        **{
            f"onset_{part}": value
            for part, value in zip(
                ("day", "month", "year", "time"), ("07", "04", "2020", "13:40"), strict=True
            )
        },
        **{
            f"ended_{part}": value
            for part, value in zip(("day", "month", "year"), ("08", "04", "2020"), strict=True)
        },
        **dict.fromkeys(NOT_SERIOUS, "False"),
        "reason": "seen again",
        "seen_version": "1",
        "_save": "",
    }

    asked = client.post(page, sent).content.decode()
    client.post(page, {**sent, "lowering": "improved"})

    assert 'href="#id_lowering' in asked
    assert 'value="2" checked' in asked
    assert (kept(event).grade, kept(event).present_grade) == (3, 2)


@pytest.fixture
def importer(ward: Ward) -> User:
    return make_user("data_manager", trial=ward.trial)


def test_an_import_that_lowers_says_that_its_source_did(ward: Ward, importer: User) -> None:
    said = {"by": importer, "at": AT, "reason": "first cut"}
    fields = {"number": 1, "reported_term": "low blood pressure", "grade": 3, "severity": "", "onset": ""}
    key = (ward.participant.pk, "AESEQ 1")
    import_events(trial=ward.trial, wanted={key: fields}, **said)

    import_events(trial=ward.trial, wanted={key: {**fields, "grade": 2}}, **said)
    event = AdverseEvent.objects.get()
    again = import_events(trial=ward.trial, wanted={key: {**fields, "grade": 2}}, **said)

    assert (event.grade, event.lowered_because, event.version) == (2, "source", 2)
    assert again.unchanged == 1


def test_an_import_keeps_the_grade_now_while_the_grade_is_the_same(ward: Ward, importer: User) -> None:
    said = {"by": importer, "at": AT, "reason": "first cut"}
    fields = {"number": 1, "reported_term": "low blood pressure", "grade": 3, "severity": "", "onset": ""}
    key = (ward.participant.pk, "AESEQ 1")
    import_events(trial=ward.trial, wanted={key: {**fields, "present_grade": 1}}, **said)

    import_events(trial=ward.trial, wanted={key: {**fields, "reported_term": "hypotension"}}, **said)
    renamed = AdverseEvent.objects.get()
    import_events(trial=ward.trial, wanted={key: {**fields, "grade": 4}}, **said)
    graded = AdverseEvent.objects.get()

    assert (renamed.reported_term, renamed.grade, renamed.present_grade) == ("hypotension", 3, 1)
    assert (graded.grade, graded.present_grade) == (4, None)
