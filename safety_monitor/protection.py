"""The protections that the database enforces, applied after every migration from the declarations of the models.

Audited models get the trail's triggers; sealed models get forced row-level security; the application's role gets the
least privileges it needs and owns nothing. Applying it twice changes nothing. A new model is protected from the start.
"""

from pathlib import Path

from django.apps import apps
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.models import Clearance, Membership, OpeningLogEntry, SealedModel
from accounts.rules import UNBLINDED_ROLES
from audit.models import Block, Chain, Entry, FollowedModel, Sealing
from trials.queries import tables_closed_by_locks

ROOT = Path(__file__).resolve().parent.parent
FUNCTION_FILES = (
    ROOT / "accounts" / "clearance.sql",
    ROOT / "safety_monitor" / "trial_by_code.sql",
    ROOT / "safety_monitor" / "once_unblinded.sql",
    ROOT / "audit" / "triggers.sql",
    ROOT / "audit" / "sealing.sql",
    ROOT / "trials" / "locks.sql",
)
CLEARED_TRIAL = "trial_id = (SELECT accounts_cleared_trial())"
CLEARED_PARTICIPANT = "(SELECT accounts_cleared_participant())"
READ_ONLY: tuple[type[models.Model], ...] = (Clearance, OpeningLogEntry, Entry, Chain, Block, Sealing)
"""Written by functions of the owner alone."""
TRAIL: tuple[type[models.Model], ...] = (Entry, Chain, Block)
"""Rows that are open or sealed one by one, by their column `sealed`."""
NEVER_REWRITTEN: tuple[type[models.Model], ...] = (Entry, Block)
"""Refused to their owner too, as long as triggers are on."""
CHANGES_UNTIL_ANALYZED = 5
"""Rows of a table that change until its statistics are made again (PostgreSQL's own default: 50).

A trial and its sites are few rows: without statistics a list of one site's events reads all of them.
"""
SEQUENCES_OF_THE_OWNER = ("audit_entry_id_seq", "audit_entry_sealed_id_seq")
"""Their last value counts entries, the second's sealed ones."""


def protect_database(connection: BaseDatabaseWrapper, *, application_role: str) -> None:
    """Install functions, triggers, policies and grants. `connection` is that of the owner of the tables."""
    role = connection.ops.quote_name(application_role)
    with connection.cursor() as cursor:
        for path in FUNCTION_FILES:
            cursor.execute(path.read_text())
        for model in apps.get_models(include_auto_created=True):
            for statement in statements_for(model, role):
                cursor.execute(statement)
        _begin_to_follow(connection)
        cursor.execute(_once_unblinded())
        for statement in _locks():
            cursor.execute(statement)
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
        cursor.execute(f"REVOKE ALL ON SEQUENCE {', '.join(SEQUENCES_OF_THE_OWNER)} FROM {role}")
        cursor.execute(f"GRANT SELECT ON django_migrations TO {role}")


def _begin_to_follow(connection: BaseDatabaseWrapper) -> None:
    """First entries of tables that are followed from now on.

    The owner sees sealed entries, as the sealing does.
    """
    models_to_begin = [
        model
        for model in apps.get_models()
        if issubclass(model, FollowedModel) and not issubclass(model, SealedModel)
    ]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('safety.sealing', 'on', true)")
        for model in models_to_begin:
            cursor.execute(_beginning(model))
        cursor.execute("SELECT set_config('safety.sealing', '', true)")


def _locks() -> list[str]:
    """The triggers that refuse writes about a participant whose data are frozen or locked (trials/locks.sql)."""
    return [
        f"CREATE OR REPLACE TRIGGER trials_locked_{verb.lower()} AFTER {verb} ON {closed.model._meta.db_table} "
        f"REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT "
        f"EXECUTE FUNCTION trials_refuse_locked('{closed.column}', '{closed.parent_table}')"
        for closed in tables_closed_by_locks()
        for verb in ("INSERT", "UPDATE")
    ]


def _once_unblinded() -> str:
    """The trigger that refuses a blinded role to a person who was unblinded in the trial (docs/decisions/0023)."""
    roles = ", ".join(f"'{role}'" for role in sorted(UNBLINDED_ROLES))
    return (
        f"CREATE OR REPLACE TRIGGER accounts_membership_once_unblinded "
        f"BEFORE INSERT OR UPDATE ON {Membership._meta.db_table} "
        f"FOR EACH ROW EXECUTE FUNCTION accounts_refuse_once_unblinded({roles})"
    )


def statements_for(model: type[models.Model], role: str) -> list[str]:
    """The SQL that protects one model's table and keeps its statistics fresh."""
    table = model._meta.db_table
    statements = [
        f"REVOKE ALL ON {table} FROM {role}",
        f"GRANT {privileges_of(model)} ON {table} TO {role}",
        f"ALTER TABLE {table} SET (autovacuum_analyze_threshold = {CHANGES_UNTIL_ANALYZED})",
    ]
    if issubclass(model, FollowedModel):
        statements += _trail(table, model)
    if issubclass(model, SealedModel):
        statements += _seal(table, _scope(model))
    if model in TRAIL:
        statements += _seal(table, _trail_scope(model), writable_by_owner=True)
    if model in NEVER_REWRITTEN:
        statements += _refusals(table, "UPDATE OR DELETE")
    return statements


def privileges_of(model: type[models.Model]) -> str:
    """The privileges of the application's role on a table."""
    if model in READ_ONLY:
        return "SELECT"
    if issubclass(model, FollowedModel):
        return "SELECT, INSERT" if model.append_only else "SELECT, INSERT, UPDATE"
    return "SELECT, INSERT, UPDATE, DELETE"


def _scope(model: type[models.Model]) -> str:
    names = {field.name for field in model._meta.get_fields()}
    if "participant" in names:
        own = f"participant_id = {CLEARED_PARTICIPANT}"
        return f"({CLEARED_TRIAL} AND ({CLEARED_PARTICIPANT} IS NULL OR {own}))"
    return f"({CLEARED_TRIAL} AND {CLEARED_PARTICIPANT} IS NULL)"


SEALING = (
    "(SELECT current_setting('safety.sealing', true) = 'on' AND current_user = pg_get_userbyid(relowner) "
    "FROM pg_class WHERE oid = 'audit_entry'::regclass)"
)
"""The sealing function alone has both: the owner's rights and the setting."""


def _trail_scope(model: type[models.Model]) -> str:
    """The entries of the trail that a clearance opens: its trial's.

    For one participant that participant's and no block.

    A clearance of trial 0 opens the sealed entries that belong to no trial (outboxes).
    """
    own = f"(new ->> 'participant_id')::bigint = {CLEARED_PARTICIPANT}" if model is Entry else "false"
    trial = "coalesce(trial_id, 0) = (SELECT accounts_cleared_trial())"
    return f"(NOT sealed OR ({trial} AND ({CLEARED_PARTICIPANT} IS NULL OR {own})) OR {SEALING})"


def _trail(table: str, model: type[FollowedModel]) -> list[str]:
    arguments = _arguments(model)
    statements = [
        (
            f"CREATE OR REPLACE TRIGGER audit_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows "
            f"FOR EACH STATEMENT EXECUTE FUNCTION audit_on_insert({arguments})"
        ),
        *_refusals(table, "UPDATE OR DELETE" if model.append_only else "DELETE"),
    ]
    if not model.append_only:
        statements.append(
            f"CREATE OR REPLACE TRIGGER audit_update AFTER UPDATE ON {table} "
            "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows "
            f"FOR EACH STATEMENT EXECUTE FUNCTION audit_on_update({arguments})"
        )
    return statements


def _beginning(model: type[FollowedModel]) -> str:
    """First entries of the rows of a table that the trail has not followed so far; of a followed one, none.

    A single row without an entry gets none: it was written around the trail, and stays a finding.
    """
    table, names = model._meta.db_table, {field.attname for field in model._meta.concrete_fields}
    secret = ",".join(model.columns_kept_secret())
    unseen = ",".join((*model.trail_leaves_out, *model.columns_kept_secret()))
    numbers = "audit_entry_sealed_id_seq" if model.trail_sealed else "audit_entry_id_seq"
    looked_up = (
        "trial_by_code(t.trial_code)" if model.trail_trial == "trial_code" else f"t.{model.trail_trial}"
    )
    trial = f"nullif({looked_up}, 0)" if model.trail_trial in names else "NULL"
    return f"""
        INSERT INTO audit_entry (id, at, written_at, actor_id, actor_label, reason, request_id, trial_id, table_name,
                                 row_id, change, old, new, sealed, transaction_id)
        SELECT nextval('{numbers}'), clock_timestamp(), clock_timestamp(), 0, 'migration',
               'stood here when the trail began to follow its table', '', {trial}, '{table}', t.id, 'INSERT', NULL,
               to_jsonb(t) - '{{{unseen}}}'::text[] || audit_digests(to_jsonb(t), '{{{secret}}}'::text[]),
               {str(model.trail_sealed).lower()}, pg_current_xact_id()::text::bigint
        FROM {table} t WHERE NOT EXISTS (SELECT FROM audit_entry e WHERE e.table_name = '{table}') ORDER BY t.id
    """  # noqa: S608


def _arguments(model: type[FollowedModel]) -> str:
    """The arguments of the triggers; triggers.sql names them one by one."""
    words = (
        "sealed" if model.trail_sealed else "open",
        model.trail_trial,
        f"{{{','.join(model.trail_leaves_out)}}}",
        f"{{{','.join(model.columns_kept_secret())}}}",
        "named" if model.trail_needs_a_name else "unnamed",
    )
    return ", ".join(f"'{word}'" for word in words)


def _refusals(table: str, verbs: str) -> list[str]:
    return [
        f"CREATE OR REPLACE TRIGGER {name} BEFORE {refused} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        for name, refused in (("audit_refuse", verbs), ("audit_refuse_truncate", "TRUNCATE"))
    ]


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
