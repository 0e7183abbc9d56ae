"""The possible times of a reading."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from haemodynamics.rules.readings import MEASUREMENTS, Reading
from partial_dates.refusals import Refusal, gettext_noop

CLOCK_SKEW = timedelta(minutes=5)
"""By how much the clock at the bedside may run ahead of the server's (our own rule)."""

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
"""No participant of a running trial was treated before: an earlier time is an error of entry."""


def judge_moment(
    reading: Reading, *, now: datetime | None, died_latest: datetime | None
) -> tuple[Refusal, ...]:
    """Not before 1900, not in the future, not after the participant's death.

    `now` is `None` where the clock is not available.
    """
    return tuple(_impossible_moments(reading, now, died_latest))


def _impossible_moments(
    reading: Reading, now: datetime | None, died_latest: datetime | None
) -> Iterator[Refusal]:
    taken = reading.at
    if reading.at < EARLIEST:
        yield Refusal("taken_at", gettext_noop("Taken at: %(taken)s lies before 1900."), {"taken": taken})
    if now is not None and reading.at > now + CLOCK_SKEW:
        yield Refusal("taken_at", gettext_noop("Taken at: %(taken)s lies in the future."), {"taken": taken})
    if died_latest is not None and reading.at > died_latest:
        message = gettext_noop("Taken at: %(taken)s is after the participant's death, %(died)s.")
        params = {"taken": taken, "died": died_latest}
        yield Refusal("taken_at", message, params)


def judge_content(reading: Reading) -> tuple[Refusal, ...]:
    """A reading has some content: a value, a sign, a kind of support, or the statement that no vasopressor ran."""
    values = [reading.measured(variable) for variable in MEASUREMENTS]
    said = (
        any(value is not None for value in values)
        or reading.signs_seen
        or reading.signs_excluded
        or reading.respiratory_support
        or reading.vasopressors is not None
    )
    if said:
        return ()
    return (Refusal("heart_rate_bpm", gettext_noop("Reading: nothing was read; record at least one value.")),)
