"""Which looks the board is owed."""

from __future__ import annotations

from collections.abc import Iterable


def due_looks(enrolled: int, reported: Iterable[int], planned: Iterable[int]) -> tuple[int, ...]:
    """The looks that are owed now: reached by the number enrolled, and not yet reported, lowest first.

    `planned` are the protocol's looks, each a number of enrolled participants; a look is owed from the moment
    its participant is enrolled ("after 10, 20 and 40 patients had been enrolled", Crit Care 2022;26:48).
    A look is reported once: a later withdrawal of an enrolment neither undoes nor repeats it.

    Raises ValueError for a negative number of enrolled or a planned look below 1.
    """
    wanted = sorted(set(planned))
    if enrolled < 0:
        raise ValueError(f"enrolled {enrolled}: the number of enrolled participants is not negative.")
    if wanted and wanted[0] < 1:
        raise ValueError(f"planned {wanted[0]}: a look is planned at 1 enrolled participant or more.")
    done = set(reported)
    return tuple(look for look in wanted if look <= enrolled and look not in done)
