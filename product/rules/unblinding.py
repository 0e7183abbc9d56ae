"""When one participant may be unblinded, who may be the second person, and which words a text may not contain.

ICH E6(R3) 4.1.2 to 4.1.4 (unblinding is documented, who, when, why; inadvertent cases are assessed), E2A III.D (the
single participant only). No function here has a participant's arm.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.choices import Action, Role
from accounts.rules import PERMISSIONS, Grant, may
from partial_dates.refusals import Refusal, gettext_noop
from product.choices import UnblindingState
from trials.rules.protocol import Arm

TOLD_BY_EMAIL = PERMISSIONS[Action.VIEW_UNBLINDINGS] - {Role.NURSE}
"""Who gets a notice of an unblinding.

A nurse sees it on the participant's page; a ward's every shift needs no e-mail.
"""


REPEAT_RECIPIENT_ROLES = (Role.SPONSOR, Role.DATA_MANAGER, Role.PHARMACOVIGILANCE, Role.AUDITOR)
"""The recipients of a notice of a second arm: sponsor and data manager, who never request an unblinding themselves.

The next roles follow in turn where these are fewer than two people. Own choice, docs/decisions/0023.
"""
LEAST_RECIPIENTS = 2
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class UnblindingMoments:
    """The times that decide the state of an emergency unblinding; None = has not happened."""

    expires_at: datetime
    confirmed_at: datetime | None
    disclosed_at: datetime | None


def unblinding_state(moments: UnblindingMoments, at: datetime) -> UnblindingState:
    """The state at `at`; a request lapses after, not at, its expiry."""
    if moments.disclosed_at is not None:
        return UnblindingState.DISCLOSED
    if moments.confirmed_at is not None:
        return UnblindingState.CONFIRMED
    return UnblindingState.WAITING if at <= moments.expires_at else UnblindingState.LAPSED


def expiry_of(asked_at: datetime, request_minutes: int) -> datetime:
    """The time until which a second person may confirm a request."""
    return asked_at + timedelta(minutes=request_minutes)


def confirmation_refusals(moments: UnblindingMoments, at: datetime) -> tuple[Refusal, ...]:
    """Why a request cannot be confirmed now.

    The right of the second person is checked by the permission table.
    """
    state = unblinding_state(moments, at)
    if state == UnblindingState.WAITING:
        return ()
    if state == UnblindingState.LAPSED:
        message = gettext_noop("Request: it lapsed without a second person; ask again.")
    else:
        message = gettext_noop("Request: it was confirmed already; nothing was changed.")
    return (Refusal("request", message),)


def absence_refusals(text: str, least_words: int) -> tuple[Refusal, ...]:
    """Why a text does not describe the attempts to reach a second person.

    It has too few different words of two letters or more.
    """
    if len({word.casefold() for word in _WORD.findall(text)}) >= least_words:
        return ()
    message = gettext_noop(
        "Whom did you try to reach: “%(value)s” does not say it; give the person or role and the way, in %(least)s "
        "words or more, for example “pharmacovigilance by telephone”."
    )
    return (Refusal("absence_reason", message, {"value": text.strip(), "least": least_words}),)


def repeat_recipients(holders: Sequence[frozenset[int]]) -> frozenset[int]:
    """The recipients of a notice of a second arm, among the reachable `REPEAT_RECIPIENT_ROLES` in its order.

    All holders of the first two roles; further roles only until there are `LEAST_RECIPIENTS` recipients.
    """
    told = frozenset().union(*holders[:2])
    for further in holders[2:]:
        if len(told) >= LEAST_RECIPIENTS:
            break
        told |= further
    return told


def role_of(grants: Iterable[Grant], action: Action, *, trial_code: str, site_code: str) -> str:
    """The role that allows the action there, the first by name when there are several; empty when none."""
    allowed = (g for g in grants if may([g], action, trial_code=trial_code, site_code=site_code))
    return min((str(grant.role) for grant in allowed), default="")


def arm_names_in(text: str, arms: Iterable[Arm]) -> tuple[str, ...]:
    """The codes and labels of arms that a text names as whole words, ignoring case, hyphens and spaces.

    It catches slips and is no proof: "the one with the cells" names no arm and reveals it all the same.
    """
    said = f" {_plain(text)} "
    names = sorted({name for arm in arms for name in (arm.code, arm.label)})
    return tuple(name for name in names if f" {_plain(name)} " in said)


def arm_refusals(texts: Iterable[tuple[str, str]], arms: Iterable[Arm]) -> tuple[Refusal, ...]:
    """Every text, given as field and content, that names an arm although blinded people read it."""
    known = tuple(arms)
    message = gettext_noop(
        "%(field)s: blinded people read this, so it may not name an arm (“%(name)s”); write that under seal."
    )
    return tuple(
        Refusal(field, message, {"field": field.replace("_", " ").capitalize(), "name": names[0]})
        for field, text in texts
        if (names := arm_names_in(text, known))
    )


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold().replace("_", " ")))
