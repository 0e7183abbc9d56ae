"""The case beside the clinical record, field by field, with the next person to act.

Nothing is entered twice: the case has no copy of a clinical value except the released versions, and the sponsor's own
answers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from partial_dates.refusals import gettext_noop


class Line(StrEnum):
    """The result of a line of the reconciliation."""

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
    """One field: the last signed version, the present clinical record, and the sponsor's answer."""

    field: str
    submitted: Any
    recorded: Any
    sponsor: Any
    line: Line

    @property
    def who(self) -> str:
        """Who has to act, in a sentence; empty when no one has to."""
        return WHO[self.line]


def reconcile_fields(
    *,
    submitted: Mapping[str, Any] | None,
    recorded: Mapping[str, Any],
    sponsor: Mapping[str, Any],
) -> Iterator[FieldLine]:
    """One line per field. `submitted` None: no version was signed yet. `sponsor` has the answered fields."""
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
