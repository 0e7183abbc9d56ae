"""`manage.py seed_demo`: create the demonstration trial, once; later calls report that it exists."""

import os
import tomllib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from audit.services import seal_entries
from demonstration.replay import Login, load_demonstration_protocol, seed_trial
from trials.models import Participant

PROTOCOL = Path("protocols") / "stroma-cov-2.toml"
SEED = 20200406
"""Of the shipped demonstration; any other gives other people with the same totals."""


MEETING = (
    "The board is voting on the look at 40: vote as board.member, close the vote and sign as board.chair"
)


class Command(BaseCommand):
    help = "Make the demonstration trial from the published totals, and write down who can sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--seed", type=int, default=SEED, help="another seed gives other people, same totals"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        content = tomllib.loads((settings.BASE_DIR / PROTOCOL).read_text())
        if Participant.objects.filter(trial__code=content["code"]).exists():
            self.stdout.write(
                f"The demonstration trial {content['code']} is there already; nothing was changed."
            )
            return
        self.stdout.write("Living through the demonstration trial, once; this takes a minute or two …")
        self.stdout.flush()
        now = timezone.now()
        # Committed and sealed before the rest, which is one transaction: each report then records the trail's heads.
        load_demonstration_protocol(content=content, now=now)
        seal_entries()
        with transaction.atomic():
            _trial, logins = seed_trial(content=content, seed=options["seed"], now=now)
        seal_entries()
        path = settings.VAR_DIR / "demo-logins.txt"
        write_private(path, logins_text(logins))
        self.stdout.write(f"The demonstration trial {content['code']} is ready. Who can sign in: {path}")


def logins_text(logins: tuple[Login, ...]) -> str:
    """One line per role, and the address of the first report."""
    lines = [f"{login.role.label:<24} {login.username:<24} {login.password}" for login in logins]
    return "\n".join(
        [*lines, "", "First board report: sign in as board.member and open /board/", MEETING, ""]
    )


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
