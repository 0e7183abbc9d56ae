"""A trial with a board."""

from accounts.models import User
from tests.factories import make_user
from tests.integration.reports.board_trials import make_board_trial
from tests.plugins.shared_rows import shared_rows
from trials.models import Trial


@shared_rows
def trial() -> Trial:
    return make_board_trial()


@shared_rows
def member(trial: Trial) -> User:
    """A member of the board."""
    return make_user(
        "board_member", trial=trial, email="member@board.example", first_name="Ada", last_name="Lovelace"
    )
