"""The trials and sites in which a role can be given.

This app has only their codes; the trials app lists which exist.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

UNKNOWN_TRIAL = _("Trial: “%(value)s” is none of the trials here.")
UNKNOWN_SITE = _("Site: “%(value)s” is no site of the trial chosen.")


@dataclass(frozen=True)
class TrialPlace:
    """A trial and its sites, as (code, name), in the order of their codes."""

    trial_id: int
    code: str
    title: str
    sites: tuple[tuple[str, str], ...] = ()


Reader = Callable[[], tuple[TrialPlace, ...]]
_readers: list[Reader] = []


def register_places(reader: Reader) -> None:
    """Register the function that lists the trials and their sites.

    Raises `ValueError` when there is another one.
    """
    if _readers not in ([], [reader]):
        raise ValueError("The trials and sites have a reader already.")
    _readers[:] = [reader]


def known_places() -> tuple[TrialPlace, ...]:
    """All trials with their sites, by code."""
    return _readers[0]() if _readers else ()


def check_place(*, trial_code: str, site_code: str) -> tuple[TrialPlace, ...]:
    """The trials that the codes name: one, or every trial with an empty code."""
    named = tuple(place for place in known_places() if trial_code in ("", place.code))
    if trial_code and not named:
        raise ValidationError({"trial_code": ValidationError(UNKNOWN_TRIAL, params={"value": trial_code})})
    if site_code and not any(site_code == code for place in named for code, _name in place.sites):
        raise ValidationError({"site_code": ValidationError(UNKNOWN_SITE, params={"value": site_code})})
    return named
