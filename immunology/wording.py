"""The description of a laboratory file, in the same form for command and API."""

from decimal import Decimal
from typing import Any

from immunology.rules.files.parts import BeadRole, ReadFile
from immunology.services import LaboratoryImport

ABOVE_MFI = 5000
"""The meaning of `above_5000`: raw values of antigen beads of every class, strictly above.

Whether a call is flagged is another rule.
"""


def file_answer(read: ReadFile, outcome: LaboratoryImport | None, refused: list[str]) -> dict[str, Any]:
    """The description of a file.

    `beads` are all values of the file, controls included; a control is the value of the only serum, or by serum when
    there are several.
    """
    beads = list(read.beads)
    targets = [bead for bead in beads if bead.role is BeadRole.TARGET]
    return {
        "vendor": read.vendor,
        "file_format": read.format,
        "sha256": read.sha256,
        "samples": len({serum.specimen for serum in read.sera}),
        "beads": len(beads),
        "target_beads": len(targets),
        "controls": {
            "negative": _control(read, BeadRole.NEGATIVE),
            "positive": _control(read, BeadRole.POSITIVE),
        },
        "classes": sorted({serum.kit.hla_class for serum in read.sera} - {""}),
        "lots": sorted({serum.kit.lot for serum in read.sera}),
        "above_5000": sum(1 for bead in targets if bead.mfi_raw is not None and bead.mfi_raw > ABOVE_MFI),
        "missing": sum(1 for bead in beads if bead.mfi_raw is None),
        "unparsed": list(read.unparsed),
        "refused": refused,
        "asks": list(read.asks),
        "was_known": bool(outcome and outcome.was_known),
        "new_samples": outcome.new_sera if outcome else 0,
        "quarantined": list(outcome.quarantined) if outcome else [],
        "failed": list(outcome.failed) if outcome else [],
        "quality": dict(outcome.qualities) if outcome else {},
    }


def _control(read: ReadFile, role: BeadRole) -> Any:
    values = {serum.specimen: _plain(serum.control(role)) for serum in read.sera}
    return next(iter(values.values())) if len(values) == 1 else values or None


def _plain(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
