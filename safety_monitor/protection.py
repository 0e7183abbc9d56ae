"""What the database itself enforces, applied after every migration from what the models declare.

Audited models get the trail's triggers; sealed models get forced row-level security; the application's role gets the
least it needs and owns nothing. Applying it twice changes nothing, so a new model is protected the day it is written.
"""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.models import Clearance, SealedModel
from audit.models import AuditedModel, Entry

ROOT = Path(__file__).resolve().parent.parent
FUNCTION_FILES = (ROOT / "accounts" / "clearance.sql", ROOT / "audit" / "triggers.sql")
CLEARED_TRIAL = "trial_id = (SELECT accounts_cleared_trial())"
CLEARED_PARTICIPANT = "(SELECT accounts_cleared_participant())"
ENTRY_SCOPE = (
    f"({CLEARED_TRIAL} AND ({CLEARED_PARTICIPANT} IS NULL "
    f"OR (new ->> 'participant_id')::bigint = {CLEARED_PARTICIPANT}))"
)
"""The sealed entries of the trail that a clearance opens: those of its trial, or of its one participant."""
READ_ONLY: tuple[type[models.Model], ...] = (Clearance, Entry)
"""Written by functions of the owner alone."""


def protect_database(connection: BaseDatabaseWrapper, *, application_role: str) -> None:
    """Install functions, triggers, policies and grants. `connection` belongs to the role that owns the tables."""
    role = connection.ops.quote_name(application_role)
    with connection.cursor() as cursor:
        for path in FUNCTION_FILES:
            cursor.execute(path.read_text())
        for model in apps.get_models(include_auto_created=True):
            for statement in statements_for(model, role):
                cursor.execute(statement)
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT SELECT ON django_migrations TO {role}")


def statements_for(model: type[models.Model], role: str) -> list[str]:
    """The SQL that protects one model's table."""
    table = model._meta.db_table
    statements = [f"REVOKE ALL ON {table} FROM {role}", f"GRANT {privileges_of(model)} ON {table} TO {role}"]
    if issubclass(model, AuditedModel):
        statements += _trail(table, sealed=issubclass(model, SealedModel), append_only=model.append_only)
    if issubclass(model, SealedModel):
        statements += _seal(table, _scope(model))
    if model is Entry:
        statements += _seal(table, f"(NOT sealed OR {ENTRY_SCOPE})", writable_by_owner=True)
    return statements


def privileges_of(model: type[models.Model]) -> str:
    """What the application's role may do with a table."""
    if model in READ_ONLY:
        return "SELECT"
    if issubclass(model, AuditedModel):
        return "SELECT, INSERT" if model.append_only else "SELECT, INSERT, UPDATE"
    return "SELECT, INSERT, UPDATE, DELETE"


def _scope(model: type[models.Model]) -> str:
    names = {field.name for field in model._meta.get_fields()}
    if "participant" in names:
        own = f"participant_id = {CLEARED_PARTICIPANT}"
        return f"({CLEARED_TRIAL} AND ({CLEARED_PARTICIPANT} IS NULL OR {own}))"
    return f"({CLEARED_TRIAL} AND {CLEARED_PARTICIPANT} IS NULL)"


def _trail(table: str, *, sealed: bool, append_only: bool) -> list[str]:
    flag = "sealed" if sealed else "open"
    refused = "UPDATE OR DELETE" if append_only else "DELETE"
    statements = [
        f"CREATE OR REPLACE TRIGGER audit_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows "
        f"FOR EACH STATEMENT EXECUTE FUNCTION audit_on_insert('{flag}')",
        f"CREATE OR REPLACE TRIGGER audit_refuse BEFORE {refused} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    ]
    if not append_only:
        statements.append(
            f"CREATE OR REPLACE TRIGGER audit_update AFTER UPDATE ON {table} "
            "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows "
            f"FOR EACH STATEMENT EXECUTE FUNCTION audit_on_update('{flag}')"
        )
    return statements


def _seal(table: str, scope: str, *, writable_by_owner: bool = False) -> list[str]:
    check = "true" if writable_by_owner else scope
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        *(
            f"DROP POLICY IF EXISTS {name} ON {table}"
            for name in ("sealed_read", "sealed_insert", "sealed_update")
        ),
        f"CREATE POLICY sealed_read ON {table} FOR SELECT USING ({scope})",
        f"CREATE POLICY sealed_insert ON {table} FOR INSERT WITH CHECK ({check})",
        f"CREATE POLICY sealed_update ON {table} FOR UPDATE USING ({scope}) WITH CHECK ({scope})",
    ]


def protected_models() -> dict[str, list[type[Any]]]:
    """The models by what protects them, for the house tests."""
    every = list(apps.get_models())
    return {
        "audited": [model for model in every if issubclass(model, AuditedModel)],
        "sealed": [model for model in every if issubclass(model, SealedModel)],
    }
