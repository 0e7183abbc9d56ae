"""Whether a blood product, or another event that sensitises, can have happened so."""

from trials.rules.dates import PartialMoment, surely_after
from trials.rules.refusals import Refusal, gettext_noop


def sensitiser_refusals(occurred: PartialMoment, died: PartialMoment | None) -> tuple[Refusal, ...]:
    """After the death. There is no earliest day: a pregnancy or a graft of years ago counts."""
    if died is None or not surely_after(occurred, died):
        return ()
    message = gettext_noop("When: %(value)s is after the death, %(died)s.")
    return (Refusal("occurred", message, {"value": occurred.text, "died": died.text}),)
