"""Questions about accounts."""

from collections.abc import Callable, Collection, Iterable

from django.db.models import Q

from accounts.choices import Action, ClearanceGround
from accounts.models import Clearance, Membership, OpeningLogEntry, User
from accounts.rules import UNBLINDED_ROLES, Grant, may, sites_for


def grants_of(user: User) -> tuple[Grant, ...]:
    """The roles in force of an account (one query per account object); a token narrows them to its own."""
    cached: tuple[Grant, ...] | None = getattr(user, "_grants", None)
    if cached is None:
        rows = (
            Membership.objects.standing().filter(user=user.pk)
            if user.is_active
            else Membership.objects.none()
        )
        cached = tuple(
            Grant(role, trial, site)
            for role, trial, site in rows.values_list("role", "trial_code", "site_code")
        )
        user._grants = cached  # type: ignore[attr-defined]
    return cached


def narrow_to(user: User, grants: Iterable[Grant]) -> None:
    """From now on this account object has only these grants (a token has one role)."""
    user._grants = tuple(grants)  # type: ignore[attr-defined]


def user_may(user: User, action: Action, *, trial_code: str, site_code: str = "") -> bool:
    """Whether the account may do this there, by the permission table."""
    return may(grants_of(user), action, trial_code=trial_code, site_code=site_code)


def may_anywhere(user: User, action: Action) -> bool:
    """Whether the account may do this in any trial at any site (for menus; never instead of `user_may`)."""
    return any(
        may([grant], action, trial_code=grant.trial_code, site_code=grant.site_code)
        for grant in grants_of(user)
    )


def trial_codes_for(user: User, action: Action) -> frozenset[str]:
    """The trials in which the account may do this, at one site or more."""
    return frozenset(
        grant.trial_code for grant in grants_of(user) if may_grant(grant, action) and grant.trial_code
    )


def site_codes_for(user: User, action: Action, *, trial_code: str) -> frozenset[str] | None:
    """The sites at which the account may do this; ``None`` is every site."""
    return sites_for(grants_of(user), action, trial_code=trial_code)


def may_grant(grant: Grant, action: Action) -> bool:
    """Whether this one grant allows the action in its trial and site."""
    return may([grant], action, trial_code=grant.trial_code, site_code=grant.site_code)


def user_ids_with(action: Action, *, trial_code: str, site_code: str = "") -> tuple[int, ...]:
    """The ids of active accounts that may do this in the whole trial, or at the site when one is named."""
    return _user_ids(lambda grant: may([grant], action, trial_code=trial_code, site_code=site_code))


def user_ids_of_roles(roles: Collection[str], *, trial_code: str, site_code: str) -> tuple[int, ...]:
    """The ids of active accounts with one of the roles in the whole trial or at the site."""
    return _user_ids(
        lambda grant: (
            grant.role in roles and grant.trial_code == trial_code and grant.site_code in ("", site_code)
        )
    )


def _user_ids(is_wanted: Callable[[Grant], bool]) -> tuple[int, ...]:
    rows = Membership.objects.standing().filter(user__is_active=True)
    grants = rows.values_list("user_id", "role", "trial_code", "site_code")
    return tuple(sorted({user_id for user_id, *grant in grants if is_wanted(Grant(*grant))}))


def has_opened_the_seal(user_id: int, *, trial_id: int, trial_code: str) -> bool:
    """Whether the account ever opened the sealed rows of the whole trial in an unblinded role, in force or ended.

    Counted are openings on the ground "by role"; openings on any ground while the account had an unblinded role
    (allocating, exporting the sealed trail); and each arm opened for an expedited report. Not counted are one
    participant in an emergency, a laboratory's own results and an import. Both logs are read: the clearance of a failed
    request is rolled back, and a clearance can be older than the other log.
    """
    by_role = Q(ground=ClearanceGround.ROLE, participant_id=None)
    terms = Membership.objects.filter(user=user_id, trial_code=trial_code, role__in=sorted(UNBLINDED_ROLES))
    for since, until in terms.values_list("granted_at", "ended_at"):
        held = Q(opened_at__gte=since)
        held &= Q(opened_at__lte=until) if until else Q()
        by_role |= held & Q(participant_id=None)
    # A reporter opens one participant's arm at a time, and stays unblinded nevertheless.
    by_role |= Q(ground=ClearanceGround.EXPEDITED_REPORT)
    which = by_role & Q(actor_id=user_id, trial_id=trial_id)
    return Clearance.objects.filter(which).exists() or OpeningLogEntry.objects.filter(which).exists()
