"""Whether a medication is possible as recorded."""

from decimal import Decimal

from partial_dates import PartialMoment, surely_after
from partial_dates.refusals import Refusal, gettext_noop


def medication_refusals(
    *,
    started: PartialMoment,
    ended: PartialMoment | None,
    died: PartialMoment | None,
    dose: Decimal | None,
    dose_unit: str,
) -> tuple[Refusal, ...]:
    """The refusals: an end before the start, a start after the death, a dose without its unit."""
    refusals = []
    if ended is not None and surely_after(started, ended):
        message = gettext_noop("To: %(ended)s is before the start, %(started)s.")
        refusals.append(Refusal("ended", message, {"ended": ended.text, "started": started.text}))
    if died is not None and surely_after(started, died):
        message = gettext_noop("From: %(value)s is after the death, %(died)s.")
        refusals.append(Refusal("started", message, {"value": started.text, "died": died.text}))
    if dose is not None and not dose_unit:
        message = gettext_noop("Unit of the dose: needed with a dose.")
        refusals.append(Refusal("dose_unit", message))
    return tuple(refusals)
