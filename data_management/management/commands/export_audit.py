"""`manage.py export_audit TRIAL --format csv|jsonl [--sealed] [--since MOMENT] [--output FILE]`."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.services import system_user
from data_management.queries.trail_export import CONTENT_TYPES, open_trail, whole_trail
from trials.models import Trial


class Command(BaseCommand):
    help = "Write the audit trail of a trial: what blinded people may read, or with --sealed all of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("trial", nargs="?", metavar="TRIAL", help="the trial's code")
        parser.add_argument(
            "--accounts", action="store_true", help="instead: the entries of accounts, of no trial"
        )
        parser.add_argument("--format", choices=tuple(CONTENT_TYPES), required=True)
        parser.add_argument(
            "--sealed", action="store_true", help="with sealed entries; the opening is logged"
        )
        parser.add_argument(
            "--since", metavar="MOMENT", help="only entries written at or after it, ISO 8601 with offset"
        )
        parser.add_argument(
            "--output", metavar="FILE", help="write here, readable by you alone; default: standard output"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        trial, since = chosen_trial(options["trial"], accounts=options["accounts"]), _moment(options["since"])
        if options["sealed"] and trial is None:
            raise CommandError("--sealed: accounts have no sealed entries.")
        with _target(options["output"]) as file:
            for chunk in _chunks(trial, since, options):
                file.write(chunk)


def chosen_trial(code: str | None, *, accounts: bool) -> Trial | None:
    """The trial of that code; None for accounts."""
    if (code is None) != accounts:
        raise CommandError("TRIAL: name a trial, or ask for --accounts; one of the two.")
    if code is None:
        return None
    trial = Trial.objects.filter(code=code).first()
    if trial is None:
        raise CommandError(f"TRIAL: no trial has the code {code!r}.")
    return trial


def _chunks(trial: Trial | None, since: datetime | None, options: dict[str, Any]) -> Iterator[bytes]:
    if trial is None or not options["sealed"]:
        return open_trail(trial=trial, form=options["format"], since=since)
    return whole_trail(trial=trial, form=options["format"], by=system_user(), at=timezone.now(), since=since)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise CommandError(
            f"--since: {text!r} is not a moment with its offset, for example 2026-03-01T08:00+01:00."
        )
    return moment


@contextmanager
def _target(path: str | None) -> Iterator[IO[bytes]]:
    if path is None:
        yield sys.stdout.buffer
        return
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise CommandError(f"--output: {path!r} cannot be written: {error.strerror}.") from error
    with os.fdopen(handle, "wb") as file:
        yield file
