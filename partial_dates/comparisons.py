"""Which of two partly known moments comes first: surely, or only possibly."""

from partial_dates.moments import PartialMoment


def surely_before(one: PartialMoment, other: PartialMoment) -> bool:
    """Whether `one` is before `other` however both are completed."""
    return one.latest < other.earliest


def possibly_before(one: PartialMoment, other: PartialMoment) -> bool:
    """Whether some completion puts `one` before `other`."""
    return one.earliest < other.latest


def surely_after(one: PartialMoment, other: PartialMoment) -> bool:
    """Whether `one` is after `other` however both are completed."""
    return surely_before(other, one)


def possibly_after(one: PartialMoment, other: PartialMoment) -> bool:
    """Whether some completion puts `one` after `other`."""
    return possibly_before(other, one)


def surely_at_or_after(one: PartialMoment, other: PartialMoment) -> bool:
    """Whether `one` is at or after `other` however both are completed."""
    return one.earliest >= other.latest


def possibly_at_or_after(one: PartialMoment, other: PartialMoment) -> bool:
    """Whether some completion puts `one` at or after `other` (the rule for treatment emergence)."""
    return one.latest >= other.earliest


def possibly_same(one: PartialMoment, other: PartialMoment) -> bool:
    """Whether both can mean the same moment."""
    return one.earliest <= other.latest and other.earliest <= one.latest
