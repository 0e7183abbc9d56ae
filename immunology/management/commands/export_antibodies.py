"""Writes antibody results for others: FHIR R4, SDTM IS, HAML. Sealed: for the operator, logged as an opening."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.choices import ClearanceGround
from accounts.services import cleared, system_user
from immunology.models import AntibodyResult, SerumInRun
from immunology.queries.exports import exported_results, sera_as_run
from immunology.rules.files.haml_out import WRITTEN_VERSIONS, HamlExportError, haml_of
from immunology.rules.observations import is_rows, observation_bundle
from partial_dates import local_date
from trials.models import Trial


class Command(BaseCommand):
    """One format into one file; of SDTM the supplement stands beside it as `suppis.csv`."""

    help = "Write a trial's antibody results as FHIR, SDTM IS or HAML. The file is sealed data: keep it so."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("trial")
        parser.add_argument("--format", choices=["fhir", "sdtm", "haml"], required=True)
        parser.add_argument("--haml-version", choices=WRITTEN_VERSIONS, default=WRITTEN_VERSIONS[0])
        parser.add_argument("--laboratory", default="", help="of HAML the sera of this laboratory alone")
        parser.add_argument("--output", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        trial = Trial.objects.filter(code=options["trial"]).first()
        if trial is None:
            raise CommandError(f"{options['trial']}: there is no trial of this code.")
        at = timezone.now()
        with cleared(
            ground=ClearanceGround.REPORT,
            by=system_user(),
            trial_id=trial.pk,
            purpose="export antibodies",
            at=at,
        ):
            files = self._files(trial, options, local_date(at, trial.timezone))
        for path, data in files.items():
            path.write_bytes(data)

    def _files(self, trial: Trial, options: dict[str, Any], on: Any) -> dict[Path, bytes]:
        output: Path = options["output"]
        if options["format"] == "haml":
            return {output: self._haml(trial, options)}
        results, release = exported_results(AntibodyResult.objects.filter(trial=trial), trial=trial, on=on)
        if options["format"] == "fhir":
            text = json.dumps(observation_bundle(results, release=release), ensure_ascii=False, indent=1)
            return {output: text.encode()}
        rows, supplements = is_rows(trial.code, results)
        return {output: _csv(rows), output.with_name("suppis.csv"): _csv(supplements)}

    def _haml(self, trial: Trial, options: dict[str, Any]) -> bytes:
        rows = SerumInRun.objects.filter(trial=trial).select_related("run").order_by("pk")
        if options["laboratory"]:
            rows = rows.filter(laboratory=options["laboratory"])
        try:
            return haml_of(
                sera_as_run(rows), center=trial.code, document=trial.code, version=options["haml_version"]
            )
        except HamlExportError as error:
            raise CommandError(str(error)) from error


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
