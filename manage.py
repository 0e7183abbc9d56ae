#!/usr/bin/env python
"""Django's command line for the safety monitor.

An environment that names a database is a production site. Else the settings are those of a developer's machine, and the
embedded servers start when a command needs them.
"""

import os
import sys

PRODUCTION = "safety_monitor.settings"
EMBEDDED = "devserver.settings"
ON_A_DEVELOPERS_MACHINE = {EMBEDDED, "safety_monitor.settings_test"}

# These read no row and queue no task; everything else gets its database and broker.
NEED_NO_SERVER = {"collectstatic", "compile_translations", "help", "version"}


def main() -> None:
    is_production = any(os.environ.get(name) for name in ("DATABASE_URL", "DATABASE_OWNER_URL"))
    settings = os.environ.setdefault("DJANGO_SETTINGS_MODULE", PRODUCTION if is_production else EMBEDDED)
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    needs_servers = command not in NEED_NO_SERVER and not {"--help", "-h"} & set(sys.argv)
    if needs_servers and settings in ON_A_DEVELOPERS_MACHINE:
        start_services()
    run(command, needs_tables=needs_servers)


def start_services() -> None:
    from devserver.lease import ensure_services
    from devserver.places import ServiceError

    try:
        ensure_services()
    except ServiceError as error:
        sys.exit(f"{error}")


def run(command: str, *, needs_tables: bool) -> None:
    """Django's own commands (shell, check, dbshell …) work without tables as well."""
    import django
    from django.core.management import CommandError, execute_from_command_line

    from safety_monitor.environment import refused_in_one_sentence

    with refused_in_one_sentence():
        django.setup()
    from safety_monitor.tables import ensure_tables, reads_tables

    try:
        if needs_tables and reads_tables(command):
            ensure_tables()
    except CommandError as refusal:
        sys.exit(f"{refusal}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
