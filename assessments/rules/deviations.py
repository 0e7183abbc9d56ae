"""Whether a protocol deviation is possible as recorded."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from partial_dates import PartialMoment, local_date
from partial_dates.refusals import Refusal, gettext_noop


@dataclass(frozen=True)
class DeviationFacts:
    """`screened`: the participant's first day in the trial's books, None for a deviation of the site itself."""

    description: str
    occurred: PartialMoment
    screened: date | None
    zone: str


def deviation_refusals(facts: DeviationFacts) -> tuple[Refusal, ...]:
    """The refusals: no words, or a time before the participant was in the trial."""
    return tuple(_refusals(facts))


def _refusals(facts: DeviationFacts) -> Iterator[Refusal]:
    if not facts.description.strip():
        yield Refusal("description", gettext_noop("What happened: say it in a sentence."))
    last = local_date(facts.occurred.latest, facts.zone)
    if facts.screened is not None and last < facts.screened:
        message = gettext_noop("When: %(value)s is before the screening on %(earlier)s.")
        yield Refusal("occurred", message, {"value": facts.occurred.text, "earlier": facts.screened})
