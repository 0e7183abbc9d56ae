"""A session ends when unused: on shared stations after 15 minutes, else after an hour."""

import time
from datetime import timedelta
from http.cookies import Morsel
from typing import Any

import pytest
from django.test import Client

from accounts.choices import Role
from accounts.services import system_user
from audit.models import Entry
from safety_monitor.sessions import COOKIE, USED_AT
from tests.factories import AT, make_site, make_user
from tests.plugins.shared_rows import shared_rows
from tests.unblinded_wards import signed_in
from tests.ward import PASSWORD, Ward, make_ward
from trials.models import Site
from trials.services import choose_stations

pytestmark = pytest.mark.django_db
MINUTE = 60.0


@shared_rows
def ward() -> Ward:
    return make_ward()


def idle_for(client: Client, seconds: float) -> None:
    """As after this time without a request: the session began earlier, and no later use is recorded."""
    began(client, seconds)
    client.cookies.pop(COOKIE, None)


def began(client: Client, seconds_ago: float) -> None:
    session = client.session
    session[USED_AT] = time.time() - seconds_ago
    session.save()


def is_in(client: Client, **headers: str) -> bool:
    return client.get("/", headers=headers).status_code == 200


def make_personal(ward: Ward) -> None:
    site = Site.objects.get(pk=ward.site.pk)
    said = {"by": system_user(), "at": AT, "reason": "own tablets"}
    choose_stations(site=site, has_shared_stations=False, seen_version=site.version, **said)


def test_a_site_has_shared_stations_until_somebody_chooses(ward: Ward) -> None:
    client = signed_in(ward.nurse)
    idle_for(client, 14.9 * MINUTE)
    assert is_in(client)

    idle_for(client, 15 * MINUTE)

    assert client.get("/").headers["Location"] == "/login/?next=/"
    assert not client.session.keys()


def test_at_a_site_with_personal_devices_it_is_an_hour(ward: Ward) -> None:
    make_personal(ward)
    client = signed_in(ward.nurse)
    idle_for(client, 59 * MINUTE)
    assert is_in(client)

    idle_for(client, 60 * MINUTE)

    assert not is_in(client)


@pytest.mark.parametrize("role", [Role.NURSE, Role.SPONSOR])
def test_one_shared_place_is_enough_for_the_shorter_time(ward: Ward, role: Role) -> None:
    make_personal(ward)
    other = make_site(ward.trial, code="77")
    person = make_user(role, trial=ward.trial, site=other if role == Role.NURSE else None)
    client = signed_in(person)
    idle_for(client, 15 * MINUTE)

    assert client.get("/access/alive/").status_code == 405
    assert client.post("/access/alive/").json() == {"account": None}


def test_use_keeps_a_session(ward: Ward) -> None:
    client = signed_in(ward.nurse)
    idle_for(client, 14 * MINUTE)
    assert is_in(client)
    assert client.cookies[COOKIE]["httponly"]
    began(client, 40 * MINUTE)

    assert is_in(client)


def test_a_page_that_refreshes_itself_is_no_use(ward: Ward) -> None:
    client = signed_in(ward.nurse)
    idle_for(client, 14 * MINUTE)

    assert is_in(client, x_unattended="1")

    assert COOKIE not in client.cookies


def test_the_mark_of_use_counts_for_its_own_session_only(ward: Ward) -> None:
    first, second = signed_in(ward.nurse), signed_in(ward.nurse)
    idle_for(first, 2 * MINUTE)
    assert is_in(first)
    mark: Morsel[Any] = first.cookies[COOKIE]
    idle_for(second, 16 * MINUTE)
    second.cookies[COOKIE] = mark.value

    assert not is_in(second)


def test_the_cookie_of_the_session_ends_with_the_browser() -> None:
    make_user(username="nurse-12")
    client = Client()
    client.post("/login/", {"username": "nurse-12", "password": PASSWORD, "next": "/"})

    assert client.cookies["sessionid"]["max-age"] == client.cookies["sessionid"]["expires"] == ""
    assert client.session.get_expiry_age() <= timedelta(hours=12).total_seconds()


def test_the_data_manager_chooses_for_a_site_with_a_reason(ward: Ward) -> None:
    manager = make_user(Role.DATA_MANAGER, trial=ward.trial, username="manager")
    page, version = f"/trials/site/{ward.site.pk}/stations/", Site.objects.get(pk=ward.site.pk).version

    denied = signed_in(ward.nurse).post(page, {"why": "own tablets", "seen_version": version})
    signed_in(manager).post(page, {"why": "own tablets", "seen_version": version})
    stale = signed_in(manager).post(
        page, {"has_shared_stations": "on", "why": "again", "seen_version": version}
    )

    site = Site.objects.get(pk=ward.site.pk)
    kept = Entry.objects.of_row(table="trials_site", row_id=site.pk).order_by("-pk").first()
    assert denied.status_code == 403
    assert (site.has_shared_stations, site.version) == (False, version + 1)
    assert "the record is at version" in stale.content.decode()
    assert (kept.actor_label, kept.reason) == ("manager", "own tablets")


def test_the_key_of_kept_text_is_the_persons_own(ward: Ward) -> None:
    answers = [
        signed_in(person).post("/access/alive/").json()
        for person in (ward.nurse, ward.nurse, ward.investigator)
    ]

    assert answers[0]["key"] == answers[1]["key"] != answers[2]["key"]
    assert Client().post("/access/alive/").json() == {"account": None}
