"""Factories of what the services on adverse events take: a trial with STROMA's protocol, its people, and values."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from accounts.models import User
from accounts.services import system_user
from events.models import CtcaeTerm
from tests.factories import make_enrolled, make_infusion, make_site, make_user
from trials.models import Participant, Site, Trial
from trials.services.protocols import load_protocol

PROTOCOLS = Path(__file__).resolve().parents[3] / "protocols"
AT = datetime(2020, 4, 10, 9, 0, tzinfo=UTC)
LATER = datetime(2020, 4, 12, 9, 0, tzinfo=UTC)
REASON = "entered for a test"
NOT_SERIOUS = {
    "serious": False,
    "results_in_death": False,
    "life_threatening": False,
    "hospitalisation": False,
    "disability": False,
    "congenital_anomaly": False,
    "medically_important": False,
}


@dataclass(frozen=True)
class Ward:
    """One site of a trial with a participant who had an infusion on 7 April 2020 at 10:00 UTC, and its people."""

    trial: Trial
    site: Site
    participant: Participant
    nurse: User
    investigator: User


def read_protocol(name: str = "stroma-cov-2") -> dict[str, Any]:
    return tomllib.loads((PROTOCOLS / f"{name}.toml").read_text(encoding="utf-8"))


def load_trial(name: str = "stroma-cov-2") -> Trial:
    return load_protocol(
        content=read_protocol(name), by=system_user(), at=AT, reason="loaded for a test"
    ).trial


def make_ward(trial: Trial | None = None) -> Ward:
    trial = trial or load_trial()
    site = make_site(trial, code=f"ward-{trial.sites.count()}")
    participant = make_enrolled(trial, site, consented_at=datetime(2020, 4, 5, 8, 0, tzinfo=UTC))
    make_infusion(participant)
    return Ward(
        trial,
        site,
        participant,
        make_user("nurse", trial=trial, site=site),
        make_user("investigator", trial=trial, site=site, first_name="Ada", last_name="Kern"),
    )


def make_term(**fields: Any) -> CtcaeTerm:
    plain: dict[str, Any] = {
        "ctcae_version": "5.0",
        "code": "10021097",
        "soc": "Vascular disorders",
        "term": "Hypotension",
        "grades": [1, 2, 3, 4, 5],
    }
    return CtcaeTerm.objects.get_or_create(**{**plain, **fields})[0]


def make_values(**fields: Any) -> dict[str, Any]:
    """What a nurse enters of a plain event that is over."""
    plain: dict[str, Any] = {
        "reported_term": "low blood pressure",
        "ctcae_term": fields["ctcae_term"] if "ctcae_term" in fields else make_term(),
        "onset": "2020-04-07T13:40",
        "ended": "2020-04-08",
        "grade": 2,
        "severity": "MODERATE",
        "causality": "OTHER_DISEASE",
        "action_taken": "DOSE NOT CHANGED",
        "outcome": "RECOVERED/RESOLVED",
        "distinct_because": "recorded for a test",
        **NOT_SERIOUS,
    }
    return {**plain, **fields}


def make_serious_values(**fields: Any) -> dict[str, Any]:
    return make_values(**{"serious": True, "hospitalisation": True, "aware_at": AT, **fields})
