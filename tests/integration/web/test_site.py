"""The site around the pages: signing in, language, appearance, search, long lists, calm errors."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import make_event, make_participant, make_site, make_user
from tests.ward import PASSWORD, Ward, make_ward
from trials.models import Participant
from webkit.admin.paging import CappedPaginator

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward() -> Ward:
    cache.clear()
    return make_ward()


@pytest.fixture
def client(ward: Ward) -> Client:
    signed_in = Client()
    signed_in.force_login(ward.nurse)
    return signed_in


def test_signing_in_leads_to_the_worklist(ward: Ward) -> None:
    response = Client().post("/login/", {"username": "nurse", "password": PASSWORD, "next": "/"}, follow=True)

    assert response.redirect_chain == [("/", 302)]
    assert "Worklist" in response.content.decode()


def test_wrong_password_is_said_calmly_and_the_name_stays(ward: Ward) -> None:
    page = Client().post("/login/", {"username": "nurse", "password": "wrong", "next": "/"}).content.decode()

    assert "error-summary" in page
    assert 'value="nurse"' in page


def test_signing_out_says_so(client: Client) -> None:
    page = client.post("/logout/").content.decode()

    assert "You are signed out" in page


@pytest.mark.parametrize(("wished", "kept"), [("dark", "dark"), ("light", "light"), ("auto", "auto")])
def test_appearance_is_kept_in_the_browser(client: Client, wished: str, kept: str) -> None:
    client.post("/appearance/", {"appearance": wished, "next": "/"})

    assert f'data-theme="{kept}"' in client.get("/").content.decode()


@pytest.mark.parametrize("value", ["blinking", "", '"><script>'])
def test_unknown_appearance_changes_nothing(client: Client, value: str) -> None:
    client.post("/appearance/", {"appearance": value, "next": "/"})

    assert 'data-theme="auto"' in client.get("/").content.decode()


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_no_way_back_leads_elsewhere(client: Client, ward: Ward, back: str) -> None:
    person = make_participant(ward.trial, ward.site)

    chosen = client.post("/appearance/", {"appearance": "dark", "next": back})
    page = client.get(f"/trials/participant/{person.pk}/enrol/", {"back": back}).content.decode()

    assert chosen.headers["Location"] == "/"
    assert f'href="{back}' not in page
    assert f'value="{back}' not in page


def test_search_finds_participants_and_events_of_ones_own_sites(client: Client, ward: Ward) -> None:
    here = make_participant(ward.trial, ward.site, code="07-777")
    elsewhere = make_participant(ward.trial, make_site(ward.trial, code="77"), code="77-777")
    make_event(here, reported_term="Rash of 777")
    make_event(elsewhere, reported_term="Secret of 777")

    page = client.get("/search/", {"q": "777"}).content.decode()

    assert "07-777" in page
    assert "Rash of 777" in page
    assert "77-777" not in page.replace("07-777", "")
    assert "Secret" not in page


def test_search_escapes_what_was_typed(client: Client) -> None:
    page = client.get("/search/", {"q": "<script>alert(1)</script>"}).content.decode()

    assert "<script>alert" not in page


def test_list_is_searched_inside_ones_sites(client: Client, ward: Ward) -> None:
    make_participant(ward.trial, make_site(ward.trial, code="77"), code="77-001")
    make_participant(ward.trial, ward.site, code="07-001")

    page = client.get("/trials/participant/", {"q": "001"}).content.decode()

    assert "07-001" in page
    assert "77-001" not in page


def test_list_asks_the_same_number_of_questions_for_one_and_for_ten(client: Client, ward: Ward) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/events/adverseevent/")
        return len(captured)

    person = make_participant(ward.trial, ward.site)
    make_event(person)
    asked()
    one = asked()
    for _event in range(9):
        make_event(person)

    assert asked() == one


@pytest.mark.parametrize(
    ("rows", "count", "is_capped"), [(0, 0, False), (2, 2, False), (3, 3, False), (4, 3, True)]
)
def test_long_list_is_counted_to_its_cap(ward: Ward, rows: int, count: int, is_capped: bool) -> None:
    for _row in range(rows):
        make_participant(ward.trial, ward.site)
    pages = CappedPaginator(Participant.objects.order_by("pk"), 2)
    pages.cap = 3

    assert (pages.count, pages.is_capped) == (count, is_capped)


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_pages_are_calm_and_lead_back(name: str) -> None:
    page = render_to_string(name)

    assert "<h1>" in page
    assert 'href="/"' in page
    assert "Traceback" not in page


def test_page_that_is_not_there_says_the_same_to_everybody(client: Client, ward: Ward) -> None:
    other = Client()
    other.force_login(make_user("auditor", trial=ward.trial))

    assert client.get("/nowhere/").content == other.get("/nowhere/").content
