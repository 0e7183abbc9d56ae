"""The accounts of the demonstration: one login per role, and the bedside staff of every site."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.choices import Role
from accounts.models import User
from accounts.services import grant_membership, save_account, system_user
from immunology.services import bind_account
from trials.models import Trial

HOME_SITE = "01"
"""The site at which the nurse and the investigator one can sign in as work."""
BEDSIDE = (Role.NURSE, Role.INVESTIGATOR)
LABORATORY = "HLA laboratory of the demonstration"
FURTHER_BOARD_MEMBERS = ("board.member.2", "board.member.3")


@dataclass(frozen=True)
class Login:
    """One account to sign in with. The password is generated for each machine and stored nowhere else."""

    role: Role
    username: str
    password: str


class Staff:
    """The accounts by role; bedside staff by site."""

    def __init__(self, by_role: dict[str, User], by_site: dict[tuple[str, str], User]) -> None:
        self._by_role = by_role
        self._by_site = by_site

    def of(self, role: Role) -> User:
        return self._by_role[role]

    def nurse(self, site_code: str) -> User:
        return self._by_site[Role.NURSE, site_code]

    def investigator(self, site_code: str) -> User:
        return self._by_site[Role.INVESTIGATOR, site_code]


def create_accounts(
    *, trial: Trial, site_codes: Sequence[str], at: datetime
) -> tuple[Staff, tuple[Login, ...]]:
    """Create all accounts of the demonstration. The second value: the logins, one per role."""
    said = _said(at)
    logins = tuple(Login(role, _username(role), secrets.token_urlsafe(9)) for role in Role)
    by_role: dict[str, User] = {login.role: _account(login.username, login.password, at) for login in logins}
    by_site: dict[tuple[str, str], User] = {}
    for role, user in by_role.items():
        site = HOME_SITE if role in BEDSIDE else ""
        trial_code = "" if role == Role.ADMINISTRATOR else trial.code
        grant_membership(user=user, role=role, trial_code=trial_code, site_code=site, **said)
        by_site[role, HOME_SITE] = user
    for site_code in site_codes:
        by_site.update(_bedside_staff(trial, site_code, at))
    for username in FURTHER_BOARD_MEMBERS:
        member = _account(username, None, at)
        grant_membership(user=member, role=Role.BOARD_MEMBER, trial_code=trial.code, **said)
    bind_account(trial=trial, laboratory=LABORATORY, user=by_role[Role.HLA_LABORATORY], **said)
    return Staff(by_role, by_site), logins


def _bedside_staff(trial: Trial, site_code: str, at: datetime) -> dict[tuple[str, str], User]:
    if site_code == HOME_SITE:
        return {}
    staff = {}
    for role in BEDSIDE:
        user = _account(f"{_username(role)}.{site_code}", None, at)
        grant_membership(user=user, role=role, trial_code=trial.code, site_code=site_code, **_said(at))
        staff[str(role), site_code] = user
    return staff


def _said(at: datetime) -> dict[str, Any]:
    return {"by": system_user(), "at": at, "reason": "The demonstration's staff."}


def _username(role: Role) -> str:
    return str(role).replace("_", ".")


def _account(username: str, password: str | None, at: datetime) -> User:
    user = User(username=username, email=f"{username}@example.org")
    user.set_password(password)
    return save_account(user=user, **_said(at))
