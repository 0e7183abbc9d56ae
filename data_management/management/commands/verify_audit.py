"""`manage.py verify_audit [TRIAL] [--no-rows] [--sealed] [--heads FILE…] [--format …]`: verify the audit trail.

Both chains are always checked. The length of the sealed one reveals how much sealed work was done, so it is printed
with `--sealed` only.
"""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.services import system_user
from data_management.management.commands.export_audit import chosen_trial
from data_management.queries.trail_verification import (
    TrailVerdict,
    heads_of_unknown_trials,
    verify_accounts,
    verify_trial,
)
from reports.queries.kept_files import read_kept_file
from reports.rules.kept_heads import Kept
from trials.models import Trial


class Command(BaseCommand):
    help = (
        "Find every audit entry that was changed, removed, put in or exchanged, and say which. Exit status 1 "
        "when there is one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "trial", nargs="?", metavar="TRIAL", help="the trial's code; default: all trials, and accounts"
        )
        parser.add_argument(
            "--no-rows",
            action="store_false",
            dest="rows",
            help="do not compare each row as it stands with its last entry",
        )
        parser.add_argument(
            "--heads",
            "--head",
            nargs="+",
            default=(),
            metavar="FILE",
            help="also compare with heads that left: mails as saved, or what `audit_head` printed",
        )
        parser.add_argument(
            "--sealed",
            action="store_true",
            help="also say how long the sealed chain is, not for blinded people",
        )
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *_: Any, **options: Any) -> None:
        kept = [read_kept_file(path) for path in options["heads"]]
        verdicts = list(self._verdicts(options["trial"], kept, rows=options["rows"]))
        if not options["sealed"]:
            verdicts = [_without_sealed(verdict) for verdict in verdicts]
        if options["format"] == "json":
            self.stdout.write(json.dumps([_plain(verdict) for verdict in verdicts], indent=1))
        else:
            for verdict in verdicts:
                self._say(verdict)
        found = sum(len(verdict.findings) for verdict in verdicts) + self._name_unknown(
            kept, options["trial"]
        )
        if found:
            raise CommandError(f"{found} findings: the trail is not what was sealed.")

    def _verdicts(self, code: str | None, kept: Sequence[Kept], *, rows: bool) -> Iterator[TrailVerdict]:
        """Every trial and the entries of no trial; with a trial given, only that trial."""
        for one in kept if code else ():
            if not any(head.trial == code for head in one.heads):
                raise CommandError(f"--heads: {one.where} holds no head of {code}.")
        for trial in _trials(code):
            yield verify_trial(trial=trial, kept=kept, rows=rows, by=system_user(), at=timezone.now())
        if code is None:
            yield verify_accounts(kept=kept, rows=rows, by=system_user(), at=timezone.now())

    def _name_unknown(self, kept: Sequence[Kept], code: str | None) -> int:
        """Trials in the heads that do not exist any more; returns how many.

        Only when all trials are verified.
        """
        gone = (
            [] if code else list(heads_of_unknown_trials(kept, Trial.objects.values_list("code", flat=True)))
        )
        for trial, where in gone:
            self.stderr.write(f"{trial}: there is no such trial, though {where} holds heads of it.")
        return len(gone)

    def _say(self, verdict: TrailVerdict) -> None:
        self.stdout.write(f"{verdict.name}: {verdict.summary}")
        for finding in verdict.findings:
            self.stdout.write(f"  {finding.kind}: {finding.what}")


def _without_sealed(verdict: TrailVerdict) -> TrailVerdict:
    return replace(verdict, chains={"open": verdict.chains["open"]})


def _plain(verdict: TrailVerdict) -> dict[str, Any]:
    return {
        "trial": verdict.name,
        "chains": {
            name: {
                **asdict(state),
                "oldest_unsealed_at": state.oldest_unsealed_at and state.oldest_unsealed_at.isoformat(),
            }
            for name, state in verdict.chains.items()
        },
        "findings": [asdict(finding) for finding in verdict.findings],
    }


def _trials(code: str | None) -> list[Trial]:
    named = chosen_trial(code, accounts=False) if code is not None else None
    return [named] if named else list(Trial.objects.order_by("code"))
