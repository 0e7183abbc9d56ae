"""Which counts of a group an open report withholds, so that none of the small ones can be read or computed.

A count from 1 up to, not including, the limit is small. If one cell of a group that adds up to a printed total were left
blank alone, subtraction would give it back: others go with it, the smallest first, until what is blank can be filled in more
than one way. Zeros stay as long as something else can go: a zero is no person (own choice; common practice of statistical
offices, as in Hundepool et al., Statistical Disclosure Control, 2012, chapter 4, not checked against the original).
"""

from collections.abc import Sequence


def withheld_places(counts: Sequence[int], *, below: int) -> frozenset[int]:
    """The places of the counts to withhold, of a group whose sum the reader knows."""
    small = {place for place, count in enumerate(counts) if 0 < count < below}
    if not small:
        return frozenset()
    others = sorted((count, place) for place, count in enumerate(counts) if place not in small and count)
    hidden = set(small)
    while not _is_ambiguous(counts, hidden):
        if not others:
            return frozenset(range(len(counts)))
        hidden.add(others.pop(0)[1])
    return frozenset(hidden)


def _is_ambiguous(counts: Sequence[int], hidden: set[int]) -> bool:
    """At least two cells that hold more than one person each on average: more than one way to fill them in."""
    return len(hidden) > 1 and sum(counts[place] for place in hidden) > len(hidden)
