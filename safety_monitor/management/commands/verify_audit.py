"""`manage.py verify_audit [TRIAL] [--rows] [--sealed] [--head FILE] [--format text|json]`: is the trail what was sealed?

Both chains are checked always. How long the sealed one is tells how much sealed work was done, so it is said with
`--sealed` only.
"""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.services import system_user
from safety_monitor.management.commands.export_audit import chosen_trial
from safety_monitor.trail_verification import Keepsake, Verdict, verify_accounts, verify_trial
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
            "--rows", action="store_true", help="also compare each row as it stands with its last entry"
        )
        parser.add_argument(
            "--head", metavar="FILE", help="also compare with a head that `audit_head` printed earlier"
        )
        parser.add_argument(
            "--sealed",
            action="store_true",
            help="also say how long the sealed chain is, not for blinded people",
        )
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *_: Any, **options: Any) -> None:
        kept = _kept(options["head"])
        verdicts = list(self._verdicts(options["trial"], kept, rows=options["rows"]))
        if not options["sealed"]:
            verdicts = [_without_sealed(verdict) for verdict in verdicts]
        if options["format"] == "json":
            self.stdout.write(json.dumps([_plain(verdict) for verdict in verdicts], indent=1))
        else:
            for verdict in verdicts:
                self._say(verdict)
        found = sum(len(verdict.findings) for verdict in verdicts)
        if found:
            raise CommandError(f"{found} findings: the trail is not what was sealed.")

    def _verdicts(self, code: str | None, kept: Keepsake | None, *, rows: bool) -> Iterator[Verdict]:
        if kept and code and kept.trial != code:
            raise CommandError(f"--head: the file is of {kept.trial or 'accounts'}, not of {code}.")
        for trial in _trials(code):
            mine = kept if kept and kept.trial == trial.code else None
            yield verify_trial(trial=trial, kept=mine, rows=rows, by=system_user(), at=timezone.now())
        if code is None:
            yield verify_accounts(kept=kept if kept and kept.trial is None else None, rows=rows)

    def _say(self, verdict: Verdict) -> None:
        self.stdout.write(f"{verdict.name}: {verdict.summary}")
        for finding in verdict.findings:
            self.stdout.write(f"  {finding.kind}: {finding.what}")


def _without_sealed(verdict: Verdict) -> Verdict:
    return replace(verdict, chains={"open": verdict.chains["open"]})


def _plain(verdict: Verdict) -> dict[str, Any]:
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


def _kept(path: str | None) -> Keepsake | None:
    if path is None:
        return None
    try:
        return Keepsake.read(json.loads(Path(path).read_text()))
    except OSError as error:
        raise CommandError(f"--head: {path!r} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CommandError(f"--head: {path!r} does not hold a head as `audit_head` prints it.") from error
