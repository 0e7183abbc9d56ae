"""The two roles of the database, checked before each migration.

The owner migrates. The application's role owns nothing, is no superuser, cannot bypass row-level security and is no
member of the owner; otherwise the seals and the trail would have no effect.
"""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from safety_monitor.databases import application_role_is_ours

_ATTRIBUTES = """
SELECT rolsuper, rolbypassrls, pg_has_role(rolname, current_user, 'MEMBER'), rolname = current_user
  FROM pg_roles WHERE rolname = %s
"""
_LOGIN = " ROLE {role} LOGIN NOCREATEDB NOCREATEROLE PASSWORD {password}"
_ENTRY = ("GRANT CONNECT ON DATABASE {database} TO {role}", "GRANT USAGE ON SCHEMA public TO {role}")


def application_role() -> str:
    """The name of the application's database role."""
    return str(settings.DATABASES["default"]["USER"])


def ensure_application_role(owner: BaseDatabaseWrapper) -> None:
    """Create the application's role where we may do so, then refuse one that could bypass the protections."""
    role = application_role()
    if application_role_is_ours():
        _create(owner, role, password=str(settings.DATABASES["default"]["PASSWORD"]))
    with owner.cursor() as cursor:
        cursor.execute(_ATTRIBUTES, [role])
        row = cursor.fetchone()
    if row is None:
        raise ImproperlyConfigured(f"The database role {role} of DATABASE_URL does not exist: create it.")
    refuse_powerful(role, is_superuser=row[0], bypasses_row_security=row[1], is_owner=row[2] or row[3])


def refuse_powerful(role: str, *, is_superuser: bool, bypasses_row_security: bool, is_owner: bool) -> None:
    """Raise for an application's role whose powers would void row-level security or the trail."""
    powers = {
        "is a superuser": is_superuser,
        "may bypass row-level security": bypasses_row_security,
        "is, or is a member of, the role that owns the tables": is_owner,
    }
    for power, held in powers.items():
        if held:
            raise ImproperlyConfigured(
                f"The application's database role {role} {power}: give DATABASE_URL a role of its own, which owns nothing, "
                "and put the owner's address into DATABASE_OWNER_URL."
            )


def _create(owner: BaseDatabaseWrapper, role: str, *, password: str) -> None:
    parts = {
        "role": sql.Identifier(role),
        "password": sql.Literal(password),
        "database": sql.Identifier(str(owner.settings_dict["NAME"])),
    }
    with owner.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        verb = "ALTER" if cursor.fetchone() else "CREATE"
        try:
            for statement in (verb + _LOGIN, *_ENTRY):
                cursor.execute(sql.SQL(statement).format(**parts).as_string(cursor.connection))
        except DatabaseError as error:
            raise ImproperlyConfigured(
                f"The role of DATABASE_URL could not create the application's role {role} "
                f"({str(error).splitlines()[0]}): give it CREATEROLE, or create both roles and set DATABASE_URL and "
                "DATABASE_OWNER_URL."
            ) from error
