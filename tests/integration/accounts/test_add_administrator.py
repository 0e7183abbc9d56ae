"""The first account of a site."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from audit.models import Entry

pytestmark = pytest.mark.django_db
PASSWORD = "seven herons at dusk"


def add(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{password}\n"))
    call_command("add_administrator", "first", reason="opening of the site", stdout=StringIO())


def test_first_administrator_signs_in_and_makes_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    add(monkeypatch, PASSWORD)

    client, first = Client(), User.objects.get(username="first")
    assert client.login(username="first", password=PASSWORD)
    assert client.get("/accounts/user/add/").status_code == 200
    kept = Entry.objects.of_row(table="accounts_user", row_id=first.pk).get()
    assert (kept.actor_label, kept.reason) == ("system", "opening of the site")


def test_a_weak_password_and_a_second_account_of_the_name_make_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(CommandError, match="too short"):
        add(monkeypatch, "short")
    add(monkeypatch, PASSWORD)

    with pytest.raises(CommandError, match="Nothing was made"):
        add(monkeypatch, PASSWORD)

    assert User.objects.get(username="first").memberships.count() == 1
