"""`manage.py audit_head TRIAL [--sealed]`: the head of the trail's chain as JSON, to be stored elsewhere."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.choices import ClearanceGround
from accounts.services import cleared, system_user
from audit.queries.heads import Head, chain_head
from data_management.management.commands.export_audit import chosen_trial
from trials.models import Trial


class Command(BaseCommand):
    help = "Print the head of a trial's audit chain. Kept elsewhere, it proves later that nothing before it was changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("trial", nargs="?", metavar="TRIAL", help="the trial's code")
        parser.add_argument("--accounts", action="store_true", help="instead: the chain of accounts")
        parser.add_argument(
            "--sealed", action="store_true", help="also the sealed chain's, not for blinded people; logged"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        trial = chosen_trial(options["trial"], accounts=options["accounts"])
        head = chain_head(trial_id=trial.pk if trial else None, sealed=False)
        found = {"trial": trial.code if trial else None, "open": _plain(head)}
        if trial and options["sealed"]:
            found["sealed"] = _plain(_sealed_head(trial))
        self.stdout.write(json.dumps(found))


def _sealed_head(trial: Trial) -> Head | None:
    opening = cleared(
        ground=ClearanceGround.AUDIT,
        by=system_user(),
        trial_id=trial.pk,
        purpose="Print the head of the sealed chain",
        at=timezone.now(),
    )
    with opening:
        return chain_head(trial_id=trial.pk, sealed=True)


def _plain(head: Head | None) -> dict[str, Any] | None:
    return asdict(head) if head else None
