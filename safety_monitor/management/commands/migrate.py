"""`manage.py migrate`: as the owner of the tables, then grants, protections, and the shipped terms."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from events.services.vocabulary import load_shipped_terms
from safety_monitor.database_roles import application_role, ensure_application_role
from safety_monitor.protection import protect_database
from safety_monitor.tables import refuse_foreign_history

OWNER = "owner"


@dataclass
class MigrationActor:
    """The actor of what `migrate` writes, as in the trail: not an account, because there may be none yet."""

    pk: Any = 0

    def get_username(self) -> str:
        return "migration"


class Command(DjangoMigrate):
    """Django's own migrate with another default database; new tables are protected at once."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=OWNER)

    def handle(self, *args: Any, **options: Any) -> None:
        changes = options["database"] == OWNER and not (options["plan"] or options["check_unapplied"])
        if changes:
            _prepare_roles()
            refuse_foreign_history(connections[OWNER])
        super().handle(*args, **options)
        if not changes:
            return
        if _is_complete(connections[OWNER]):
            protect_database(connections[OWNER], application_role=application_role())
            load_shipped_terms(
                by=MigrationActor(), at=timezone.now()
            )  # published facts that every trial needs; repeating it changes nothing
        else:
            self.stderr.write(
                "Not every migration is applied: the database's protections were left as they are."
            )


def _prepare_roles() -> None:
    try:
        ensure_application_role(connections[OWNER])
    except ImproperlyConfigured as error:
        raise CommandError(str(error)) from error
    except OperationalError as error:
        raise CommandError(
            f"The database of the owner's role does not answer: {str(error).splitlines()[0]}."
        ) from error


def _is_complete(connection: BaseDatabaseWrapper) -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
