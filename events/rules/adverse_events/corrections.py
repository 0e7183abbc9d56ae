"""Rule R10: every change of a recorded event is a new version with a reason, and drops the signature.

Source: 21 CFR 11.10(e) (changes do not obscure earlier values), 11.70 (a signature is bound to the signed content).
"""

from collections.abc import Mapping
from typing import Any

from events.rules.remarks import Remark
from partial_dates.refusals import gettext_noop


def changed_fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """The names in `new` whose value differs from `old`, in the order of `new`."""
    return tuple(name for name, value in new.items() if old.get(name) != value)


def check_correction(
    *, changed: tuple[str, ...], reason: str, expected_version: int, current_version: int
) -> tuple[Remark, ...]:
    """Why a correction is refused: a newer version exists, nothing changes, or no reason is given."""
    if expected_version != current_version:
        message = gettext_noop(
            "Version: %(expected)s was corrected, but the event is at %(current)s now; read it again (R10)."
        )
        params = {"expected": expected_version, "current": current_version}
        return (Remark("R10", "version_is_old", "version", message, params),)
    remarks = []
    if not changed:
        message = gettext_noop("Correction: nothing differs from version %(current)s (R10).")
        params = {"current": current_version}
        remarks.append(Remark("R10", "nothing_changed", "version", message, params))
    if not reason.strip():
        remarks.append(reason_missing("correction"))
    return tuple(remarks)


def reason_missing(act: str) -> Remark:
    """The refusal of an act (`correction`, `void`) without a reason."""
    message = gettext_noop("Reason: empty; a %(act)s needs a reason that others can follow (R10).")
    return Remark("R10", "reason_missing", "reason", message, {"act": act})
