"""Unblindings: that they happened is open and the same in every state, what was learnt is sealed."""

from datetime import timedelta
from typing import Any

from product.models import UnblindingNotice
from product.services import unblinding
from tests.full_fixture import ACTIVE
from tests.house.blind.cast.base import CLOSED_WORD, NOW, SYSTEM, Cast


def unblindings(cast: Cast) -> None:
    """An emergency that was disclosed, one that waits for a second person; one by mistake, assessed.

    The key, opened.
    """
    for role in ("pharmacovigilance", "sponsor", "investigator"):
        cast.users[role].email = f"{role}@trial.example"
        cast.users[role].save(update_fields=["email"])
    _emergencies(cast)
    _by_mistake(cast)
    statistician = cast.users["unblinded_statistician"]
    asked = {"at": SYSTEM["at"], "reason": "The board asked for the key."}
    unblinding.open_arm_key(trial=cast.everything.trial, by=statistician, **asked)


def _emergencies(cast: Cast) -> None:
    investigator, officer = cast.users["investigator"], cast.users["pharmacovigilance"]
    said: dict[str, Any] = {"category": "treatment", "by": investigator, "reason": "Anaphylaxis?"}
    shown = unblinding.unblind_together(participant=cast.people[0], second=officer, at=SYSTEM["at"], **said)
    unblinding.disclose_arm(unblinding=shown, by=investigator, at=SYSTEM["at"])
    cast.add_extra(shown)
    waiting = NOW - timedelta(minutes=5)
    cast.add_extra(unblinding.ask_unblinding(participant=cast.people[2], at=waiting, **said))


def _by_mistake(cast: Cast) -> None:
    """The account names what the nurse saw."""
    bag = "cells" if cast.arm_of(0) == ACTIVE else "saline"
    by = {"by": cast.users["investigator"], **SYSTEM}
    record = unblinding.record_inadvertent_unblinding(
        trial=cast.everything.trial,
        participant=cast.people[0],
        facts={"occurred": "2020-04-08", "learner": "nurse"},
        account={
            "channel": "product",
            "what_happened": f"{CLOSED_WORD}: the bag was opened, it held {bag} ({cast.draw.name}).",
        },
        **by,
    )
    unblinding.assess_inadvertent_unblinding(
        record=record,
        impact="limited",
        is_corrected=True,
        account_changes={"impact_text": f"{CLOSED_WORD}: assessed with {bag} in mind."},
        **by,
    )
    cast.add_extra(record)
    cast.everything.add(UnblindingNotice.objects.filter(inadvertent=record).earliest("pk"))
