"""The first account of a site."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from audit.models import Entry

pytestmark = pytest.mark.django_db
PASSWORD = "seven herons at dusk"


def add() -> str:
    out = StringIO()
    said = {"email": "first@site.example", "reason": "opening of the site"}
    call_command("add_administrator", "first", **said, stdout=out)
    return out.getvalue()


def test_first_administrator_sets_a_password_by_the_printed_link_and_makes_accounts() -> None:
    link = add().split()[-1].removeprefix("http://127.0.0.1:8000")
    first, browser = User.objects.get(username="first"), Client()
    assert not first.has_usable_password()

    form = browser.get(link, follow=True).request["PATH_INFO"]
    browser.post(form, {"new_password1": PASSWORD, "new_password2": PASSWORD})

    client = Client()
    assert client.login(username="first", password=PASSWORD)
    assert client.get("/accounts/user/add/").status_code == 200
    kept = Entry.objects.of_row(table="accounts_user", row_id=first.pk).order_by("pk").first()
    assert (kept.actor_label, kept.reason) == ("system", "opening of the site")


def test_a_second_account_of_the_name_makes_nothing() -> None:
    add()

    with pytest.raises(CommandError, match="Nothing was made"):
        add()

    assert User.objects.get(username="first").memberships.count() == 1
