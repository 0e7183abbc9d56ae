"""Tokens of the API, issued and revoked where the site runs."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from audit.models import Entry
from tests.factories import make_site, make_trial, make_user

pytestmark = pytest.mark.django_db
SAID = {"reason": "delegation log"}


def run(*words: str, **options: str) -> str:
    said = StringIO()
    call_command(*words, **options, stdout=said)
    return said.getvalue()


def test_a_token_opens_what_its_role_opens_until_it_is_revoked() -> None:
    trial = make_trial()
    site = make_site(trial)
    make_user("nurse", trial=trial, site=site, username="nurse-12")
    issued = run("issue_token", "nurse-12", "nurse", trial.code, site=site.code, label="the monitor", **SAID)
    number, secret = issued.split(",")[0].split()[1], issued.split()[-1]
    client = Client(headers={"Authorization": f"Bearer {secret}"})

    before = client.get("/api/v1/participants/").status_code
    run("revoke_token", number, **SAID)
    after = client.get("/api/v1/participants/").status_code

    assert (before, after) == (200, 401)
    entries = Entry.objects.of_row(table="accounts_apitoken", row_id=int(number)).order_by("id")
    assert [entry.change for entry in entries] == ["INSERT", "UPDATE"]
    assert all(secret not in str(entry.new) for entry in entries)
    with pytest.raises(CommandError, match="revoked before"):
        run("revoke_token", number, **SAID)


def test_a_role_that_is_not_held_has_no_token() -> None:
    trial = make_trial()
    make_user("auditor", trial=trial, username="auditor-1")

    with pytest.raises(CommandError, match="does not hold this role"):
        run("issue_token", "auditor-1", "data_manager", trial.code, label="export", **SAID)
    with pytest.raises(CommandError, match="no token has this number"):
        run("revoke_token", "9999", **SAID)
