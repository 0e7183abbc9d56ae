"""A trial with a board."""

import pytest

from accounts.models import User
from tests.factories import make_user
from tests.integration.dsmb.board_trials import make_board_trial
from trials.models import Trial


@pytest.fixture
def trial(db: None) -> Trial:
    return make_board_trial()


@pytest.fixture
def member(trial: Trial) -> User:
    """Somebody of the board."""
    return make_user(
        "board_member", trial=trial, email="member@board.example", first_name="Ada", last_name="Lovelace"
    )
