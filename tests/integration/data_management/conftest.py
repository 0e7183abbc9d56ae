"""The trial of `trials`, and people around its data."""

import pytest

from accounts.models import User
from tests.factories import make_enrolled, make_user
from tests.integration.trials.conftest import content, nurse, site, trial, unit
from tests.plugins.shared_rows import shared_rows
from trials.models import Participant, Site, Trial

__all__ = ["content", "nurse", "site", "trial", "unit"]


@shared_rows
def person(trial: Trial, site: Site) -> Participant:
    return make_enrolled(trial, site, code="07-001")


@shared_rows
def manager(trial: Trial) -> User:
    return make_user("data_manager", trial=trial, username="manager")


@pytest.fixture
def stranger(trial: Trial) -> User:
    """A nurse of another site."""
    return make_user("nurse", trial=trial, site=trial.sites.get(code="01"))
