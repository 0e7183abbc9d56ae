"""A trial with the shipped STROMA protocol, a site of it, and the people who work there."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from accounts.services import system_user
from tests.factories import AT, make_user
from tests.plugins.shared_rows import shared_rows
from trials.models import Site, Trial
from trials.services import load_protocol

STROMA = Path(__file__).resolve().parents[3] / "protocols" / "stroma-cov-2.toml"


@pytest.fixture
def content() -> dict[str, Any]:
    """The shipped protocol's content, to be changed at will."""
    return tomllib.loads(STROMA.read_text())


@shared_rows
def trial() -> Trial:
    return load_protocol(
        content=tomllib.loads(STROMA.read_text()), by=system_user(), at=AT, reason="set-up"
    ).trial


@shared_rows
def site(trial: Trial) -> Site:
    return trial.sites.get(code="07")


@shared_rows
def nurse(trial: Trial, site: Site) -> User:
    return make_user("nurse", trial=trial, site=site)


@shared_rows
def unit(trial: Trial) -> User:
    """A person of the cell-therapy unit."""
    return make_user("cell_therapy_unit", trial=trial)
