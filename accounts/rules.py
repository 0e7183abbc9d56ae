"""Who may do what: the one permission table, and the question that is asked of it.

Pure. Source: the delegation of duties in ICH E6(R3) 4.1.2–4.1.4 (who is blinded, who is not) and the trial's own
organisation: only the cell-production unit and the statistician who serves the board know the arms.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.choices import Action, Role

ANY = ""


@dataclass(frozen=True)
class Grant:
    """A role in a trial, at one site or (``site_code`` empty) at all of them. Empty ``trial_code``: every trial."""

    role: str
    trial_code: str = ANY
    site_code: str = ANY


_BEDSIDE = frozenset({Role.NURSE, Role.INVESTIGATOR})
_OVERSIGHT = frozenset({Role.DATA_MANAGER, Role.PHARMACOVIGILANCE, Role.AUDITOR})
_UNBLINDED = frozenset({Role.UNBLINDED_STATISTICIAN})
_BOARD = frozenset({Role.BOARD_MEMBER, Role.BOARD_CHAIR})
_EVERYBODY = frozenset(Role)
_CLINICAL_READERS = _BEDSIDE | _OVERSIGHT | _UNBLINDED

PERMISSIONS: Mapping[Action, frozenset[Role]] = {
    Action.VIEW_TRIAL: _EVERYBODY,
    Action.MANAGE_TRIAL: frozenset({Role.DATA_MANAGER}),
    Action.VIEW_PARTICIPANTS: _CLINICAL_READERS | {Role.CELL_THERAPY_UNIT},
    Action.SCREEN_PARTICIPANT: _BEDSIDE,
    Action.ENROL_PARTICIPANT: _BEDSIDE,
    Action.RECORD_PARTICIPANT_STATUS: _BEDSIDE | {Role.DATA_MANAGER},
    Action.RECORD_INFUSION: _BEDSIDE,
    Action.VIEW_EVENTS: _CLINICAL_READERS,
    Action.RECORD_EVENT: _BEDSIDE,
    Action.SIGN_EVENT: frozenset({Role.INVESTIGATOR}),
    Action.VIEW_SAFETY_NOTICES: _CLINICAL_READERS | {Role.SPONSOR},
    Action.RECEIVE_SAFETY_NOTICES: frozenset({Role.PHARMACOVIGILANCE, Role.SPONSOR}),
    Action.VIEW_READINGS: _CLINICAL_READERS,
    Action.RECORD_READING: _BEDSIDE,
    Action.ASSESS_FINDING: frozenset({Role.INVESTIGATOR}),
    Action.VIEW_ASSESSMENTS: _CLINICAL_READERS,
    Action.RECORD_ASSESSMENT: _BEDSIDE,
    Action.RECORD_DEVIATION: _BEDSIDE | {Role.DATA_MANAGER},
    Action.VIEW_SPECIMENS: _CLINICAL_READERS | {Role.HLA_LABORATORY},
    Action.COLLECT_SPECIMEN: _BEDSIDE,
    Action.RECEIVE_SPECIMEN: frozenset({Role.HLA_LABORATORY}),
    Action.RECORD_ANTIBODIES: frozenset({Role.HLA_LABORATORY}),
    Action.VIEW_OWN_ANTIBODIES: frozenset({Role.HLA_LABORATORY}),
    Action.VIEW_ANTIBODIES: _UNBLINDED,
    Action.VIEW_ALLOCATION: _UNBLINDED | {Role.CELL_THERAPY_UNIT},
    Action.ALLOCATE: frozenset({Role.CELL_THERAPY_UNIT}),
    Action.MANAGE_PRODUCT: frozenset({Role.CELL_THERAPY_UNIT}),
    Action.VIEW_PRODUCT: _UNBLINDED | {Role.CELL_THERAPY_UNIT},
    Action.VIEW_OPEN_REPORT: _OVERSIGHT | _UNBLINDED | _BOARD | {Role.INVESTIGATOR, Role.SPONSOR},
    Action.VIEW_CLOSED_REPORT: _UNBLINDED | _BOARD,
    Action.MAKE_REPORT: _UNBLINDED | {Role.BOARD_CHAIR},
    Action.CORRECT_REPORT: _UNBLINDED,
    Action.VIEW_ALERTS: _UNBLINDED | {Role.BOARD_CHAIR},
    Action.TAKE_PART_IN_MEETING: _BOARD,
    Action.CHAIR_MEETING: frozenset({Role.BOARD_CHAIR}),
    Action.ANSWER_RECOMMENDATION: frozenset({Role.SPONSOR}),
    Action.OPEN_ARM_KEY: _UNBLINDED,
    Action.VIEW_UNBLINDINGS: _CLINICAL_READERS | {Role.SPONSOR},
    Action.REQUEST_UNBLINDING: frozenset({Role.INVESTIGATOR, Role.PHARMACOVIGILANCE}),
    Action.CONFIRM_UNBLINDING: frozenset({Role.INVESTIGATOR, Role.PHARMACOVIGILANCE}),
    Action.RECORD_UNBLINDING: _BEDSIDE | _OVERSIGHT | {Role.SPONSOR},
    Action.IMPORT_DATA: frozenset({Role.DATA_MANAGER}),
    Action.VIEW_AUDIT: frozenset({Role.AUDITOR, Role.DATA_MANAGER}) | _UNBLINDED,
    Action.MANAGE_USERS: frozenset({Role.ADMINISTRATOR}),
}

UNBLINDED_ROLES = _UNBLINDED | _BOARD | {Role.CELL_THERAPY_UNIT}
"""Roles that may learn something sealed; nobody else may, from anything the system says."""

SITE_BOUND_ROLES = _BEDSIDE
"""Roles that see the sites they are granted, never the whole trial, unless the grant names no site."""

EXCLUSIVE_WITH_BLINDED = UNBLINDED_ROLES
"""An unblinded role may not be held together with a blinded one in the same trial (safety.md 2.4)."""


def may(grants: Iterable[Grant], action: Action, *, trial_code: str, site_code: str = ANY) -> bool:
    """Whether one of the grants allows the action there. An empty ``site_code`` asks for the whole trial."""
    return any(_covers(grant, action, trial_code, site_code) for grant in grants)


def sites_for(grants: Iterable[Grant], action: Action, *, trial_code: str) -> frozenset[str] | None:
    """The site codes at which the action is allowed; ``None`` means every site; an empty set means none."""
    allowed = [grant for grant in grants if _allows(grant, action) and grant.trial_code in (ANY, trial_code)]
    if any(grant.site_code == ANY for grant in allowed):
        return None
    return frozenset(grant.site_code for grant in allowed)


def clashing_roles(roles: Iterable[str]) -> frozenset[str]:
    """The unblinded roles that stand beside a blinded one in the same trial: such a set may not be granted."""
    held = frozenset(roles)
    unblinded = held & UNBLINDED_ROLES
    return unblinded if held - UNBLINDED_ROLES else frozenset()


def _allows(grant: Grant, action: Action) -> bool:
    return grant.role in PERMISSIONS[action]


def _covers(grant: Grant, action: Action, trial_code: str, site_code: str) -> bool:
    if not _allows(grant, action) or grant.trial_code not in (ANY, trial_code):
        return False
    return grant.site_code in (ANY, site_code)
