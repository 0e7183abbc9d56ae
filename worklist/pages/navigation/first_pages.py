"""Where a person starts after signing in."""

from django.urls import reverse

from accounts.choices import Action, Role
from accounts.models import User
from accounts.queries import grants_of, may_anywhere

DESK_ROLES = frozenset(
    {
        Role.NURSE,
        Role.INVESTIGATOR,
        Role.DATA_MANAGER,
        Role.PHARMACOVIGILANCE,
        Role.SPONSOR,
        Role.HLA_LABORATORY,
        Role.CELL_THERAPY_UNIT,
    }
)
"""Roles whose first page is a list of work; the others start from what they may read."""
FIRST_PAGES = (
    (Action.VIEW_CLOSED_REPORT, "board:index"),
    (Action.READ_ANTIBODY_CALLS, "admin:immunology_dsafinding_calls"),
    (Action.MANAGE_USERS, "admin:accounts_user_changelist"),
    (Action.VIEW_AUDIT, "admin:audit_entry_changelist"),
    (Action.VIEW_OPEN_REPORT, "board:index"),
)
"""For roles without a worklist: the first action that they have, and the page from which they then start."""


def has_worklist(user: User) -> bool:
    """Whether the first page of this person is a worklist."""
    return any(grant.role in DESK_ROLES for grant in grants_of(user))


def first_page_of(user: User) -> str:
    """The first page of a person without a worklist: the board's portal, the trail, the accounts.

    Empty when none.
    """
    return next((reverse(name) for action, name in FIRST_PAGES if may_anywhere(user, action)), "")
