"""The trail on the auditor's page: no number missing, sealed tables not even by name."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from accounts.choices import Role
from accounts.services import system_user
from audit.models import FIRST_SEALED_ID, Entry
from audit.services import attributed, next_version
from events.models import AdverseEvent, CtcaeTerm
from haemodynamics.models import HaemodynamicReading, VasopressorRate
from haemodynamics.services.evaluation import SYSTEM_REASON
from tests.factories import AT, make_participant, make_trial, save_row
from tests.full_fixture import make_everything
from trials.models import Participant

pytestmark = pytest.mark.django_db

LINK = re.compile(r"/audit/entry/([^/]+)/change/")


@pytest.fixture
def auditor(client: Client) -> Client:
    client.force_login(
        make_everything().users[Role.AUDITOR], backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def test_the_list_leads_to_entries(auditor: Client) -> None:
    numbers = LINK.findall(auditor.get("/audit/entry/").content.decode())

    assert auditor.get(f"/audit/entry/{numbers[0]}/change/").status_code == 200


def test_numbers_of_open_entries_have_no_gap_where_something_was_sealed(auditor: Client) -> None:
    written_here = Entry.objects.filter(sealed=False).exclude(table_name=CtcaeTerm._meta.db_table)
    numbers = list(written_here.order_by("pk").values_list("pk", flat=True))

    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert len(numbers) > 50


def test_a_sealed_entry_is_not_there_as_little_as_one_that_never_was(auditor: Client) -> None:
    told = {auditor.get(f"/audit/entry/{number}/change/").status_code for number in (10**18, 10**17)}

    assert told == {302}


def test_the_filter_names_no_sealed_table(auditor: Client) -> None:
    page = auditor.get("/audit/entry/").content.decode()

    assert "table=trials_participant" in page
    assert not re.search("DSA|table=immunology_dsafinding|table=product_allocation|Donor typing", page)


def test_the_history_of_something_without_a_number_is_not_there(auditor: Client) -> None:
    assert auditor.get("/trials/participant/none/history/").status_code == 404


def found_for(auditor: Client, words: str) -> set[str]:
    page = auditor.get("/audit/entry/", {"q": words}, headers={"Accept-Language": "fr"})
    return set(LINK.findall(page.content.decode()))


def test_reasons_are_found_in_the_words_in_which_they_are_shown(auditor: Client) -> None:
    """Reasons of the code are found in their displayed and in their stored words; other words find nothing."""
    participant = Participant.objects.earliest("pk")
    next_version(participant, at=AT)
    with attributed(by=system_user(), reason=SYSTEM_REASON, at=AT):
        participant.save()
    searched = ("D’APRÈS les règles", SYSTEM_REASON, "par les astres")
    told = {words: found_for(auditor, words) for words in searched}

    assert told["D’APRÈS les règles"] >= told[SYSTEM_REASON] != set()
    assert told["par les astres"] == set()


def test_all_of_a_participant_is_found_by_the_code(auditor: Client) -> None:
    reading = HaemodynamicReading.objects.earliest("pk")
    pump = {"agent": "norepinephrine", "rate": Decimal(4), "unit": "ug/min", "salt": "base"}
    save_row(VasopressorRate(trial=reading.trial, reading=reading, **pump))
    code = reading.participant.code

    entries = Entry.objects.filter(pk__in=found_for(auditor, code.lower()))

    tables = set(entries.values_list("table_name", flat=True))
    assert {
        "trials_participant",
        "haemodynamics_haemodynamicreading",
        "haemodynamics_vasopressorrate",
    } <= tables
    others = Participant.objects.exclude(code__icontains=code).values_list("pk", flat=True)
    assert {entry.new.get("participant_id", reading.participant_id) for entry in entries}.isdisjoint(others)
    assert not entries.filter(sealed=True).exists()


def test_events_are_found_by_the_term_that_they_have_or_had(auditor: Client) -> None:
    event = AdverseEvent.objects.earliest("pk")
    former, coded = event.reported_term, "Sinus tachycardia"
    event.ctcae_term = CtcaeTerm.objects.get(ctcae_version="5.0", term=coded)
    event.reported_term = "a quite different complaint"
    next_version(event, at=AT)
    with attributed(by=system_user(), reason="typing error", at=AT):
        event.save()
    numbers = {
        str(pk)
        for pk in Entry.objects.of_row(table="events_adverseevent", row_id=event.pk).values_list(
            "pk", flat=True
        )
    }

    assert numbers
    assert found_for(auditor, former) >= numbers  # also where it was replaced
    changed = found_for(auditor, "quite DIFFERENT complaint")
    assert changed < numbers
    assert found_for(auditor, "sinus tachy") == changed
    assert len(changed) == 1


def test_no_search_finds_what_is_sealed_or_of_another_trial(auditor: Client) -> None:
    """The name of an arm is in sealed entries; a participant's code of another trial in open ones."""
    stranger = make_participant(make_trial(), code="ELSEWHERE-1")

    assert found_for(auditor, stranger.code) == set()
    arms = {str(pk) for arm in ("UC_MSC", "ACTIVE", "PLACEBO") for pk in found_for(auditor, arm)}
    assert all(int(pk) < FIRST_SEALED_ID for pk in arms)
