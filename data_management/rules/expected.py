"""Expected against entered: what of a form was to be there by now, what is, and what is overdue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from data_management.choices import ExpectedForm


@dataclass(frozen=True)
class OverdueItem:
    """One thing that is missing: of whom, which form, which of it, since when."""

    site: str
    participant: str
    form: ExpectedForm
    what: str
    since: date | None


@dataclass(frozen=True)
class Entered:
    """So many entries of one form at one site."""

    site: str
    form: ExpectedForm
    count: int


@dataclass(frozen=True)
class FormCount:
    """One form at one site. Expected by now is what was entered and what is overdue."""

    site: str
    form: ExpectedForm
    entered: int
    overdue: int

    @property
    def expected(self) -> int:
        """By now."""
        return self.entered + self.overdue


def count_forms(
    sites: Iterable[str], entered: Iterable[Entered], overdue: Iterable[OverdueItem]
) -> tuple[FormCount, ...]:
    """Every site and every form, also where nothing is expected yet, in the order of sites and forms."""
    there = _summed((one.site, one.form, one.count) for one in entered)
    missing = _summed((one.site, one.form, 1) for one in overdue)
    return tuple(
        FormCount(site, form, there.get((site, form), 0), missing.get((site, form), 0))
        for site in sorted(sites)
        for form in ExpectedForm
    )


def _summed(counts: Iterable[tuple[str, ExpectedForm, int]]) -> Mapping[tuple[str, ExpectedForm], int]:
    sums: dict[tuple[str, ExpectedForm], int] = {}
    for site, form, count in counts:
        sums[site, form] = sums.get((site, form), 0) + count
    return sums


def is_due_while_followed(due: date, *, left: date | None) -> bool:
    """Whether something due on a day can be asked for of somebody who left the trial, alive or dead, on another day."""
    return left is None or due <= left
