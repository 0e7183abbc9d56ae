"""Whether a blood product, or another sensitising event, is possible as recorded, and on which day."""

from datetime import date, datetime

from partial_dates import PartialMoment, local_date, surely_after
from partial_dates.refusals import Refusal, gettext_noop

BLOOD_KINDS = frozenset({"RBC", "PLATELETS", "IVIG", "PLASMA", "CONVALESCENT_PLASMA"})
"""The kinds in the question of the day; a pregnancy or a vaccine does not answer it."""


def is_blood_on(day: date, *, kind: str, earliest: datetime, latest: datetime, zone: str) -> bool:
    """Whether it is a blood product that may have been given on a calendar day in `zone`."""
    return kind in BLOOD_KINDS and local_date(earliest, zone) <= day <= local_date(latest, zone)


def sensitiser_refusals(occurred: PartialMoment, died: PartialMoment | None) -> tuple[Refusal, ...]:
    """Refused after the death. There is no earliest day: a pregnancy or a graft of years ago counts."""
    if died is None or not surely_after(occurred, died):
        return ()
    message = gettext_noop("When: %(value)s is after the death, %(died)s.")
    return (Refusal("occurred", message, {"value": occurred.text, "died": died.text}),)
