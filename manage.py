#!/usr/bin/env python
"""Django's command line for the safety monitor. Starts the embedded servers when a command needs them."""

import os
import sys

from devserver.lease import ensure_services
from devserver.places import ServiceError

# These read no row and queue no task; everything else gets its database and broker.
NEED_NO_SERVER = {"collectstatic", "compile_translations", "help", "makemessages", "version"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safety_monitor.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    try:
        if command not in NEED_NO_SERVER and not {"--help", "-h"} & set(sys.argv):
            ensure_services()
            ensure_tables_of(command)
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    except ServiceError as error:
        sys.exit(f"{error}")


def ensure_tables_of(command: str) -> None:
    """For a command of this project: Django's own (shell, check, dbshell …) work without tables as well."""
    import django

    django.setup()
    from safety_monitor.tables import ensure_tables, reads_tables

    if reads_tables(command):
        ensure_tables()


if __name__ == "__main__":
    main()
