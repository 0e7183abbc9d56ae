"""Which looks of the board are due, and from which time on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def due_looks(
    enrolled: int, reported: Iterable[int], planned: Iterable[int], *, immature: Iterable[int] = ()
) -> tuple[int, ...]:
    """The due looks: reached by the number enrolled, mature, and not yet reported, lowest first.

    `planned` are the protocol's looks, each a number of enrolled participants; a look is due from the time when its
    participant is enrolled ("after 10, 20 and 40 patients had been enrolled", Crit Care 2022;26:48), or, where the
    protocol has a waiting rule, from its maturity: `immature` are the looks that are not mature yet. A look is reported
    once: a later withdrawal of an enrolment neither undoes nor repeats it.

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
    randomisation), or the time at which death or withdrawal of this participant was recorded (`left_at`), if
    that is earlier; never before the enrolment itself was recorded (`reached_at`).
    """
    midnight = datetime.combine(day0 + timedelta(days=wait_for_day + 1), time.min, tzinfo=ZoneInfo(zone))
    earliest = midnight if left_at is None else min(midnight, left_at)
    return max(reached_at, earliest)


def immature_looks(matures: Mapping[int, datetime], *, at: datetime) -> frozenset[int]:
    """The looks that are not mature yet; a look is mature from its time on."""
    return frozenset(look for look, moment in matures.items() if at < moment)
