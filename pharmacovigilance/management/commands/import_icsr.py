"""`manage.py import_icsr FILE --by USERNAME`: store a message from outside, whatever rules it breaks."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from pharmacovigilance.e2b.document import SIZE_LIMIT_BYTES
from pharmacovigilance.e2b.refusals import MessageError
from pharmacovigilance.e2b.schema import SchemaSetError
from pharmacovigilance.services.incoming import receive_message


class Command(BaseCommand):
    help = (
        "Keep an ICSR batch of another sender. Broken rules and what is not used are listed and refuse nothing. A case that "
        "the message names gets a receipt. The same file again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, help="the user name of a safety officer")

    def handle(self, *_: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["by"], is_active=True).first()
        if person is None:
            raise CommandError(f"--by: “{options['by']}” is no active account; nothing was kept.")
        try:
            with options["file"].open("rb") as file:
                content = file.read(SIZE_LIMIT_BYTES + 1)
            received = receive_message(content=content, by=person, at=timezone.now())
        except OSError as error:
            raise CommandError(f"File: {options['file']} cannot be read ({error.strerror}).") from error
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        except (MessageError, SchemaSetError, PermissionDenied) as error:
            raise CommandError(str(error)) from error
        for finding in received.check.findings:
            self.stdout.write(f"{finding.severity}: {finding}")
        for piece in received.check.not_used:
            self.stdout.write(f"not used: {piece}")
        cases = (
            ", ".join(receipt.case.worldwide_number for receipt in received.receipts)
            or "no case of this site"
        )
        self.stdout.write(f"{'Kept' if received.is_new else 'Kept before'}: {received.path.name}; {cases}.")
