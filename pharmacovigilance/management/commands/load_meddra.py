"""`manage.py load_meddra FOLDER`: keep one version of MedDRA from the licence holder's own distribution."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pharmacovigilance.meddra.reading import MeddraError
from pharmacovigilance.meddra.storing import store_meddra_release, stored_versions


class Command(BaseCommand):
    help = (
        "Load one version of MedDRA from the ASCII distribution of the licence holder (the folder, or its MedAscii). "
        "Several versions stand side by side. All or nothing; the same again changes nothing."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            release = store_meddra_release(options["folder"], settings.MEDDRA_DIR)
        except MeddraError as error:
            raise CommandError(str(error)) from error
        counts = release.counts
        current = sum(term.is_current for term in release.terms)
        self.stdout.write(
            f"MedDRA {release.version} {release.language}: {counts['llt']} LLT ({current} current), {counts['pt']} PT, "
            f"{counts['soc']} SOC. Loaded: {', '.join(stored_versions(settings.MEDDRA_DIR))}."
        )
