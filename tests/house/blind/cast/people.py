"""Accounts that hold two roles."""

from itertools import combinations

from accounts.choices import Role
from accounts.rules import UNBLINDED_ROLES
from tests.factories import make_membership, make_user
from tests.house.blind.cast.base import Cast

BLINDED = [role for role in Role if role not in UNBLINDED_ROLES]


def people_of_two_roles(cast: Cast) -> None:
    """An account for every two blinded roles."""
    trial, site = cast.everything.trial, cast.everything.site
    for one, other in combinations(BLINDED, 2):
        user = make_user(username=f"{one}-{other}")
        for role in (one, other):
            make_membership(user, role, trial=None if role == Role.ADMINISTRATOR else trial, site=site)
        cast.users[f"{one} and {other}"] = user
