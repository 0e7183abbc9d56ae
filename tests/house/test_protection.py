"""Every clinical table has its triggers, every sealed one its forced policies, in the database as it stands."""

import pytest
from django.apps import apps
from django.db import connection, models

from accounts.models import SealedModel
from audit.models import AuditedModel
from tests.house.test_floors import FLOORS

pytestmark = pytest.mark.django_db

NOT_CLINICAL = {
    "accounts.User": "an account; its changes are Django's own log until accounts are audited",
    "accounts.Membership": "ended, never deleted; no clinical content",
    "accounts.ApiToken": "a credential",
    "accounts.Clearance": "append-only by privilege: written by a database function alone",
    "accounts.IdempotentRequest": "protocol of the HTTP API",
    "audit.Entry": "the trail itself",
    "events.CtcaeTerm": "a published vocabulary",
    "dsmb.NoticeMessage": "the outbox of the board's letters; holds no clinical content",
    "dsmb.BoardMessage": "the outbox; holds no clinical content",
}


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in FLOORS]


def query(sql: str, *values: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_every_table_is_audited_or_says_why_not(model: type[models.Model]) -> None:
    assert issubclass(model, AuditedModel) != (model._meta.label in NOT_CLINICAL)


@pytest.mark.parametrize(
    "model", [m for m in own_models() if issubclass(m, AuditedModel)], ids=lambda m: m._meta.label
)
def test_audited_tables_have_their_triggers(model: type[models.Model]) -> None:
    wanted = {"audit_insert", "audit_refuse"} | (set() if model.append_only else {"audit_update"})

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


def test_application_role_may_delete_in_no_audited_table() -> None:
    audited = {model._meta.db_table for model in own_models() if issubclass(model, AuditedModel)}

    deletable = query(
        "SELECT table_name FROM information_schema.role_table_grants "
        "WHERE grantee = current_user AND privilege_type IN ('DELETE', 'TRUNCATE')"
    )

    assert not audited & deletable
