"""Whether a limit was passed for long enough, from readings that are minutes or hours apart.

A charted value is valid until the next one is charted. A limit is therefore passed for N minutes when two readings
beyond it are at least N minutes apart and none between them is inside it (our own definition; decision 18). It is
certainly not passed for so long when the readings inside it, or the ends of the window, leave less than that around the
readings beyond it. Everything else is open.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from haemodynamics.rules.comparisons import CriterionAnswer, Truth
from haemodynamics.rules.criterion_windows import Moment
from haemodynamics.rules.reasons import Reason, together
from haemodynamics.rules.windows import Window
from partial_dates.refusals import gettext_noop

OPEN_DURATION = gettext_noop(
    "met at %(at)s, and the readings before and after leave open whether for %(minutes)s min"
)


def sustained_moments(moments: Sequence[Moment], window: Window, minutes: int) -> tuple[Moment, ...]:
    """The answers at the times (in order) for a criterion that has to last so many minutes.

    Yes is at the reading that completes the duration. A time without a measurement has no answer.
    """
    seen = [moment for moment in moments if moment.answer.truth is not Truth.ABSENT]
    if not seen:
        return tuple(moments)
    spells = [list(spell) for _, spell in groupby(seen, key=lambda one: one.answer.truth is Truth.NO)]
    judged: list[Moment] = []
    for place, spell in enumerate(spells):
        if spell[0].answer.truth is Truth.NO:
            judged += spell
            continue
        before = spells[place - 1][-1].at if place else None
        after = spells[place + 1][0].at if place + 1 < len(spells) else None
        judged.append(_spell(spell, before, after, window, timedelta(minutes=minutes)))
    return tuple(judged)


def _spell(
    spell: Sequence[Moment],
    before: datetime | None,
    after: datetime | None,
    window: Window,
    needed: timedelta,
) -> Moment:
    """One period without a reading inside the limit.

    `before` and `after` are the next readings inside it, None where the period reaches the end of the window.
    """
    completed = next(_completions(spell, needed), None)
    if completed is not None:
        return Moment(completed, CriterionAnswer(Truth.YES))
    longest = (after or window.closes_at) - (before or window.opens_at)
    # Between two readings inside the limit the period is shorter than the time between them.
    may_last = longest > needed or (longest == needed and before is None and after is None)
    if not may_last:
        return Moment(spell[0].at, CriterionAnswer(Truth.NO))
    params = {"at": spell[0].at, "minutes": int(needed.total_seconds() // 60)}
    unknown = together(*(moment.answer.reasons for moment in spell))
    return Moment(spell[0].at, CriterionAnswer(Truth.UNKNOWN, (*unknown, Reason("", OPEN_DURATION, params))))


def _completions(spell: Sequence[Moment], needed: timedelta) -> Iterator[datetime]:
    """The times at which readings that certainly meet the criterion have done so for the required duration."""
    for is_sure, part in groupby(spell, key=lambda one: one.answer.truth is Truth.YES):
        moments = list(part)
        if is_sure:
            yield from (moment.at for moment in moments if moment.at - moments[0].at >= needed)
