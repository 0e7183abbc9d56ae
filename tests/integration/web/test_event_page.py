"""The page on which an adverse event is recorded, over HTTP: refusals, drafts, corrections."""

import tomllib
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.services import system_user
from audit.services import attributed
from events.models import AdverseEvent
from tests.factories import allocate, make_site, make_user
from tests.plugins.shared_rows import shared_rows
from tests.ward import ROOT, Ward, make_patient, make_term, make_ward
from trials.services import load_protocol

pytestmark = pytest.mark.django_db
ENROLLED = datetime(2020, 4, 6, 9, 0, tzinfo=UTC)
ADD = "/events/adverseevent/add/"


@shared_rows
def ward() -> Ward:
    return make_ward()


@pytest.fixture
def client(ward: Ward) -> Client:
    signed_in = Client()
    signed_in.force_login(ward.nurse)
    return signed_in


def answers(ward: Ward, **changes: object) -> dict[str, object]:
    patient = changes.pop("participant", None) or make_patient(ward, "07-012", enrolled_at=ENROLLED)
    term = make_term("Acute kidney injury", [1, 3, 4, 5])
    return {
        "participant": patient.pk,
        "reported_term": "Kidneys failing",
        "ctcae_term": term.pk,
        "grade": "3",
        "serious": "False",
        "onset_day": "7",
        "onset_month": "4",
        "onset_year": "2020",
        "onset_time": "03:40",
        "outcome": "NOT RECOVERED/NOT RESOLVED",
        **changes,
    }


def test_event_is_recorded_and_the_nurse_is_back_on_the_list(ward: Ward, client: Client) -> None:
    response = client.post(ADD, {**answers(ward), "back": "/", "_save": ""}, follow=True)

    event = AdverseEvent.objects.get()
    assert response.redirect_chain == [("/", 302)]
    assert "Recorded: 07-012 · Acute kidney injury." in response.content.decode()
    assert (event.status, event.grade, event.onset, event.serious) == (
        "recorded",
        3,
        "2020-04-07T03:40",
        False,
    )


def test_grade_that_the_term_does_not_have_is_refused_and_what_was_typed_stays(
    ward: Ward, client: Client
) -> None:
    response = client.post(ADD, {**answers(ward, grade="2"), "_save": ""})

    page = response.content.decode()
    assert not AdverseEvent.objects.exists()
    assert "error-summary" in page
    assert 'href="#id_grade"' in page
    assert 'value="Kidneys failing"' in page
    assert 'value="03:40"' in page
    assert 'value="2" checked' in page


@pytest.mark.parametrize(
    ("change", "target"),
    [
        ({"reported_term": ""}, "#id_reported_term"),
        ({"onset_day": "31"}, "#id_onset"),
        ({"onset_time": "noon"}, "#id_onset"),
        ({"serious": "True"}, "#id_serious"),
        ({"grade": "9"}, "#id_grade"),
    ],
)
def test_bad_answer_is_named_at_the_top_and_leads_to_its_field(
    ward: Ward, client: Client, change: dict[str, str], target: str
) -> None:
    response = client.post(ADD, {**answers(ward, **change), "_save": ""})

    assert response.status_code == 200
    assert f'href="{target}' in response.content.decode()
    assert not AdverseEvent.objects.exists()


def test_what_only_looks_like_a_number_is_refused_and_no_error_page(ward: Ward, client: Client) -> None:
    opened = client.get(ADD, {"participant": "²"})
    sent = client.post(ADD, {**answers(ward), "ctcae_term": "²", "grade": "²", "onset_day": "²"})

    assert (opened.status_code, sent.status_code) == (200, 200)
    assert "“²” is not a number of a day or a month." in sent.content.decode()
    assert not AdverseEvent.objects.exists()


def test_draft_is_kept_half_filled(ward: Ward, client: Client) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=ENROLLED)

    client.post(ADD, {"participant": patient.pk, "reported_term": "Something", "_draft": ""})

    assert AdverseEvent.objects.get().status == "draft"


def test_change_needs_a_reason_and_keeps_what_was_typed(ward: Ward, client: Client) -> None:
    client.post(ADD, {**answers(ward), "_save": ""})
    event = AdverseEvent.objects.get()
    change = {**answers(ward, participant=event.participant), "grade": "4", "seen_version": event.version}

    refused = client.post(f"/events/adverseevent/{event.pk}/change/", {**change, "_save": ""})

    event.refresh_from_db()
    assert 'href="#id_reason"' in refused.content.decode()
    assert event.grade == 3


def test_change_with_a_reason_is_a_new_version_with_a_history(ward: Ward, client: Client) -> None:
    client.post(ADD, {**answers(ward), "_save": ""})
    event = AdverseEvent.objects.get()
    change = {
        **answers(ward, participant=event.participant),
        "grade": "4",
        "seen_version": event.version,
        "reason": "laboratory called back",
    }

    client.post(f"/events/adverseevent/{event.pk}/change/", {**change, "_save": ""})
    history = client.get(f"/history/events_adverseevent/{event.pk}/").content.decode()

    event.refresh_from_db()
    assert (event.grade, event.version) == (4, 2)
    assert "laboratory called back" in history
    assert "<del>Grade 3</del>" in history
    assert "<ins>Grade 4</ins>" in history


def amend_dictionary(effective: date) -> None:
    """A version of the protocol with another CTCAE."""
    content = tomllib.loads((ROOT / "protocols" / "stroma-cov-2.toml").read_text())
    content |= {"version": "2.0", "effective_date": effective}
    content["dictionary"] |= {"version": "6.0"}
    load_protocol(content=content, by=system_user(), at=timezone.now(), reason="amended")


def test_event_is_asked_for_by_the_protocol_in_force_and_not_by_one_loaded_ahead(
    ward: Ward, client: Client
) -> None:
    amend_dictionary(timezone.localdate() + timedelta(days=60))

    client.post(ADD, {**answers(ward), "_save": ""})

    assert AdverseEvent.objects.get().grade == 3


def test_event_can_be_changed_after_the_dictionary_has_changed(ward: Ward, client: Client) -> None:
    client.post(ADD, {**answers(ward), "_save": ""})
    event = AdverseEvent.objects.get()
    long_ago = timezone.now() - timedelta(days=60)
    with attributed(by=system_user(), at=long_ago, reason="recorded long ago"):
        AdverseEvent.objects.update(recorded_at=long_ago)
    amend_dictionary(timezone.localdate() - timedelta(days=30))
    change = {**answers(ward, participant=event.participant), "grade": "4", "seen_version": event.version}

    client.post(f"/events/adverseevent/{event.pk}/change/", {**change, "reason": "called back", "_save": ""})

    event.refresh_from_db()
    assert (event.grade, event.version) == (4, 2)


def test_change_of_a_record_that_moved_on_is_refused(ward: Ward, client: Client) -> None:
    client.post(ADD, {**answers(ward), "_save": ""})
    event = AdverseEvent.objects.get()
    change = {**answers(ward, participant=event.participant), "reason": "typing error", "_save": ""}
    client.post(f"/events/adverseevent/{event.pk}/change/", {**change, "grade": "4", "seen_version": "1"})

    late = client.post(
        f"/events/adverseevent/{event.pk}/change/", {**change, "grade": "5", "seen_version": "1"}
    )

    event.refresh_from_db()
    assert "Somebody else changed this record" in late.content.decode()
    assert event.grade == 4


def test_answered_question_of_seriousness_is_never_hidden(ward: Ward, client: Client) -> None:
    response = client.post(
        ADD, {**answers(ward, grade="1", disability="False", reported_term=""), "_save": ""}
    )

    assert "data-seriousness open" in response.content.decode()


def test_questions_of_seriousness_stay_closed_below_grade_3(ward: Ward, client: Client) -> None:
    response = client.post(ADD, {**answers(ward, grade="1", serious="", reported_term=""), "_save": ""})

    assert "data-seriousness>" in response.content.decode()


def test_event_of_another_site_is_not_there(ward: Ward, client: Client) -> None:
    client.post(ADD, {**answers(ward), "_save": ""})
    event = AdverseEvent.objects.get()
    neighbour = Client()
    neighbour.force_login(make_user("nurse", trial=ward.trial, site=make_site(ward.trial, code="77")))

    page = neighbour.get(f"/events/adverseevent/{event.pk}/change/")
    history = neighbour.get(f"/history/events_adverseevent/{event.pk}/")

    assert page.status_code in (302, 404)
    assert history.status_code == 404


def test_who_may_only_read_finds_no_form(ward: Ward, client: Client) -> None:
    client.post(ADD, {**answers(ward), "_save": ""})
    event = AdverseEvent.objects.get()
    officer = Client()
    officer.force_login(make_user("pharmacovigilance", trial=ward.trial))

    page = officer.get(f"/events/adverseevent/{event.pk}/change/").content.decode()
    refused = officer.post(f"/events/adverseevent/{event.pk}/change/", {"grade": "1", "_save": ""})

    assert "adverseevent_form" not in page
    assert "Acute kidney injury" in page
    assert refused.status_code == 403


def test_read_only_pages_show_words_and_no_codes(ward: Ward, client: Client) -> None:
    client.post(ADD, {**answers(ward, causality="OTHER_DISEASE", severity="SEVERE"), "_save": ""})
    event = AdverseEvent.objects.get()
    officer = Client()
    officer.force_login(make_user("pharmacovigilance", trial=ward.trial))

    pages = [
        officer.get(f"/events/adverseevent/{event.pk}/change/").content.decode(),
        officer.get(f"/history/events_adverseevent/{event.pk}/").content.decode(),
    ]

    for page in pages:
        assert "Other disease" in page
        assert "OTHER_DISEASE" not in page
        assert "NOT RECOVERED/NOT RESOLVED" not in page
        assert "SEVERE" not in page


def test_the_units_pages_name_the_arm_in_words(ward: Ward, client: Client) -> None:
    person = make_patient(ward, "07-013", enrolled_at=ENROLLED)
    allocate(person, "UC_MSC")
    client.force_login(make_user("cell_therapy_unit", trial=ward.trial))

    page = client.get("/product/allocation/").content.decode()

    assert "Umbilical-cord mesenchymal stromal cells" in page
    assert ">UC_MSC<" not in page


def test_french_page_is_french(ward: Ward, client: Client) -> None:
    response = client.get(ADD, headers={"accept-language": "fr"})

    page = response.content.decode()
    assert '<html lang="fr"' in page
    assert "Enregistrer l’événement" in page


def test_refusal_says_the_answers_and_dates_of_the_page_in_french(ward: Ward, client: Client) -> None:
    wrong = {"outcome": "RECOVERED/RESOLVED", "ongoing": "True", "onset_day": "\u00e9", "ended_year": "20"}

    response = client.post(ADD, {**answers(ward, **wrong), "_save": ""}, headers={"accept-language": "fr"})

    said = [problem["message"] for problem in response.context["problems"]]
    assert len(said) == 3, said
    assert any("l\u2019issue est R\u00e9tabli" in text for text in said), said
    assert not any("non renseign" in text for text in said), said
