"""The case beside the clinical record, field by field, with who has to act.

Nothing is typed twice: the case has no copy of a clinical value but the versions that left, and the sponsor's own
answers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from partial_dates.refusals import gettext_noop


class Line(StrEnum):
    """What a line of the reconciliation says."""

    SAME = "same"
    NEW = "new"
    MISSING = "missing"
    DIFFERS = "differs"
    NOT_SUBMITTED = "not_submitted"


FIELDS = ("term", "onset", "grade", "serious", "outcome", "causality")
MISSING_VALUES = (None, "")
WHO: Mapping[Line, str] = {
    Line.SAME: "",
    Line.NEW: gettext_noop("Safety officer: sign and release a follow-up."),
    Line.MISSING: gettext_noop("Site: answer it in the clinical record."),
    Line.DIFFERS: gettext_noop("Nobody corrects the other: both opinions are reported."),
    Line.NOT_SUBMITTED: gettext_noop("Safety officer: sign and release the first version."),
}


@dataclass(frozen=True)
class FieldLine:
    """One field: what the last signed version said, what the clinical record says now, what the sponsor says of it."""

    field: str
    submitted: Any
    recorded: Any
    sponsor: Any
    line: Line

    @property
    def who(self) -> str:
        """Who has to act, in a sentence; empty when nobody has to."""
        return WHO[self.line]


def reconcile_fields(
    *,
    submitted: Mapping[str, Any] | None,
    recorded: Mapping[str, Any],
    sponsor: Mapping[str, Any],
) -> Iterator[FieldLine]:
    """One line per field. `submitted` None: no version was signed yet. `sponsor` has the fields that it has answered."""
    for name in FIELDS:
        now = recorded.get(name)
        before = None if submitted is None else submitted.get(name)
        yield FieldLine(name, before, now, sponsor.get(name), _line(name, submitted, now, sponsor))


def _line(name: str, submitted: Mapping[str, Any] | None, now: Any, sponsor: Mapping[str, Any]) -> Line:
    if now in MISSING_VALUES:
        return Line.MISSING
    if submitted is not None and submitted.get(name) != now:
        return Line.NEW
    if name in sponsor and sponsor[name] not in MISSING_VALUES and sponsor[name] != now:
        return Line.DIFFERS
    return Line.SAME if submitted is not None else Line.NOT_SUBMITTED
