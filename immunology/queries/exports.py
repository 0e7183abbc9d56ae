"""Rows that leave the house: results for FHIR and SDTM, sera for HAML. Inside the seal only."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from immunology.models import AntibodyResult, SerumInRun
from immunology.queries.dsa_inputs import called_serum
from immunology.queries.dsa_rows import MEASURED, is_readable
from immunology.queries.judging_basis import basis_in_force
from immunology.rules.bead_results import beads_from_rows
from immunology.rules.calls import call_of, span_of
from immunology.rules.files.parts import Handling, Kit, SerumRun, Vendor
from immunology.rules.observations import ExportedResult
from trials.choices import TimePrecision
from trials.models import Trial

OF_THE_SERUM = (
    "participant__code", "specimen__code", "specimen__kind", "specimen__collected_at", "specimen__collected_precision",
    "specimen__planned_day", "hla_class",
)  # fmt: skip


def exported_results(
    rows: QuerySet[AntibodyResult], *, trial: Trial, on: date
) -> tuple[list[ExportedResult], str]:
    """Standing results with their calls by the rule set in use, and the release of the nomenclature; two queries."""
    basis, zone = basis_in_force(trial_id=trial.pk, on=on), ZoneInfo(trial.timezone)
    standing = rows.filter(trial=trial, voided_at=None)
    ordered = standing.order_by(
        "participant__code", "specimen__collected_at", "run_code", "specificity", "pk"
    )
    found = []
    for row in ordered.values(*MEASURED, *OF_THE_SERUM):
        span = span_of(row["specimen__collected_at"], row["specimen__collected_precision"])
        can_be_called = basis is not None and is_readable(row["specificity"])
        found.append(
            ExportedResult(
                participant=row["participant__code"],
                specimen=row["specimen__code"],
                specimen_kind=row["specimen__kind"],
                collected_at=row["specimen__collected_at"].astimezone(zone),
                is_known_to_the_day_only=row["specimen__collected_precision"] == TimePrecision.DAY,
                planned_day=row["specimen__planned_day"],
                specificity=row["specificity"],
                hla_class=row["hla_class"],
                mfi=row["mfi"],
                limit=row["mfi_limit"],
                run=row["run_code"],
                vendor=row["vendor"],
                kit=row["kit"],
                lot=row["lot"],
                conjugate=row["conjugate"],
                dilution=row["dilution"],
                treatment=row["treatment"],
                bead_count=row["bead_count"],
                is_rejected=row["is_rejected"],
                call=str(call_of(called_serum(row, span), basis.plan)) if basis and can_be_called else "",
            )
        )
    return found, basis.serology.release if basis else ""


def sera_as_run(rows: Iterable[SerumInRun]) -> list[SerumRun]:
    """Sera as the files had them."""
    return [_as_run(row) for row in rows]


def _as_run(row: SerumInRun) -> SerumRun:
    run = row.run
    rejection = next((one["value"] for one in row.quality_findings if one["check"] == "rejected"), None)
    return SerumRun(
        specimen=row.specimen_code,
        run=run.run_code,
        run_date=run.run_date,
        kit=Kit(Vendor(run.vendor), run.kit, run.lot, run.hla_class),
        beads=beads_from_rows(row.beads),
        handling=Handling(row.conjugate, row.dilution, row.treatment),
        well=row.well,
        instrument=run.instrument,
        software=run.software,
        is_rejected=rejection is not None,
        reject_reason=rejection or "",
    )
