"""Every rule refuses alike in the nurse's form, in the service and over HTTP: the same field, the same sentence."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import Membership
from events.admin.event_form import EventForm
from events.models import AdverseEvent, CtcaeTerm
from events.services.adverse_events import record_adverse_event
from tests.factories import make_token, save_row
from tests.integration.events.event_rows import REASON, Ward, make_term, make_values
from trials.models import Participant, ProtocolVersion
from webkit.admin.display import dates_in_words

pytestmark = pytest.mark.django_db

NOW = datetime.now(tz=UTC)
SINUS_TACHYCARDIA = {
    "code": "10040752",
    "soc": "Cardiac disorders",
    "term": "Sinus tachycardia",
    "grades": [1, 2, 3],
}
OTHER = {
    "code": "10047065",
    "soc": "Vascular disorders",
    "term": "Vascular disorders - Other, specify",
    "is_other": True,
}

CASES: dict[str, tuple[dict[str, Any], str]] = {
    "R1 grade that the term does not have": ({"ctcae_term": SINUS_TACHYCARDIA, "grade": 4}, "grade"),
    "R1 no term": ({"ctcae_term": None}, "ctcae_term"),
    "R2 grade 5 without fatal outcome": ({"grade": 5}, "outcome"),
    "R2 fatal outcome without grade 5": ({"outcome": "FATAL"}, "grade"),
    "R2 fatal without the criterion": ({"outcome": "FATAL"}, "results_in_death"),
    "R2 fatal but not serious": ({"outcome": "FATAL"}, "serious"),
    "R2 criterion of death without fatal outcome": ({"serious": True, "results_in_death": True}, "outcome"),
    "R5 serious without a criterion": ({"serious": True}, "serious"),
    "R5 a criterion without serious": ({"disability": True}, "serious"),
    "R6 other without a text": ({"ctcae_term": OTHER}, "specify"),
    "R7 no onset": ({"onset": ""}, "onset"),
    "R7 onset before consent": ({"onset": "2020-04-04"}, "onset"),
    "R7 end before onset": ({"ended": "2020-04-06"}, "ended"),
    "R7 resolved without end": ({"ended": ""}, "ended"),
    "R7 in the future": ({"onset": "2099-01", "ended": "", "outcome": ""}, "onset"),
    "R7 no such day": ({"onset": "2020-02-30"}, "onset"),
}


@pytest.fixture
def client(ward: Ward) -> Client:
    membership = Membership.objects.get(user=ward.nurse)
    secret = make_token(membership, at=NOW)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def newest_protocol(ward: Ward) -> Any:
    return ProtocolVersion.objects.protocol_of(trial_id=ward.trial.pk, on=None)


def values_of(changes: dict[str, Any]) -> dict[str, Any]:
    term = changes.get("ctcae_term", {})
    return make_values(**{**changes, "ctcae_term": None if term is None else make_term(**term)})


def said_by_service(ward: Ward, values: dict[str, Any]) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        record_adverse_event(
            participant=ward.participant, values=values, by=ward.nurse, at=NOW, reason=REASON
        )
    return caught.value.message_dict


def said_by_form(ward: Ward, values: dict[str, Any]) -> dict[str, list[str]]:
    form = EventForm(data=form_data(ward, values))
    participants = Participant.objects.filter(pk=ward.participant.pk)
    form.for_trial(newest_protocol(ward), participants)
    assert not form.is_valid()
    return {name: list(messages) for name, messages in form.errors.items()}


def form_data(ward: Ward, values: dict[str, Any]) -> dict[str, Any]:
    """What a browser sends: dates in four fields, rows by id, open answers empty."""
    sent: dict[str, Any] = {"participant": ward.participant.pk}
    for name, value in values.items():
        if name in ("onset", "ended"):
            day, _, time = value.partition("T")
            year, month, date = [*day.split("-"), "", "", ""][:3]
            sent |= {f"{name}_day": date, f"{name}_month": month, f"{name}_year": year, f"{name}_time": time}
        elif isinstance(value, CtcaeTerm):
            sent[name] = value.pk
        else:
            sent[name] = "" if value is None else value
    return sent


def said_by_api(client: Client, ward: Ward, values: dict[str, Any]) -> dict[str, list[str]]:
    term = values["ctcae_term"]
    sent = {**values, "participant": ward.participant.code, "ctcae_term": term.code if term else None}
    answer = client.post("/api/v1/adverse-events/", sent, content_type="application/json")
    assert answer.status_code == 400, answer.content
    said: dict[str, list[str]] = {}
    for item in answer.json()["errors"]:
        said.setdefault(item["field"], []).append(item["message"])
    return said


@pytest.mark.parametrize("case", CASES)
def test_rule_refuses_alike_at_every_door(ward: Ward, client: Client, case: str) -> None:
    changes, field = CASES[case]
    values = values_of(changes)

    by_service = said_by_service(ward, values)
    by_form, by_api = said_by_form(ward, values), said_by_api(client, ward, values)

    assert by_service[field]
    assert by_api == by_service
    assert by_form == {name: [dates_in_words(text) for text in texts] for name, texts in by_api.items()}
    assert not AdverseEvent.objects.exists()


def test_plain_event_passes_at_every_door(ward: Ward, client: Client) -> None:
    values = values_of({})
    form = EventForm(data=form_data(ward, values))
    form.for_trial(
        newest_protocol(ward),
        Participant.objects.filter(pk=ward.participant.pk),
    )
    sent = {**values, "participant": ward.participant.code, "ctcae_term": values["ctcae_term"].code}

    answer = client.post("/api/v1/adverse-events/", sent, content_type="application/json")

    assert (form.is_valid(), answer.status_code) == (True, 201), form.errors


def defer_consent(ward: Ward) -> None:
    """Consent was given on the 9th; the infusion was on the 7th at 10:00."""
    ward.participant.consented_at = datetime(2020, 4, 9, 8, tzinfo=UTC)
    ward.participant.version += 1
    save_row(ward.participant)


def test_event_between_the_first_infusion_and_a_deferred_consent_passes_at_every_door(
    ward: Ward, client: Client
) -> None:
    defer_consent(ward)
    values = values_of({"serious": True, "life_threatening": True, "grade": 4, "severity": "SEVERE"})
    form = EventForm(data=form_data(ward, values))
    form.for_trial(
        newest_protocol(ward),
        Participant.objects.filter(pk=ward.participant.pk),
    )
    sent = {**values, "participant": ward.participant.code, "ctcae_term": values["ctcae_term"].code}

    answer = client.post("/api/v1/adverse-events/", sent, content_type="application/json")
    kept = record_adverse_event(
        participant=ward.participant, values=values, by=ward.nurse, at=NOW, reason=REASON
    )

    assert (form.is_valid(), answer.status_code, kept.number) == (True, 201, 2), (form.errors, answer.content)


def test_event_before_enrolment_infusion_and_deferred_consent_is_refused_at_every_door(
    ward: Ward, client: Client
) -> None:
    defer_consent(ward)
    values = values_of({"onset": "2020-04-01", "ended": "2020-04-08"})

    said = said_by_service(ward, values)

    assert "medical history" in said["onset"][0]
    assert said_by_api(client, ward, values) == said
    assert "onset" in said_by_form(ward, values)


def test_api_says_when_an_event_can_have_begun_and_whether_it_is_emergent(ward: Ward, client: Client) -> None:
    values = values_of({"onset": "2020-04", "ended": "2020-04-07T09:59", "outcome": "RECOVERED/RESOLVED"})
    sent = {**values, "participant": ward.participant.code, "ctcae_term": values["ctcae_term"].code}

    made = client.post("/api/v1/adverse-events/", sent, content_type="application/json").json()
    (listed,) = client.get("/api/v1/adverse-events/").json()["results"]

    assert (made["possible_onset"], made["emergent"]) == (listed["possible_onset"], listed["emergent"])
    assert listed["onset"] == "2020-04"
    assert datetime.fromisoformat(listed["possible_onset"]["latest"]) < datetime(2020, 4, 7, 10, tzinfo=UTC)
    assert listed["possible_onset"]["latest"] == listed["possible_end"]["latest"]
    assert listed["emergent"] is False
    assert listed["after_infusion"] is None
