"""Every clinical table has its triggers, every sealed one its forced policies, in the database as it is."""

import pytest
from django.apps import apps
from django.db import connection, models

from accounts.models import SealedModel
from audit.models import Block, Chain, Entry, FollowedModel
from tests.house.test_floors import FLOORS

pytestmark = pytest.mark.django_db

NOT_FOLLOWED = {
    "accounts.IdempotentRequest": "protocol of the HTTP API",
    "accounts.WrongPassword": "counts strangers' tries; forgotten after 90 days; unlocking is in the trail",
    "audit.Entry": "the trail itself",
    "audit.Chain": "the trail's own evidence",
    "audit.Block": "the trail's own evidence",
    "events.UnfoundWord": "typed text that may turn out to be a name: it must be possible to remove it for good",
    "pharmacovigilance.MeddraTerm": "a licensed dictionary, known by the SHA-256 of its files; nobody edits it",
    "pharmacovigilance.MeddraPath": "a licensed dictionary, known by the SHA-256 of its files; nobody edits it",
    "pharmacovigilance.HookDelivery": "a log of its own: when an address was told, and what came back",
    "audit.Sealing": "how far the sealing has come",
}


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in FLOORS]


def query(sql: str, *values: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_every_table_is_followed_or_says_why_not(model: type[models.Model]) -> None:
    assert issubclass(model, FollowedModel) != (model._meta.label in NOT_FOLLOWED)


@pytest.mark.parametrize(
    "model", [m for m in own_models() if issubclass(m, FollowedModel)], ids=lambda m: m._meta.label
)
def test_followed_tables_have_their_triggers(model: type[models.Model]) -> None:
    wanted = {"audit_insert", "audit_refuse", "audit_refuse_truncate"} | (
        set() if model.append_only else {"audit_update"}
    )

    found = query(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled = 'O'",
        model._meta.db_table,
    )

    assert wanted <= found


@pytest.mark.parametrize(
    "model", [m for m in own_models() if issubclass(m, SealedModel)], ids=lambda m: m._meta.label
)
def test_sealed_tables_have_forced_policies(model: type[models.Model]) -> None:
    table = model._meta.db_table

    forced = query(
        "SELECT relname FROM pg_class WHERE relname = %s AND relrowsecurity AND relforcerowsecurity", table
    )
    policies = query("SELECT policyname FROM pg_policies WHERE tablename = %s", table)

    assert forced == {table}
    assert {"sealed_read", "sealed_insert", "sealed_update"} <= policies


def test_application_role_may_delete_in_no_followed_table() -> None:
    followed = {model._meta.db_table for model in own_models() if issubclass(model, FollowedModel)}

    deletable = query(
        "SELECT table_name FROM information_schema.role_table_grants "
        "WHERE grantee = current_user AND privilege_type IN ('DELETE', 'TRUNCATE')"
    )

    assert not followed & deletable


@pytest.mark.parametrize("model", [Entry, Chain, Block], ids=lambda m: m._meta.label)
def test_the_trail_and_its_chains_are_read_only_and_sealed_row_by_row(model: type[models.Model]) -> None:
    table = model._meta.db_table

    granted = query(
        "SELECT privilege_type FROM information_schema.role_table_grants WHERE grantee = current_user AND table_name = %s",
        table,
    )
    forced = query("SELECT relname FROM pg_class WHERE relname = %s AND relforcerowsecurity", table)

    assert (granted, forced) == ({"SELECT"}, {table})


def test_no_function_of_the_owner_looks_into_temporary_tables_first() -> None:
    """A temporary table of the application's with the trail's name would otherwise swallow it."""
    open_to_temporary_tables = query(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef "
        "AND NOT coalesce(proconfig::text LIKE '%%pg_temp%%', false)"
    )

    assert open_to_temporary_tables == set()
    assert query("SELECT proname FROM pg_proc WHERE prosecdef AND proname LIKE 'audit%%'") != set()
