"""An outsider types wrong passwords for a person's name.

The person can still sign in, and guessing is limited.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import tasks
from accounts.models import Mail, WrongPassword
from accounts.services import send_mail, unsent_mails
from accounts.services.tries import name_key
from audit.models import Entry
from events.models import AdverseEvent
from tests.factories import AT, make_event, make_user
from tests.plugins.shared_rows import shared_rows
from tests.unblinded_wards import ACTIVE_LABEL, Emergency, make_emergency, signed_in
from tests.ward import PASSWORD

pytestmark = pytest.mark.django_db
WARD, PROXY, ELSEWHERE = "10.7.0.20", "10.0.0.1", "203.0.113.9"
QUARTER = timedelta(minutes=15)


@shared_rows
def scene() -> Emergency:
    return make_emergency()


def try_to_sign_in(client: Client, password: str, *, username: str = "investigator", **meta: Any) -> bool:
    """Whether the visitor was signed in."""
    answers = {"username": username, "password": password, "next": "/"}
    return client.post("/login/", answers, **{"REMOTE_ADDR": WARD, **meta}).status_code == 302


def attack(tries: int = 14, **meta: Any) -> None:
    """An outsider guesses, in a separate browser.

    More often than the ten times that are checked.
    """
    for _try in range(tries):
        assert not try_to_sign_in(Client(), "guessed", **meta)


def time_passes(span: timedelta) -> None:
    """Move everything that was kept into the past."""
    WrongPassword.objects.update(at=F("at") - span)


def known_device() -> Client:
    """A browser in which the investigator signed in before, and signed out."""
    client = Client()
    assert try_to_sign_in(client, PASSWORD)
    client.post("/logout/")
    return client


def sign(client: Client, event: AdverseEvent) -> bool:
    page = f"/events/adverseevent/{event.pk}/sign/"
    client.post(page, {"password": PASSWORD, "seen_version": event.version}, REMOTE_ADDR=WARD)
    event.refresh_from_db()
    return event.signed_at is not None


@pytest.mark.parametrize(
    "meta",
    [
        pytest.param({"REMOTE_ADDR": WARD}, id="same ward address"),
        pytest.param({"REMOTE_ADDR": PROXY, "HTTP_X_FORWARDED_FOR": ELSEWHERE}, id="one proxy for all"),
    ],
)
@pytest.mark.parametrize("how", ["beside", "nobody"])
def test_an_attack_does_not_stop_who_is_signed_in(scene: Emergency, meta: dict[str, str], how: str) -> None:
    client, event = signed_in(scene.asker), make_event(scene.patient)
    attack(**meta)
    attack(username="second", **meta)

    answer = client.post(scene.ask_url(), scene.answers(how), **meta)

    assert ACTIVE_LABEL in answer.content.decode()
    assert sign(client, event)


@pytest.mark.parametrize("address", [WARD, PROXY])
def test_an_attack_does_not_stop_signing_in_on_a_known_device(scene: Emergency, address: str) -> None:
    phone = known_device()
    attack(REMOTE_ADDR=address)

    assert try_to_sign_in(phone, PASSWORD, REMOTE_ADDR=address)


def test_an_attack_from_elsewhere_does_not_stop_an_unknown_device(scene: Emergency, settings: Any) -> None:
    settings.TRUSTED_PROXIES = [PROXY]
    attack(20, REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=ELSEWHERE)

    assert try_to_sign_in(Client(), PASSWORD, REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=WARD)


@pytest.mark.parametrize("hours", [6, pytest.param(48, marks=pytest.mark.long)])
def test_one_try_per_quarter_hour_for_days_shuts_nothing(scene: Emergency, hours: int) -> None:
    attack(10)
    for _quarter in range(hours * 4):
        time_passes(QUARTER)
        attack(1)

    assert try_to_sign_in(Client(), PASSWORD)


def test_after_an_attack_at_the_same_address_an_unknown_device_waits_a_minute(scene: Emergency) -> None:
    attack()
    assert not try_to_sign_in(Client(), PASSWORD)

    time_passes(timedelta(minutes=1))

    assert try_to_sign_in(Client(), PASSWORD)


def test_the_station_itself_used_for_guessing_costs_half_a_minute(scene: Emergency) -> None:
    station = known_device()
    for _try in range(20):
        assert not try_to_sign_in(station, "guessed")
    assert not try_to_sign_in(station, PASSWORD)

    time_passes(timedelta(seconds=30))

    assert try_to_sign_in(station, PASSWORD)


def test_guessing_is_limited_at_each_door(scene: Emergency) -> None:
    """The most passwords of a stranger that are checked in a quarter of an hour: 10 from one address, 30 from all."""
    attack(40)
    assert WrongPassword.objects.count() == 10

    for number in range(10):
        attack(5, REMOTE_ADDR=f"198.51.100.{number}")
    assert WrongPassword.objects.count() == 30


def test_many_names_from_one_address_are_limited(scene: Emergency) -> None:
    for number in range(110):
        try_to_sign_in(Client(), "guessed", username=f"person-{number}")

    assert WrongPassword.objects.count() == 100
    assert WrongPassword.objects.filter(user=None).count() == 100


def test_a_name_without_an_account_is_slowed_alike(scene: Emergency) -> None:
    answers = {"username": "nobody", "password": "guessed", "next": "/"}
    pages = [Client().post("/login/", answers).content.decode() for _try in range(11)]

    assert "this one was not checked" in pages[10]
    assert "this one was not checked" not in pages[9]


@pytest.mark.parametrize("forged", [ELSEWHERE, "198.51.100.7, 198.51.100.8", "not an address"])
def test_a_strangers_header_names_no_other_address(scene: Emergency, forged: str, settings: Any) -> None:
    for number, proxies in enumerate(([], ["10.0.0.0/24"])):
        settings.TRUSTED_PROXIES = proxies
        attack(1, username=f"name-{number}", REMOTE_ADDR=WARD, HTTP_X_FORWARDED_FOR=forged)

    assert set(WrongPassword.objects.values_list("address", flat=True)) == {WARD}


def test_an_attack_is_told_to_administrators_and_the_person_once_an_hour(scene: Emergency) -> None:
    administrator = make_user("administrator", username="head", email="head@site.example")
    attack(40)
    attack(40, REMOTE_ADDR=ELSEWHERE)

    told = Mail.objects.filter(kind="wrong-passwords")
    assert set(told.values_list("recipient_id", flat=True)) == {administrator.pk, scene.asker.pk}
    assert told.count() == 2
    for mail_id in unsent_mails():
        send_mail(mail_id=mail_id, at=AT)
    assert "investigator" in mail.outbox[0].body
    assert "guessed" not in mail.outbox[0].body


def type_wrongly(name: str, tries: int = 10) -> None:
    """Wrong passwords for a name that was never used on this device, as they are kept."""
    person = make_user(username=name)
    rows = [
        WrongPassword(use="sign_in", user=person, name_key=name_key(name), address=WARD) for _ in range(tries)
    ]
    WrongPassword.objects.bulk_create(rows)


def test_the_list_of_accounts_asks_once_for_all_that_are_slowed() -> None:
    head = signed_in(make_user("administrator", username="head"))
    type_wrongly("one")
    with CaptureQueriesContext(connection) as few:
        head.get("/accounts/user/")
    for number in range(9):
        type_wrongly(f"another-{number}")

    with CaptureQueriesContext(connection) as many:
        page = head.get("/accounts/user/").content.decode()

    assert page.count("10 · slowed") == 10
    assert len(many) == len(few)


def test_an_administrator_sees_the_attack_and_unlocks_with_a_button(scene: Emergency) -> None:
    head = signed_in(make_user("administrator", username="head"))
    attack()
    assert not try_to_sign_in(Client(), PASSWORD)
    accounts, tries = (
        head.get("/accounts/user/").content.decode(),
        head.get("/accounts/wrongpassword/").content.decode(),
    )
    account = f"/accounts/user/{scene.asker.pk}/"
    assert "10 · slowed" in accounts
    assert WARD in tries
    assert f"{account}unlock/" in head.get(f"{account}change/").content.decode()

    head.post(f"{account}unlock/", {"why": "called from the ward"})

    assert try_to_sign_in(Client(), PASSWORD)
    kept = Entry.objects.of_row(table="accounts_user", row_id=scene.asker.pk).order_by("-pk").first()
    assert (kept.actor_label, kept.reason) == ("head", "called from the ward")


def test_a_cookie_that_we_did_not_sign_makes_no_known_device(scene: Emergency) -> None:
    forger = Client()
    forger.cookies["device"] = "eyJkZXZpY2UiOiJ4IiwicGVvcGxlIjpbMV19:1abcde:forged"
    attack(10)

    assert not try_to_sign_in(forger, PASSWORD)


def test_somebody_elses_device_is_a_strangers_for_this_name(scene: Emergency) -> None:
    colleague = Client()
    assert try_to_sign_in(colleague, PASSWORD, username="second")
    colleague.post("/logout/")
    attack()

    assert not try_to_sign_in(colleague, PASSWORD)
    assert try_to_sign_in(colleague, PASSWORD, username="second")


def test_wrong_passwords_are_forgotten_after_ninety_days(scene: Emergency) -> None:
    attack(2)
    time_passes(timedelta(days=89))
    tasks.forget()
    assert WrongPassword.objects.count() == 2

    time_passes(timedelta(days=2))
    tasks.forget()

    assert not WrongPassword.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_tries_at_the_same_moment_are_counted_too() -> None:
    make_user(username="investigator")

    def guess(_number: int) -> None:
        try:
            try_to_sign_in(Client(), "guessed")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(guess, range(32)))

    assert WrongPassword.objects.count() == 10
