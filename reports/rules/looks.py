"""Which looks the board is owed, and from which moment on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def due_looks(
    enrolled: int, reported: Iterable[int], planned: Iterable[int], *, immature: Iterable[int] = ()
) -> tuple[int, ...]:
    """The looks that are owed now: reached by the number enrolled, mature, and not yet reported, lowest first.

    `planned` are the protocol's looks, each a number of enrolled participants; a look is owed from the moment
    its participant is enrolled ("after 10, 20 and 40 patients had been enrolled", Crit Care 2022;26:48), or, where the
    protocol makes it wait, is mature: `immature` are the looks that still wait. A look is reported once: a later
    withdrawal of an enrolment neither undoes nor repeats it.

    Raises ValueError for a negative number of enrolled or a planned look below 1.
    """
    wanted = sorted(set(planned))
    if enrolled < 0:
        raise ValueError(f"enrolled {enrolled}: the number of enrolled participants is not negative.")
    if wanted and wanted[0] < 1:
        raise ValueError(f"planned {wanted[0]}: a look is planned at 1 enrolled participant or more.")
    kept_back = {*reported, *immature}
    return tuple(look for look in wanted if look <= enrolled and look not in kept_back)


def matures_at(
    *, reached_at: datetime, day0: date, wait_for_day: int, left_at: datetime | None, zone: str
) -> datetime:
    """When a look that waits for a study day is mature: its cut-off.

    The end of study day `wait_for_day` of its last participant (midnight in the trial's zone; day 0 is the day of
    randomisation), or the moment at which it was recorded that this participant died or withdrew (`left_at`), if
    that is earlier; never before the enrolment itself was recorded (`reached_at`).
    """
    midnight = datetime.combine(day0 + timedelta(days=wait_for_day + 1), time.min, tzinfo=ZoneInfo(zone))
    earliest = midnight if left_at is None else min(midnight, left_at)
    return max(reached_at, earliest)


def immature_looks(matures: Mapping[int, datetime], *, at: datetime) -> frozenset[int]:
    """The looks that are not mature yet: maturity counts from its moment on."""
    return frozenset(look for look, moment in matures.items() if at < moment)
