"""`manage.py load_meddra FOLDER`: store one version of MedDRA from the licence holder's own distribution."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pharmacovigilance.meddra.reading import MeddraError, read_meddra_release
from pharmacovigilance.models import MeddraVersion
from pharmacovigilance.services.coding import load_meddra_version


class Command(BaseCommand):
    help = (
        "Load one version of MedDRA from the ASCII distribution of the licence holder (the folder, or its MedAscii). "
        "Several versions stand side by side. All or nothing; the same again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            release = read_meddra_release(options["folder"])
            load_meddra_version(release=release, at=timezone.now())
        except MeddraError as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        counts = release.counts
        current = sum(term.is_current for term in release.terms)
        loaded = ", ".join(str(row) for row in MeddraVersion.objects.order_by("pk"))
        self.stdout.write(
            f"MedDRA {release.version} {release.language}: {counts['llt']} LLT ({current} current), {counts['pt']} PT, "
            f"{counts['soc']} SOC. Loaded: {loaded}."
        )
