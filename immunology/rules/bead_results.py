"""Conversion of the beads of a serum to the results for the rules of antibodies: one per specificity.

Of several beads of one specificity the highest that did not fail counts. A bead that could not be read, or a
control, is no result.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from immunology.rules.files.parts import Bead, BeadRole, Handling, SerumRun
from immunology.rules.quality import Quality

TREATMENTS = ("EDTA", "DTT", "HEAT")
BEAD_COLUMNS = (
    "bead_id", "role", "specificity", "target_raw", "mfi_raw", "mfi_norm", "count", "background", "rank", "vendor_call",
    "public",
)  # fmt: skip


def results_of(beads: Iterable[Bead], failed: frozenset[str]) -> list[dict[str, Any]]:
    """One result per specificity, with `specificity`, `mfi`, `bead_count` and `is_rejected`, in order."""
    chosen: dict[str, Bead] = {}
    for bead in beads:
        if bead.role is BeadRole.TARGET and bead.specificity:
            known = chosen.get(bead.specificity)
            if known is None or _rank(bead, failed) > _rank(known, failed):
                chosen[bead.specificity] = bead
    return [
        {
            "specificity": specificity,
            "mfi": bead.mfi_raw,
            "bead_count": bead.count,
            "is_rejected": bead.bead_id in failed and bead.mfi_raw is not None,
        }
        for specificity, bead in sorted(chosen.items())
    ]


def _rank(bead: Bead, failed: frozenset[str]) -> tuple[bool, Decimal]:
    return bead.bead_id not in failed, Decimal(-1) if bead.mfi_raw is None else bead.mfi_raw


def treatment_of(handling: Handling) -> str:
    """The one treatment against the prozone that a result can store; of several the first of EDTA, DTT, heat."""
    said = handling.treatment.upper().split(";")
    return next((one for one in TREATMENTS if one in said), "NONE" if "NONE" in said else "UNKNOWN")


def result_run_code(serum: SerumRun) -> str:
    """The run's code; a conjugate other than IgG and a dilution are runs of their own."""
    conjugate = "" if serum.handling.conjugate == "IgG" else f" {serum.handling.conjugate}"
    dilution = "" if serum.handling.dilution == 1 else f" 1:{serum.handling.dilution}"
    return f"{serum.run[: 60 - len(conjugate + dilution)]}{conjugate}{dilution}"


def bead_rows(beads: Iterable[Bead]) -> list[list[Any]]:
    """Beads in their stored form: values by `BEAD_COLUMNS`, numbers as text so that no digit changes."""
    return [[_stored(getattr(bead, name)) for name in BEAD_COLUMNS] for bead in beads]


def _stored(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | BeadRole) else value


def beads_from_rows(rows: Iterable[list[Any]]) -> tuple[Bead, ...]:
    """The beads that `bead_rows` stored."""
    return tuple(_bead(dict(zip(BEAD_COLUMNS, row, strict=True))) for row in rows)


def _bead(said: dict[str, Any]) -> Bead:
    numbers = {
        name: None if said[name] is None else Decimal(said[name])
        for name in ("mfi_raw", "mfi_norm", "background")
    }
    return Bead(**{**said, **numbers, "role": BeadRole(said["role"])})


def quality_rows(quality: Quality) -> list[dict[str, str]]:
    """The findings of quality in their stored form."""
    return [
        {
            "check": str(finding.check),
            "status": str(finding.status),
            "value": finding.value,
            "limit": finding.limit,
            "bead_id": finding.bead_id,
        }
        for finding in quality.findings
    ]
