"""No other person sets or knows a password: one-time links, and their protections."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, Mail, Membership, User
from accounts.services import (
    grant_membership,
    link_for,
    request_link,
    save_account,
    send_link,
    send_mail,
    set_own_password,
    system_user,
    unsent_mails,
)
from audit.models import Entry
from tests.factories import make_token, make_trial, make_user
from tests.plugins.shared_rows import shared_rows

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
NEW = "seven herons fly at dusk"
DAY = timedelta(hours=24)
NOW = timezone.now()


@shared_rows
def head() -> User:
    return administrator("head", since=NOW - 30 * DAY)


@pytest.fixture
def member() -> User:
    """A board member with a password and an address."""
    return make_user("board_member", trial=make_trial(), username="member", email="member@board.example")


def administrator(name: str, *, since: Any) -> User:
    user = make_user(username=name, email=f"{name}@site.example")
    said = {"by": system_user(), "at": since, "reason": "opening of the site"}
    grant_membership(user=user, role="administrator", trial_code="", **said)
    return user


def at_the_desk(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def send_all() -> dict[str, str]:
    """What leaves now: body by address."""
    mail.outbox.clear()
    for mail_id in unsent_mails():
        send_mail(mail_id=mail_id, at=NOW)
    return {message.to[0]: str(message.body) for message in mail.outbox}


def link_in(body: str) -> str:
    found = re.search(r"http://\S+(/access/link/\S+)", body)
    assert found, body
    return found[1]


def set_password(link: str, password: str = NEW, client: Client | None = None) -> Any:
    """Follow the link in a browser, and type the password twice."""
    browser = client or Client()
    page = browser.get(link, follow=True)
    twice = {"new_password1": password, "new_password2": password}
    return browser.post(page.request["PATH_INFO"], twice)


def change_address(user: User, *, by: User, email: str = "attacker@elsewhere.example", at: Any = NOW) -> None:
    changed = User.objects.get(pk=user.pk)
    changed.email = email
    save_account(user=changed, by=by, at=at, reason="the person moved")


# An account is made -------------------------------------------------------------


def test_a_new_account_has_no_password_and_its_person_gets_a_link(head: User) -> None:
    desk = at_the_desk(head)
    page = desk.get("/accounts/user/add/").content.decode()
    assert 'type="password"' not in page

    given = {"username": "nurse-12", "language": "fr", "email": "nurse@ward.example", "is_active": "on"}
    desk.post("/accounts/user/add/", {**given, "new_password": NEW, "password": NEW})
    nurse = User.objects.get(username="nurse-12")
    assert not nurse.has_usable_password()
    assert not Mail.objects.filter(words__icontains="/access/link/").exists()
    body = send_all()["nurse@ward.example"]
    assert "nurse-12" in body

    assert set_password(link_in(body)).status_code == 302

    assert Client().login(username="nurse-12", password=NEW)
    kept = Entry.objects.of_row(table="accounts_user", row_id=nurse.pk).order_by("-pk")
    assert any((row.actor_label, row.reason) == ("nurse-12", "password changed by its owner") for row in kept)


def test_an_account_needs_an_address(head: User) -> None:
    given = {"username": "nurse-12", "language": "en", "is_active": "on"}
    page = at_the_desk(head).post("/accounts/user/add/", given).content.decode()

    assert "E-mail address" in page
    assert not User.objects.filter(username="nurse-12").exists()


def test_no_page_sets_somebody_elses_password(head: User, member: User) -> None:
    before = User.objects.get(pk=member.pk).password
    desk = at_the_desk(head)
    given = {"username": "member", "language": "en", "email": member.email, "is_active": "on"}
    typed = {"new_password": NEW, "password": NEW, "password1": NEW, "password2": NEW, "reason": "forgot it"}

    desk.post(f"/accounts/user/{member.pk}/change/", {**given, **typed})
    desk.post(f"/accounts/user/{member.pk}/password/", typed)
    desk.post(f"/accounts/user/{member.pk}/link/", {"why": "forgot it", **typed})

    assert User.objects.get(pk=member.pk).password == before


def test_the_service_refuses_a_password_set_by_another(head: User, member: User) -> None:
    member.set_password(NEW)
    for user in (member, User(username="new", email="new@site.example", password=member.password)):
        with pytest.raises(ValidationError, match="nobody sets another person"):
            save_account(user=user, by=head, at=NOW, reason="forgot it")

    assert not User.objects.get(pk=member.pk).check_password(NEW)


# A link ----------------------------------------------------------------------------


def test_an_administrators_link_goes_to_the_person_and_into_the_trail(head: User, member: User) -> None:
    answer = at_the_desk(head).post(f"/accounts/user/{member.pk}/link/", {"why": "forgot it"}, follow=True)

    bodies = send_all()
    assert set(bodies) == {"member@board.example"}
    assert "/access/link/" not in answer.content.decode()
    kept = Entry.objects.of_row(table="accounts_user", row_id=member.pk).order_by("-pk").first()
    assert (kept.actor_label, kept.reason) == ("head", "forgot it")


def test_a_link_works_once_and_ends_the_sessions_of_the_old_password(head: User, member: User) -> None:
    old = at_the_desk(member)
    assert old.get("/board/").status_code == 200
    link = link_in("see " + link_for(member))

    set_password(link)
    again = Client().get(link, follow=True).content.decode()
    set_password(link, "another one of my own words")

    assert "This link is used up" in again
    assert Client().login(username="member", password=NEW)
    assert old.get("/board/").status_code == 302
    assert "password of your account member was changed" in send_all()["member@board.example"]


def test_a_link_lapses_after_a_day(member: User, settings: Any) -> None:
    assert settings.PASSWORD_RESET_TIMEOUT == 24 * 60 * 60
    link = link_in("see " + link_for(member))
    settings.PASSWORD_RESET_TIMEOUT = -1

    assert "This link is used up" in Client().get(link, follow=True).content.decode()


def test_a_link_that_is_sent_takes_nothing_away_until_it_is_used(head: User, member: User) -> None:
    trial = Membership.objects.get(user=member)
    make_token(trial, at=NOW)
    session = at_the_desk(member)

    send_link(user=member, by=head, at=NOW, reason="forgot it")

    assert Client().login(username="member", password="a password for tests")
    assert session.get("/board/").status_code == 200
    assert ApiToken.objects.get().revoked_at is None


def test_whoever_used_a_link_has_a_known_device(member: User) -> None:
    browser, stranger = Client(), Client()
    set_password(link_in("see " + link_for(member)), client=browser)
    for _try in range(20):
        Client().post("/login/", {"username": "member", "password": "guessed"})

    right = {"username": "member", "password": NEW, "next": "/"}
    assert stranger.post("/login/", right).status_code == 200
    assert browser.post("/login/", right).status_code == 302


def test_a_link_that_waits_is_not_sent_to_a_changed_address(head: User, member: User) -> None:
    send_link(user=member, by=head, at=NOW, reason="forgot it")
    change_address(member, by=head)

    bodies = send_all()

    assert all("/access/link/" not in body for body in bodies.values())


def test_only_administrators_send_links(member: User) -> None:
    with pytest.raises(PermissionDenied):
        send_link(user=member, by=member, at=NOW, reason="wants to")


def test_a_closed_account_and_one_without_an_address_get_none(head: User) -> None:
    closed = make_user(username="closed", email="closed@site.example", is_active=False)
    for user, named in ((closed, "closed account"), (make_user(username="silent"), "the account has none")):
        with pytest.raises(ValidationError, match=named):
            send_link(user=user, by=head, at=NOW, reason="forgot it")


# The person asks ------------------------------------------------------------------------


def test_the_answer_to_an_asker_is_the_same_for_every_name(member: User) -> None:
    make_user(username="silent")
    pages = {
        Client().post("/access/forgotten/", {"username": name}, follow=True).content.decode()
        for name in ("member", "nobody", "silent", "system")
    }
    plain = {re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page) for page in pages}

    assert len(plain) == 1
    assert set(send_all()) == {"member@board.example"}


def test_a_stranger_who_asks_again_and_again_causes_one_mail_a_quarter_hour(member: User) -> None:
    at = NOW.replace(minute=0)
    for minute in range(15):
        request_link(username="member", at=at + timedelta(minutes=minute))
    assert Mail.objects.filter(kind="password-link").count() == 1

    request_link(username="member", at=at + timedelta(minutes=15))

    assert Mail.objects.filter(kind="password-link").count() == 2


# The address is changed first ------------------------------------------------------------


def test_a_changed_address_is_told_to_the_old_one_the_new_one_and_the_other_administrators(
    head: User, member: User
) -> None:
    administrator("deputy", since=NOW - 2 * DAY)
    change_address(member, by=head)

    bodies = send_all()

    assert set(bodies) == {"member@board.example", "attacker@elsewhere.example", "deputy@site.example"}
    assert all("was changed by head" in body for body in bodies.values())
    kept = Entry.objects.of_row(table="accounts_user", row_id=member.pk).order_by("-pk").first()
    assert (kept.old["email"], kept.new["email"]) == ("member@board.example", "attacker@elsewhere.example")


def test_who_changed_the_address_cannot_send_a_link_there_for_a_day(head: User, member: User) -> None:
    change_address(member, by=head)

    page = at_the_desk(head).post(f"/accounts/user/{member.pk}/link/", {"why": "forgot it"}).content.decode()
    request_link(username="member", at=NOW + DAY / 2)
    assert "changed less than 24 hours ago" in page
    assert not Mail.objects.filter(kind="password-link").exists()

    send_link(user=member, by=head, at=NOW + DAY, reason="forgot it")
    request_link(username="member", at=NOW + DAY)
    assert Mail.objects.filter(kind="password-link").count() == 2


def test_a_second_administrator_may_send_it_but_none_made_for_the_purpose(head: User, member: User) -> None:
    deputy = administrator("deputy", since=NOW - 2 * DAY)
    puppet = administrator("puppet", since=NOW)
    change_address(member, by=head)

    with pytest.raises(ValidationError, match="less than 24 hours"):
        send_link(user=member, by=puppet, at=NOW, reason="forgot it")
    send_link(user=member, by=deputy, at=NOW, reason="called the person")

    assert Mail.objects.filter(kind="password-link").count() == 1


def test_a_typing_error_in_the_first_address_is_mended_at_once(head: User) -> None:
    person = User(username="nurse-12", email="nurse@wrd.example", password="!")
    save_account(user=person, by=head, at=NOW, reason="new on the ward")
    change_address(person, by=head, email="nurse@ward.example")

    send_link(user=person, by=head, at=NOW, reason="typing error")

    assert set(send_all()) == {"nurse@ward.example"}


# What a password has to be -------------------------------------------------------------------


@pytest.mark.parametrize(
    "weak",
    [
        "fourteen signs",  # 14
        "password12345678",
        "Football!2026!!!!",
        "123456789012345",
        "aaaaaaaaaaaaaaaaaaaa",
        "dragondragondragon",
        "abcd1abcd1abcd1abcd1",
        "member-member-12",
    ],
)
def test_a_weak_password_is_refused_and_changes_nothing(member: User, weak: str) -> None:
    before = User.objects.get(pk=member.pk).password

    answer = set_password(link_in("see " + link_for(member)), weak)

    assert answer.status_code == 200
    assert "field-error" in answer.content.decode()
    assert weak not in answer.content.decode()
    assert User.objects.get(pk=member.pk).password == before


@pytest.mark.parametrize("strong", [NEW, "quatre hérons au crépuscule", "x9#Lm2$Qw8!Rt5&Zu"])
def test_a_strong_password_is_taken(member: User, strong: str) -> None:
    assert set_password(link_in("see " + link_for(member)), strong).status_code == 302


def test_ones_own_new_password_is_told_and_kept_in_the_trail(member: User) -> None:
    set_own_password(user=member, password=NEW, at=NOW)

    assert "was changed" in send_all()["member@board.example"]
    kept = Entry.objects.of_row(table="accounts_user", row_id=member.pk).order_by("-pk").first()
    assert kept.reason == "password changed by its owner"
    assert NEW not in str(kept.new)
