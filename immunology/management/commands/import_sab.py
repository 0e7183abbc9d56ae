"""`manage.py import_sab FILE --trial CODE --laboratory NAME`: import a file of single-antigen beads.

All of it is imported, or nothing.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.services import system_user
from immunology.rules.files.dates import ORDERS
from immunology.rules.files.parts import Answers, Handling, Vendor
from immunology.rules.files.reading import read_file
from immunology.rules.files.sab_long import CONJUGATES
from immunology.services import LaboratoryImport, Upload, import_laboratory_file, rehearse_laboratory_file
from immunology.wording import file_answer
from trials.models import Trial


class Command(BaseCommand):
    help = (
        "Import an export of HLA Fusion, MATCH IT!, xPONENT (with its lot file), HAML or sab_long_v1. The same file "
        "again changes nothing; one fault, and nothing is written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--trial", required=True, help="code of the trial")
        parser.add_argument("--laboratory", required=True, help="the laboratory whose file it is")
        parser.add_argument("--vendor", choices=list(Vendor), help="refused when the file is of another one")
        parser.add_argument("--eds", type=Path, help="the lot file of an xPONENT export")
        parser.add_argument(
            "--date-order", choices=ORDERS, default="", help="where the file does not prove it"
        )
        parser.add_argument(
            "--decimal", choices=["comma", "point"], default="", help="where the file does not prove it"
        )
        parser.add_argument(
            "--conjugate", choices=CONJUGATES, default="IgG", help="where the file has no place for it"
        )
        parser.add_argument(
            "--treatment",
            default="UNKNOWN",
            help="EDTA, DTT, HEAT or NONE, where the file has no place for it",
        )
        parser.add_argument("--dilution", type=Decimal, default=Decimal(1), help="a fold; 1 is neat")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done, and write nothing"
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        trial = Trial.objects.filter(code=options["trial"]).first()
        if trial is None:
            raise CommandError(f"{options['trial']}: there is no trial of this code.")
        upload = self._upload(options)
        verb = rehearse_laboratory_file if options["dry_run"] else import_laboratory_file
        more = {} if options["dry_run"] else {"reason": f"file {upload.read.file} imported"}
        refused: list[str] = [str(refusal) for refusal in upload.read.refused]
        outcome: LaboratoryImport | None = None
        try:
            outcome = verb(trial=trial, upload=upload, by=system_user(), at=timezone.now(), **more)
        except ValidationError as error:
            refused = refused or ([] if upload.read.asks else list(error.messages))
        answer = file_answer(upload.read, outcome, refused) | {"dry_run": options["dry_run"]}
        if options["format"] == "json":
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))
        else:
            self.stdout.write("\n".join(f"{name}: {value}" for name, value in answer.items()))
        if outcome is None:
            raise CommandError("Nothing was imported.")

    def _upload(self, options: dict[str, Any]) -> Upload:
        path: Path = options["file"]
        lot_path: Path | None = options["eds"]
        try:
            data = path.read_bytes()
            lot_file = (lot_path.name, lot_path.read_bytes()) if lot_path else None
        except OSError as error:
            raise CommandError(f"{error.filename}: cannot be read ({error.strerror}).") from error
        handling = Handling(options["conjugate"], options["dilution"], options["treatment"])
        decimal = {"comma": ",", "point": ".", "": ""}[options["decimal"]]
        vendor = Vendor(options["vendor"]) if options["vendor"] else None
        read = read_file(
            file=path.name,
            data=data,
            answers=Answers(options["date_order"], decimal, handling),
            vendor=vendor,
            lot_file=lot_file,
        )
        return Upload(read, data, options["laboratory"], lot_file)
