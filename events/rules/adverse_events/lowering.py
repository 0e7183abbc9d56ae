"""Rule R10, lowering: an event is recorded at its worst, so a recorded value is lowered only with a reason.

A lower value is either the correction of an error, or the worst is over. Only a correction changes the worst. Sources:
SDTMIG 3.4 AE (AETOXGR, AESEV: the worst of the event), ICH E2A II.B (an event that met a criterion is serious, also
once it is over).
"""

from collections.abc import Callable, Mapping
from typing import Any

from events.choices import Lowering, Outcome, Severity
from events.rules.adverse_events.entered import CRITERIA
from events.rules.remarks import Remark
from partial_dates.refusals import gettext_noop

ABATING = ("grade", "severity")
"""Values that can be lower today than at the worst; a met criterion and a death cannot."""
DEATH_GRADE = 5
_SEVERITIES = {"": 0, Severity.MILD: 1, Severity.MODERATE: 2, Severity.SEVERE: 3}


def lowered_fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """The names in `new` with a lower value than in `old`, including an emptied answer."""
    return tuple(name for name in new if name in _WEIGHTS and _weight(name, new) < _weight(name, old))


def check_lowering(
    *, lowered: tuple[str, ...], old: Mapping[str, Any], new: Mapping[str, Any], lowering: str
) -> tuple[Remark, ...]:
    """Refusals of lowering a recorded event: no reason, or "improved" for a value that cannot improve."""
    if not lowered or lowering in (Lowering.ERROR, Lowering.SOURCE):
        return ()
    if not lowering:
        return (_unanswered(lowered),)
    lasting = tuple(name for name in lowered if name not in ABATING or old.get("grade") == DEATH_GRADE)
    return tuple(_lasting(name) for name in lasting) or _emptied(lowered, new)


def at_its_worst(
    *, lowered: tuple[str, ...], old: Mapping[str, Any], new: Mapping[str, Any], lowering: str
) -> Mapping[str, Any]:
    """The values to store.

    When the worst is over, the worst stays and the lower grade becomes the present one.
    """
    if lowering != Lowering.IMPROVED or not lowered:
        return new
    kept = {**new, **{name: old[name] for name in lowered}}
    return kept | ({"present_grade": new["grade"]} if "grade" in lowered else {})


def _unanswered(lowered: tuple[str, ...]) -> Remark:
    message = gettext_noop(
        "Lowered: %(criteria)s; say whether what was recorded before was an error, or the worst, now over (R10)."
    )
    return Remark("R10", "lowering_unanswered", "lowering", message, {"criteria": ", ".join(lowered)})


def _lasting(name: str) -> Remark:
    message = gettext_noop(
        "%(field)s: what was recorded of the worst stays; it is taken back only when it was an error (R10)."
    )
    return Remark("R10", "lowering_lasting", name, message, {"field": name})


def _emptied(lowered: tuple[str, ...], new: Mapping[str, Any]) -> tuple[Remark, ...]:
    if "grade" not in lowered or new["grade"] is not None:
        return ()
    message = gettext_noop("Lowered: the worst is over, but no grade is given for how it is now (R10).")
    return (Remark("R10", "lowering_without_grade", "grade", message),)


def _weight(name: str, values: Mapping[str, Any]) -> int:
    return _WEIGHTS[name](values.get(name))


_WEIGHTS: Mapping[str, Callable[[Any], int]] = {
    "grade": lambda grade: grade or 0,
    "severity": lambda severity: _SEVERITIES[severity or ""],
    "outcome": lambda outcome: int(outcome == Outcome.FATAL),
    "serious": lambda answer: int(answer is True),
    **{name: lambda answer: int(answer is True) for name in CRITERIA},
}
