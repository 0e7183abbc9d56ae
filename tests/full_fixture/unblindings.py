"""An unblinding of each kind."""

from datetime import timedelta

from accounts.choices import Role
from product.models import (
    ArmKeyOpening,
    InadvertentUnblinding,
    Unblinding,
    UnblindingAccount,
)
from tests.factories import (
    AT,
    save_row,
    unsealed,
)
from tests.full_fixture.base import Everything


def add_unblindings(everything: Everything) -> None:
    """An emergency, one by mistake, one opening of the key."""
    trial, participant, users = everything.trial, everything.participant, everything.users
    asked = Unblinding(
        trial=trial,
        participant=participant,
        category="treatment",
        reason_text="Anaphylaxis?",
        asked_by=users[Role.INVESTIGATOR],
        asked_by_role=Role.INVESTIGATOR,
        asked_at=AT,
        expires_at=AT + timedelta(hours=1),
        confirmation="own_session",
        confirmed_by=users[Role.PHARMACOVIGILANCE],
        confirmed_at=AT + timedelta(minutes=5),
        disclosed_at=AT + timedelta(minutes=6),
    )
    learnt = InadvertentUnblinding(
        trial=trial, participant=participant, site=everything.site, occurred="2020-04-07", learner="nurse"
    )
    opening = ArmKeyOpening(
        trial=trial, opened_by=users[Role.UNBLINDED_STATISTICIAN], opened_at=AT, reason="Asked by the board."
    )
    for row in (asked, learnt, opening):
        everything.add(save_row(row))
    with unsealed(trial):
        account = UnblindingAccount(
            trial=trial, inadvertent=learnt, channel="product", what_happened="Saw the label: UC-MSC."
        )
        everything.add(save_row(account))
