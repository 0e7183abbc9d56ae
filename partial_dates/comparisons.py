"""Whether one partly known time is before another: certainly, or only possibly."""

from partial_dates.moments import PartialMoment


def surely_before(one: PartialMoment, other: PartialMoment) -> bool:
    """Whether `one` is before `other` for every completion of both."""
    return one.latest < other.earliest


def possibly_before(one: PartialMoment, other: PartialMoment) -> bool:
    """Whether `one` is before `other` for some completion of both."""
    return one.earliest < other.latest


def surely_after(one: PartialMoment, other: PartialMoment) -> bool:
    """Whether `one` is after `other` for every completion of both."""
    return surely_before(other, one)


def possibly_after(one: PartialMoment, other: PartialMoment) -> bool:
    """Whether `one` is after `other` for some completion of both."""
    return possibly_before(other, one)


def surely_at_or_after(one: PartialMoment, other: PartialMoment) -> bool:
    """Whether `one` is at or after `other` for every completion of both."""
    return one.earliest >= other.latest


def possibly_at_or_after(one: PartialMoment, other: PartialMoment) -> bool:
    """Whether `one` is at or after `other` for some completion of both (the rule for treatment emergence)."""
    return one.latest >= other.earliest


def possibly_same(one: PartialMoment, other: PartialMoment) -> bool:
    """Whether both can be the same time."""
    return one.earliest <= other.latest and other.earliest <= one.latest
