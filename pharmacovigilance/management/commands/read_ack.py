"""`manage.py read_ack FILE`: print an authority's acknowledgement."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from pharmacovigilance.e2b.acknowledgements import Acknowledgement, read_acknowledgement
from pharmacovigilance.e2b.refusals import MessageError
from pharmacovigilance.services.acknowledging import take_acknowledgement


class Command(BaseCommand):
    help = (
        "Read an acknowledgement (MCCI_IN200101UV01) and say what became of each message. With --by, record it at the "
        "unblinded desk for the obligation that the message met."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the acknowledgement as XML")
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--by", help="the user name of an unblinded reporter: record it")

    def handle(self, *_: Any, **options: Any) -> None:
        acknowledgement = _read(options["file"])
        if options["by"]:
            _record(acknowledgement, options["by"])
        self.stdout.write(_json(acknowledgement) if options["format"] == "json" else _text(acknowledgement))


def _read(path: Path) -> Acknowledgement:
    try:
        with path.open("rb") as file:
            return read_acknowledgement(file)
    except OSError as error:
        raise CommandError(f"File: {path} cannot be read ({error.strerror}).") from error
    except MessageError as error:
        raise CommandError(str(error)) from error


def _record(acknowledgement: Acknowledgement, username: str) -> None:
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise CommandError(f"--by: “{username}” is no active account; nothing was recorded.")
    try:
        take_acknowledgement(acknowledgement=acknowledgement, by=person, at=timezone.now())
    except ValidationError as error:
        raise CommandError("\n".join(error.messages)) from error
    except (MessageError, PermissionDenied) as error:
        raise CommandError(str(error)) from error


def _json(acknowledgement: Acknowledgement) -> str:
    answers = [asdict(a) | {"outcome": a.outcome.value} for a in acknowledgement.answers]
    return json.dumps(asdict(acknowledgement) | {"answers": answers}, ensure_ascii=False, indent=2)


def _text(acknowledgement: Acknowledgement) -> str:
    head = f"Batch {acknowledgement.batch}, acknowledged by {acknowledgement.sender} with {acknowledgement.code}."
    lines = [f"{a.message}: {a.outcome.value.replace('_', ' ')}" for a in acknowledgement.answers]
    reasons = [f"  {text}" for a in acknowledgement.answers for text in a.texts]
    return "\n".join([head, *acknowledgement.texts, *lines, *reasons])
