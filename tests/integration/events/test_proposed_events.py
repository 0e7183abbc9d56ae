"""Values propose events: one per participant, term and episode; recorded, dismissed, asked again when worse."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from assessments.services.laboratory import record_laboratory_result, void_laboratory_result
from events.models import AdverseEvent, SuggestedEvent
from events.queries.suggestions import participants_with_new_values
from events.services.suggestions import accept_suggestion, dismiss_suggestion, refresh_suggestions
from tests.factories import make_reading, make_user
from tests.integration.events.event_rows import LATER, REASON, Ward

pytestmark = pytest.mark.django_db


def measure(ward: Ward, value: str, sampled: str, test: str = "Hemoglobin", **said: Any) -> Any:
    values = {"test": test, "value": value, "unit": "g/L", "sampled": sampled, "lower_limit": "130", **said}
    return record_laboratory_result(
        participant=ward.participant, values=values, by=ward.nurse, at=LATER, reason=REASON
    )


def refresh(ward: Ward) -> int:
    return refresh_suggestions(participant_id=ward.participant.pk, at=LATER)


def open_ones() -> list[tuple[str, list[int], str]]:
    return [(row.term.term, row.grades, row.value) for row in SuggestedEvent.objects.open().order_by("pk")]


def client_for(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_values_of_one_abnormality_are_one_proposal(ward: Ward) -> None:
    measure(ward, "95", "2020-04-08T08:00")
    measure(ward, "75", "2020-04-09T08:00")
    measure(ward, "140", "2020-04-10T08:00")
    measure(ward, "90", "2020-04-11T08:00")

    assert refresh(ward) == 2
    assert open_ones() == [("Anemia", [3], "75 g/L"), ("Anemia", [2], "90 g/L")]
    assert refresh(ward) == 0


def test_values_before_the_trial_baselines_and_unknown_tests_propose_nothing(ward: Ward) -> None:
    measure(ward, "75", "2020-04-04")
    measure(ward, "75", "2020-04-08", is_baseline=True)
    measure(ward, "75", "2020-04-08", test="Something else")

    assert refresh(ward) == 0


def test_dismissal_needs_a_reason_and_a_worse_value_asks_again(ward: Ward) -> None:
    measure(ward, "95", "2020-04-08T08:00")
    refresh(ward)
    row = SuggestedEvent.objects.get()
    said = {"by": ward.nurse, "at": LATER}
    with pytest.raises(ValidationError):
        dismiss_suggestion(suggestion=row, reason=" ", **said)

    dismiss_suggestion(suggestion=row, reason="known since years", **said)
    measure(ward, "90", "2020-04-09T08:00")
    refresh(ward)
    assert open_ones() == []
    measure(ward, "70", "2020-04-10T08:00")
    refresh(ward)

    assert open_ones() == [("Anemia", [3], "70 g/L")]
    assert SuggestedEvent.objects.count() == 1


def test_voided_values_propose_nothing_any_more(ward: Ward) -> None:
    result = measure(ward, "75", "2020-04-08T08:00")
    refresh(ward)

    void_laboratory_result(result=result, by=ward.nurse, at=LATER, reason="another tube")
    refresh(ward)

    assert open_ones() == []


def test_proposal_belongs_to_its_participant_and_to_who_records_events(ward: Ward) -> None:
    measure(ward, "75", "2020-04-08T08:00")
    refresh(ward)
    row = SuggestedEvent.objects.get()

    with pytest.raises(PermissionDenied):
        dismiss_suggestion(
            suggestion=row, by=make_user("data_manager", trial=ward.trial), at=LATER, reason=REASON
        )
    with pytest.raises(ValidationError):
        accept_suggestion(suggestion_id=row.pk, event=AdverseEvent(participant_id=0), by=ward.nurse, at=LATER)


def test_nurse_records_a_proposal_and_its_worse_grade_enters_the_course(ward: Ward) -> None:
    measure(ward, "95", "2020-04-08T08:00")
    refresh(ward)
    client, row = client_for(ward.nurse), SuggestedEvent.objects.get()
    change = reverse("admin:events_suggestedevent_change", args=[row.pk])

    assert "An event? “Anemia”, grade 2" in client.get(reverse("admin:index")).content.decode()
    shown = client.get(change).content.decode()
    assert "&lt; 100" in shown or "< 100" in shown
    url = shown.split('class="button button-primary" href="')[1].split('"')[0].replace("&amp;", "&")
    form = client.get(url).content.decode()
    assert "Hemoglobin 95 g/L" in form
    body = {
        "participant": ward.participant.pk,
        "reported_term": "anaemia",
        "ctcae_term": row.term_id,
        "grade": "2",
    }
    when = {"onset_day": "8", "onset_month": "4", "onset_year": "2020", "onset_time": "08:00"}
    client.post(url, {**body, **when, "_save": "1"})
    row.refresh_from_db()
    event = AdverseEvent.objects.get()
    assert (row.state, row.event_id, row.answered_grade) == ("recorded", event.pk, 2)

    measure(ward, "70", "2020-04-10T08:00")
    refresh(ward)
    again = client.get(change).content.decode()
    url = again.split('class="button button-primary" href="')[1].split('"')[0].replace("&amp;", "&")
    client.post(
        url,
        {
            "observed_day": "10",
            "observed_month": "4",
            "observed_year": "2020",
            "observed_time": "08:00",
            "grade": "3",
            "outcome": "",
            "intervention": "",
            "note": "",
            "seen_version": "1",
        },
    )

    row.refresh_from_db()
    assert (row.state, row.answered_grade, AdverseEvent.objects.get().grade) == ("recorded", 3, 3)


def test_sweep_finds_values_of_which_no_message_came(ward: Ward) -> None:
    measure(ward, "75", "2020-04-08T08:00")

    assert participants_with_new_values(at=LATER) == [ward.participant.pk]
    assert participants_with_new_values(at=LATER + timedelta(days=1)) == []


def test_temperature_of_a_reading_proposes_fever(ward: Ward) -> None:
    reading = make_reading(ward.participant, taken_at=LATER - timedelta(hours=2), temperature_c="39.4")

    assert participants_with_new_values(at=reading.changed_at) == [ward.participant.pk]
    refresh(ward)

    assert open_ones() == [("Fever", [2], "39.4 °C")]
