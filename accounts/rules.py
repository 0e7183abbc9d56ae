"""The permission table, and the functions that evaluate it.

Pure. Source: the delegation of duties in ICH E6(R3) 4.1.2–4.1.4 (who is blinded, who is not) and the trial's own
organisation: only the cell-production unit and the statistician who serves the board know the arms.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from accounts.choices import Action, Role

ANY = ""


@dataclass(frozen=True)
class Grant:
    """A role in a trial, at one site or (``site_code`` empty) at all of them.

    Empty ``trial_code``: every trial.
    """

    role: str
    trial_code: str = ANY
    site_code: str = ANY


_BEDSIDE = frozenset({Role.NURSE, Role.INVESTIGATOR})
_OVERSIGHT = frozenset({Role.DATA_MANAGER, Role.PHARMACOVIGILANCE, Role.AUDITOR})
_UNBLINDED = frozenset({Role.UNBLINDED_STATISTICIAN})
_REVIEWER = frozenset({Role.UNBLINDED_REVIEWER})
_REPORTER = frozenset({Role.UNBLINDED_REPORTER})
_SAFETY = frozenset({Role.PHARMACOVIGILANCE})
_BOARD = frozenset({Role.BOARD_MEMBER, Role.BOARD_CHAIR})
_EVERYBODY = frozenset(Role)
_CLINICAL_READERS = _BEDSIDE | _OVERSIGHT | _UNBLINDED

PERMISSIONS: Mapping[Action, frozenset[Role]] = {
    Action.VIEW_TRIAL: _EVERYBODY,
    Action.MANAGE_TRIAL: frozenset({Role.DATA_MANAGER}),
    Action.VIEW_PARTICIPANTS: _CLINICAL_READERS | _REPORTER | {Role.CELL_THERAPY_UNIT},
    Action.SCREEN_PARTICIPANT: _BEDSIDE,
    Action.ENROL_PARTICIPANT: _BEDSIDE,
    Action.RECORD_PARTICIPANT_STATUS: _BEDSIDE | {Role.DATA_MANAGER},
    Action.RECORD_INFUSION: _BEDSIDE,
    Action.VIEW_EVENTS: _CLINICAL_READERS | _REPORTER,
    Action.RECORD_EVENT: _BEDSIDE,
    Action.SIGN_EVENT: frozenset({Role.INVESTIGATOR}),
    Action.VIEW_SAFETY_NOTICES: _CLINICAL_READERS | {Role.SPONSOR},
    Action.RECEIVE_SAFETY_NOTICES: frozenset({Role.PHARMACOVIGILANCE, Role.SPONSOR}),
    Action.VIEW_CASES: _BEDSIDE | _OVERSIGHT | _REPORTER,
    Action.MANAGE_CASES: _SAFETY,
    Action.ASSESS_CAUSE_FOR_SITE: frozenset({Role.INVESTIGATOR}),
    Action.ASSESS_CASE_FOR_SPONSOR: _SAFETY,
    Action.SIGN_CASE: _SAFETY,
    Action.MANAGE_RSI: _SAFETY,
    Action.REPORT_UNBLINDED: _REPORTER,
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
    Action.VIEW_ANTIBODIES: _UNBLINDED | _REVIEWER,
    Action.READ_ANTIBODY_CALLS: _REVIEWER,
    Action.MANAGE_ANTIBODY_RULES: _UNBLINDED,
    Action.MANAGE_LABORATORIES: frozenset({Role.ADMINISTRATOR}),
    Action.VIEW_ALLOCATION: _UNBLINDED | {Role.CELL_THERAPY_UNIT},
    Action.ALLOCATE: frozenset({Role.CELL_THERAPY_UNIT}),
    Action.MANAGE_PRODUCT: frozenset({Role.CELL_THERAPY_UNIT}),
    Action.VIEW_PRODUCT: _UNBLINDED | {Role.CELL_THERAPY_UNIT},
    Action.VIEW_OPEN_REPORT: _OVERSIGHT | _UNBLINDED | _BOARD | {Role.INVESTIGATOR, Role.SPONSOR},
    Action.VIEW_CLOSED_REPORT: _UNBLINDED | _BOARD,
    Action.MAKE_REPORT: _UNBLINDED | {Role.BOARD_CHAIR},
    Action.CORRECT_REPORT: _UNBLINDED,
    Action.RETRY_REPORT: _UNBLINDED | {Role.DATA_MANAGER},
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
    Action.VIEW_QUERIES: _BEDSIDE | _OVERSIGHT,
    Action.RAISE_QUERY: frozenset({Role.DATA_MANAGER}),
    Action.ANSWER_QUERY: _BEDSIDE,
    Action.VIEW_MISSING: _BEDSIDE | {Role.DATA_MANAGER},
    Action.COMPARE_SITES: frozenset({Role.DATA_MANAGER}),
    Action.VERIFY_SOURCE: frozenset({Role.DATA_MANAGER}),
    Action.LOCK_DATA: frozenset({Role.DATA_MANAGER}),
    Action.VIEW_AUDIT: frozenset({Role.AUDITOR, Role.DATA_MANAGER}) | _UNBLINDED,
    Action.MANAGE_USERS: frozenset({Role.ADMINISTRATOR}),
}

UNBLINDED_ROLES = _UNBLINDED | _REVIEWER | _REPORTER | _BOARD | {Role.CELL_THERAPY_UNIT}
"""Roles that may learn something sealed; nobody else may, from anything the system says."""

SITE_BOUND_ROLES = _BEDSIDE
"""Roles that see only the sites of their grant, unless the grant names no site."""


def may(grants: Iterable[Grant], action: Action, *, trial_code: str, site_code: str = ANY) -> bool:
    """Whether one of the grants allows the action there. An empty ``site_code`` means the whole trial."""
    return any(_covers(grant, action, trial_code, site_code) for grant in grants)


def sites_for(grants: Iterable[Grant], action: Action, *, trial_code: str) -> frozenset[str] | None:
    """The site codes at which the action is allowed; ``None`` means every site; an empty set means none."""
    allowed = [grant for grant in grants if _allows(grant, action) and grant.trial_code in (ANY, trial_code)]
    if any(grant.site_code == ANY for grant in allowed):
        return None
    return frozenset(grant.site_code for grant in allowed)


def clashing_roles(roles: Iterable[str]) -> frozenset[str]:
    """The unblinded roles that a person has beside a blinded one in the same trial: such a set may not be granted."""
    held = frozenset(roles)
    unblinded = held & UNBLINDED_ROLES
    return unblinded if held - UNBLINDED_ROLES else frozenset()


def is_blinded(role: str) -> bool:
    """Whether the role may learn nothing sealed.

    A person who has opened a trial's seal can have no such role there again.
    """
    return role not in UNBLINDED_ROLES


def _allows(grant: Grant, action: Action) -> bool:
    return grant.role in PERMISSIONS[action]


def _covers(grant: Grant, action: Action, trial_code: str, site_code: str) -> bool:
    if not _allows(grant, action) or grant.trial_code not in (ANY, trial_code):
        return False
    return grant.site_code in (ANY, site_code)


@dataclass(frozen=True)
class Limit:
    """The number of wrong passwords within the window before pauses.

    Afterwards one password is checked per pause.

    No account is locked: after the pause a password is checked, however many wrong ones came before. The numbers are
    our own choice, within NIST SP 800-63B-4, 3.2.2 (rate limiting).
    """

    free: int
    window: timedelta
    pause: timedelta

    def is_reached(self, wrong: Sequence[datetime], *, at: datetime) -> bool:
        """Whether the number of wrong passwords in the window has reached the limit, so that pauses begin."""
        return len(self._recent(wrong, at)) >= self.free

    def wait(self, wrong: Sequence[datetime], *, at: datetime) -> timedelta:
        """The time until a password is checked again; zero: now.

        `wrong` are the times of the wrong ones, in any order.
        """
        recent = self._recent(wrong, at)
        if len(recent) < self.free:
            return timedelta()
        return max(max(recent) + self.pause - at, timedelta())

    def _recent(self, wrong: Sequence[datetime], at: datetime) -> list[datetime]:
        return [moment for moment in wrong if at - self.window < moment <= at]


_QUARTER = timedelta(minutes=15)
KNOWN_DEVICE = Limit(10, _QUARTER, timedelta(seconds=30))
"""One person's name on a device on which this person signed in before."""
NAME_AT_ADDRESS = Limit(10, _QUARTER, timedelta(seconds=60))
"""One name from one address, on devices on which the person never signed in."""
NAME = Limit(30, _QUARTER, timedelta(seconds=30))
"""One name from all addresses, on devices on which the person never signed in."""
ADDRESS = Limit(100, _QUARTER, timedelta(seconds=2))
"""All names from one address: a whole hospital can be behind it."""
PASSWORD_AGAIN = Limit(10, _QUARTER, timedelta(seconds=30))
"""A repeated password within one session, to sign."""
EMERGENCY = Limit(10, _QUARTER, timedelta(seconds=5))
"""A password at an emergency unblinding.

The pause is as short as possible and still stops guessing by a program.
"""

ADDRESS_CHANGE_SETTLES = timedelta(hours=24)
"""For this time after a change of an account's e-mail address, one administrator alone cannot have a link sent there.

It is long enough for the person to read the mail to the old address. Own choice.
"""


def client_address(direct: str, forwarded: str, *, trusted: Iterable[str]) -> str:
    """The visitor's address for counting: the IPv4 address, or the IPv6 network of 64 bits.

    A network of 64 bits belongs to one customer. `direct` is the connection's other end (empty for a local socket),
    `forwarded` the header X-Forwarded-For, `trusted` the addresses and networks of our own proxies ("unix" for a
    socket). The header is read from the right, and only as far as our own proxies wrote it, because the visitor can
    send the rest. Where an entry is no address, the last proxy is returned.
    """
    networks = [ip_network(one.strip(), strict=False) for one in trusted if one.strip() not in ("", "unix")]
    socket_trusted = any(one.strip() == "unix" for one in trusted)
    found = direct
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    while hops and _is_ours(found, networks, socket_trusted):
        hop = hops.pop()
        if not _is_address(hop):
            break
        found = hop
    return _counted(found)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_ours(text: str, networks: Sequence[IPv4Network | IPv6Network], socket_trusted: bool) -> bool:
    if not _is_address(text):
        return socket_trusted and not text
    return any(ip_address(text) in network for network in networks)


def _counted(text: str) -> str:
    if not _is_address(text):
        return ""
    address = ip_address(text)
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or ip_network((int(address), 64), strict=False))
