"""A trial with a board."""

from accounts.models import User
from tests.factories import make_user
from tests.integration.reports.board_trials import make_board_trial
from tests.plugins.groundwork import groundwork
from trials.models import Trial


@groundwork
def trial() -> Trial:
    return make_board_trial()


@groundwork
def member(trial: Trial) -> User:
    """Somebody of the board."""
    return make_user(
        "board_member", trial=trial, email="member@board.example", first_name="Ada", last_name="Lovelace"
    )
