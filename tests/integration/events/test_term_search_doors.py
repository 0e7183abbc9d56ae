"""The search for a term behind its doors: form, API, command; and the words that found nothing."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.services import system_user
from audit.models import Entry
from events.models import CtcaeTerm, SiteWord, UnfoundWord
from events.queries.term_search import SearchScope, recorded_counts, search_terms
from events.rules.unfound_words import FORGOTTEN_AFTER
from events.services.adverse_events import record_adverse_event
from events.services.vocabulary import load_shipped_terms
from events.services.words import count_unfound_word, map_word, remove_unfound_word, void_site_word
from tests.factories import make_user
from tests.integration.events.event_rows import AT, LATER, REASON, Ward, make_values, make_ward

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward() -> Ward:
    load_shipped_terms(by=system_user(), at=AT)
    return make_ward()


def term(name: str, version: str = "5.0") -> CtcaeTerm:
    return CtcaeTerm.objects.get(ctcae_version=version, term=name)


def search(words: str, **named: Any) -> list[str]:
    asked = {"version": "5.0", "language": "en", "limit": 3, **named}
    return [found.term.term for found in search_terms(text=words, **asked)]


def command(*words: str, **options: Any) -> list[dict[str, str]]:
    out = io.StringIO()
    call_command("search_term", *words, format="json", stdout=out, **options)
    listed: list[dict[str, str]] = json.loads(out.getvalue())
    return listed


def record(ward: Ward, name: str) -> None:
    record_adverse_event(
        participant=ward.participant,
        values=make_values(ctcae_term=term(name), grade=2),
        by=ward.nurse,
        at=LATER,
        reason=REASON,
    )


def count(ward: Ward, typed: str, **named: Any) -> UnfoundWord | None:
    asked = {"trial": ward.trial, "language": "en", "version": "5.0", "at": AT, **named}
    return count_unfound_word(typed=typed, **asked)


# One search, three doors -------------------------------------------------------


def test_the_command_prints_the_terms_best_first() -> None:
    found = command("fièvre", language="fr", dictionary="CTCAE-5.0", limit=2)

    assert found[0] == {"code": "10016558", "term": "Fever", "matched": "fièvre"}
    assert len(found) == 2
    assert command("zzzz", language="fr", dictionary="CTCAE-6.0") == []


def test_form_api_and_command_find_the_same(ward: Ward) -> None:
    browser, api = Client(), APIClient()
    browser.force_login(ward.nurse)
    api.force_authenticate(ward.nurse)

    by_command = command("kidney", "failure", language="en", dictionary="CTCAE-5.0")
    query = {"search": "kidney failure", "language": "en", "dictionary": "CTCAE-5.0"}
    by_api = api.get(reverse("adverse-events-terms"), query).json()
    by_form = browser.get(
        reverse("admin:events_ctcaeterm_search"), {"q": "kidney failure", "version": "5.0"}
    ).json()["terms"]

    assert by_command[0]["term"] == "Acute kidney injury"
    assert [one["term"] for one in by_api] == [one["term"] for one in by_command]
    assert [one["term"] for one in by_form] == [one["term"] for one in by_command]


def test_the_form_shows_the_matched_word_and_our_label(ward: Ward) -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE="fr")
    client.force_login(ward.nurse)

    found = client.get(reverse("admin:events_ctcaeterm_search"), {"q": "fievre", "version": "5.0"}).json()

    first = found["terms"][0]
    assert (first["term"], first["label"], first["matched"]) == ("Fever", "Fièvre", "fièvre")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"dictionary": "CTCAE-5.0"}, "search"),
        ({"search": "fit", "dictionary": "CTCAE-4.0"}, "dictionary"),
        ({"search": "fit", "dictionary": "CTCAE-5.0", "language": "de"}, "language"),
        ({"search": "fit", "dictionary": "CTCAE-5.0", "limit": "0"}, "limit"),
    ],
)
def test_the_api_refuses_what_it_cannot_search(ward: Ward, query: dict[str, str], field: str) -> None:
    api = APIClient()
    api.force_authenticate(ward.nurse)

    answer = api.get(reverse("adverse-events-terms"), query)

    assert answer.status_code == 400
    assert field in answer.content.decode()


def test_the_page_of_the_dictionary_finds_everyday_words(ward: Ward) -> None:
    client = Client()
    client.force_login(ward.nurse)

    page = client.get(reverse("admin:events_ctcaeterm_changelist"), {"q": "bedsore"}).content.decode()

    assert "Skin ulceration" in page


def test_a_search_asks_few_queries(ward: Ward, django_assert_num_queries: Any) -> None:
    scope = SearchScope(ward.trial.code, frozenset({ward.site.code}))

    with django_assert_num_queries(1):
        search("bleeding")
    with django_assert_num_queries(3):
        search("bleeding", scope=scope)


# The trial's habit ----------------------------------------------------------------


def test_what_the_trial_records_most_often_comes_first(ward: Ward) -> None:
    scope = SearchScope(ward.trial.code, None)
    before = search("bleeding", scope=scope)

    record(ward, "Epistaxis")

    assert before[0] == "Upper gastrointestinal hemorrhage"
    assert search("bleeding", scope=scope)[0] == "Epistaxis"
    assert search("bleeding")[0] == "Upper gastrointestinal hemorrhage"


def test_the_habit_of_another_site_changes_nothing(ward: Ward) -> None:
    record(ward, "Epistaxis")
    other = make_ward(ward.trial)

    assert recorded_counts(SearchScope(ward.trial.code, frozenset({other.site.code}))) == {}
    assert recorded_counts(SearchScope(ward.trial.code, frozenset({ward.site.code}))) != {}


# Words that found nothing ----------------------------------------------------------


def test_a_word_that_finds_nothing_is_counted_without_a_person(ward: Ward) -> None:
    count(ward, "Zonkage")
    row = count(ward, "zonkage", at=LATER)

    assert row is not None
    assert (row.word, row.times, row.first_on, row.last_on) == ("zonkage", 2, AT.date(), LATER.date())
    names = {field.name for field in UnfoundWord._meta.get_fields()}
    assert names == {"id", "trial", "language", "ctcae_version", "word", "times", "first_on", "last_on"}
    assert not Entry.objects.filter(table_name=UnfoundWord._meta.db_table).exists()


@pytest.mark.parametrize(
    "typed", ["fever", "01-023", "zonkage zonkage zonkage zonkage", "zonkage@site.example", "zz"]
)
def test_what_is_found_or_may_be_a_person_is_not_kept(ward: Ward, typed: str) -> None:
    assert count(ward, typed) is None
    assert not UnfoundWord.objects.exists()


def test_a_word_that_nobody_types_again_is_removed(ward: Ward) -> None:
    count(ward, "zonkage")

    count(ward, "wumpfage", at=AT + FORGOTTEN_AFTER + timedelta(days=1))

    assert list(UnfoundWord.objects.values_list("word", flat=True)) == ["wumpfage"]


def test_the_box_tells_of_an_unfound_word(ward: Ward) -> None:
    client = Client()
    client.force_login(ward.nurse)
    url = f"{reverse('admin:events_ctcaeterm_unfound')}?version=5.0&trial={ward.trial.code}"

    answers = [client.post(url, {"word": word}).status_code for word in ("zonkage", "fever")]

    assert answers == [204, 204]
    assert list(UnfoundWord.objects.values_list("word", "times")) == [("zonkage", 1)]
    assert client.get(url).status_code == 405
    assert client.post(url.replace(ward.trial.code, "OTHER"), {"word": "wumpfage"}).status_code == 404


def test_a_mapped_word_finds_its_term_in_the_trial_alone(ward: Ward) -> None:
    manager = make_user("data_manager", trial=ward.trial)
    unfound = count(ward, "zonkage")
    assert unfound is not None

    row = map_word(unfound=unfound, term=term("Fever"), by=manager, at=LATER, reason="said on ward 7")

    scope = SearchScope(ward.trial.code, None)
    assert search("zonkage", scope=scope) == ["Fever"]
    assert search("zonkage") == []
    assert not UnfoundWord.objects.exists()
    entry = Entry.objects.get(table_name=SiteWord._meta.db_table, row_id=row.pk)
    assert (entry.reason, entry.actor_label) == ("said on ward 7", manager.username)

    void_site_word(word=row, by=manager, at=LATER, reason="a typing error")
    assert search("zonkage", scope=scope) == []


def test_a_word_is_mapped_within_its_version_and_by_a_data_manager(ward: Ward) -> None:
    manager = make_user("data_manager", trial=ward.trial)
    unfound = count(ward, "zonkage")
    assert unfound is not None

    with pytest.raises(ValidationError, match=r"choose one of CTCAE v5\.0"):
        map_word(unfound=unfound, term=term("Fever", "6.0"), by=manager, at=LATER, reason=REASON)
    with pytest.raises((PermissionDenied, ValidationError)):
        map_word(unfound=unfound, term=term("Fever"), by=ward.nurse, at=LATER, reason=REASON)
    with pytest.raises((PermissionDenied, ValidationError)):
        remove_unfound_word(unfound=unfound, by=ward.nurse)

    assert UnfoundWord.objects.count() == 1
    assert not SiteWord.objects.exists()


def test_the_data_manager_maps_or_removes_a_word_on_its_page(ward: Ward) -> None:
    client = Client()
    client.force_login(make_user("data_manager", trial=ward.trial))
    rows = [count(ward, word) for word in ("zonkage", "wumpfage")]
    first, second = (row.pk for row in rows if row)

    page = client.get(reverse("admin:events_unfoundword_changelist")).content.decode()
    mapped = client.post(
        reverse("admin:events_unfoundword_map", args=[first]),
        {"term": term("Fever").pk, "reason": "said on the ward"},
    )
    removed = client.post(reverse("admin:events_unfoundword_remove", args=[second]), {"back": "/"})

    assert "zonkage" in page
    assert (mapped.status_code, removed.status_code) == (302, 302)
    assert SiteWord.objects.get().word == "zonkage"
    assert not UnfoundWord.objects.exists()


def test_each_grade_says_what_it_means_in_general(ward: Ward) -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE="fr")
    client.force_login(ward.nurse)

    page = client.get(reverse("admin:events_adverseevent_add")).content.decode()

    assert "Vie en danger" in page
    assert "data-combo-search" in page
