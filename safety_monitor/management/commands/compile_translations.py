"""`manage.py compile_translations`: compile the .po files for the site; GNU gettext is not needed."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from safety_monitor.translations import compile_stale


class Command(BaseCommand):
    help = "Compile the translations whose source is newer than the compiled file."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        for source in compile_stale(Path(folder) for folder in settings.LOCALE_PATHS):
            self.stdout.write(f"compiled {source}")
