"""Accounts in the trail: the given rights, by whom and why; without any secret."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test import Client

from accounts.models import ApiToken, Membership, User
from accounts.services import end_membership, grant_membership, issue_token, save_account
from audit.models import Entry
from tests.factories import AT, make_trial, make_user
from tests.plugins.shared_rows import shared_rows

pytestmark = pytest.mark.django_db
PASSWORD = "a password for tests"


@shared_rows
def administrator() -> User:
    return make_user("administrator", username="administrator")


def entries_of(row: User | Membership | ApiToken) -> list[Entry]:
    return list(Entry.objects.of_row(table=row._meta.db_table, row_id=row.pk).order_by("pk"))


def test_a_grant_and_its_end_stand_in_the_trials_trail_with_who_and_why(administrator: User) -> None:
    trial, nurse = make_trial(), make_user()
    membership = grant_membership(
        user=nurse,
        role="nurse",
        trial_code=trial.code,
        by=administrator,
        at=AT,
        reason="delegation log of 3 March",
    )

    end_membership(membership=membership, by=administrator, at=AT, reason="has left the unit")

    granted, ended = entries_of(membership)
    assert {entry.trial_id for entry in (granted, ended)} == {trial.pk}
    assert [entry.reason for entry in (granted, ended)] == ["delegation log of 3 March", "has left the unit"]
    assert (granted.actor_label, granted.new["role"]) == ("administrator", "nurse")
    assert (ended.old["ended_at"], ended.new["ended_at"]) == (None, "2020-04-06T09:00:00+00:00")


def test_only_who_manages_accounts_grants(administrator: User) -> None:
    trial, nurse = make_trial(), make_user()
    nobody = make_user("nurse", trial=trial)
    wish = {"user": nurse, "role": "nurse", "trial_code": trial.code, "at": AT, "reason": "please"}

    with pytest.raises(PermissionDenied):
        grant_membership(**wish, by=nobody)

    assert not nurse.memberships.exists()


def test_a_grant_that_nobody_signs_is_refused_by_the_database(administrator: User) -> None:
    with pytest.raises(DatabaseError, match="who and why"), transaction.atomic():
        Membership.objects.create(user=make_user(), role="administrator", trial_code="", granted_at=AT)
    with pytest.raises(DatabaseError, match="who and why"), transaction.atomic():
        Membership.objects.update(ended_at=AT)


def test_no_secret_and_no_trace_of_one_is_in_the_trail(administrator: User) -> None:
    membership = administrator.memberships.get()

    token, secret = issue_token(membership=membership, label="t", by=administrator, at=AT, reason="API")
    administrator.set_password("another password")
    save_account(user=administrator, by=administrator, at=AT, reason="forgotten")

    written = json.dumps([[entry.old, entry.new] for entry in Entry.objects.all()])
    assert token.label == "t"
    assert all(hidden not in written for hidden in (secret, token.digest, administrator.password, "md5$"))


def test_a_changed_password_shows_as_changed(administrator: User) -> None:
    administrator.set_password("another password")

    save_account(user=administrator, by=administrator, at=AT, reason="forgotten")

    entry = entries_of(administrator)[-1]
    assert (entry.reason, entry.new["password_was_changed"]) == ("forgotten", True)


def test_a_deactivation_says_who_and_why(administrator: User) -> None:
    nurse = make_user()
    nurse.is_active = False

    save_account(user=nurse, by=administrator, at=AT, reason="contract ended")

    entry = entries_of(nurse)[-1]
    assert (entry.old["is_active"], entry.new["is_active"], entry.reason) == (True, False, "contract ended")


def test_signing_in_writes_no_entry(administrator: User) -> None:
    before = len(entries_of(administrator))

    assert Client().login(username="administrator", password=PASSWORD)

    assert User.objects.get(pk=administrator.pk).last_login is not None
    assert len(entries_of(administrator)) == before


def test_a_hash_renewed_at_sign_in_is_kept_without_a_name_and_not_refused(administrator: User) -> None:
    User.objects.filter(pk=administrator.pk).update(password="md5$0$stale")

    entry = entries_of(administrator)[-1]
    assert (entry.actor_id, entry.reason, entry.new["password_was_changed"]) == (0, "not said", True)
    assert entry.actor_label.startswith("database role ")


def test_a_password_changed_on_its_page_is_signed_by_its_owner(administrator: User) -> None:
    client = Client()
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    new = "quite another password"

    answer = client.post(
        "/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )

    entry = entries_of(administrator)[-1]
    assert answer.status_code == 302
    assert (entry.actor_label, entry.reason) == ("administrator", "password changed by its owner")


def test_pages_of_accounts_ask_why_and_keep_it(administrator: User) -> None:
    client, nurse, trial = Client(), make_user(username="nurse-12"), make_trial()
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    grant = {"user": nurse.pk, "role": "nurse", "trial_code": trial.code, "site_code": ""}

    without = client.post("/accounts/membership/add/", grant)
    client.post("/accounts/membership/add/", {**grant, "why": "delegation log"})
    membership = nurse.memberships.get()
    client.post(f"/accounts/membership/{membership.pk}/end/", {"why": "has left"})
    client.post(
        f"/accounts/user/{nurse.pk}/change/",
        {"username": "nurse-12", "language": "fr", "reason": "speaks French"},
    )

    assert without.status_code == 200
    assert [entry.reason for entry in entries_of(membership)] == ["delegation log", "has left"]
    assert entries_of(nurse)[-1].reason == "speaks French"


@pytest.mark.parametrize("table", ["accounts_user", "accounts_membership", "accounts_apitoken"])
def test_accounts_are_not_deleted(administrator: User, table: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
