"""Factories of what the services on readings take: a ward with STROMA's protocol, an infusion, values."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from accounts.models import User
from accounts.services import system_user
from haemodynamics.models import HaemodynamicReading
from haemodynamics.rules import RunningVasopressor
from haemodynamics.services import record_reading
from tests.factories import AT as ENTRY_AT
from tests.factories import make_enrolled, make_infusion, make_user
from trials.models import Infusion, Participant, Site, Trial
from trials.rules.protocol import protocol_content
from trials.services.protocols import load_protocol

PROTOCOLS = Path(__file__).resolve().parents[3] / "protocols"
START = datetime(2020, 4, 7, 10, 0, tzinfo=UTC)
NOW = START + timedelta(days=2)
REASON = "read at the bedside"


@dataclass(frozen=True)
class Bedside:
    """A trial under STROMA's protocol, one participant of 70 kg with one infusion, and those who watch."""

    trial: Trial
    site: Site
    participant: Participant
    infusion: Infusion
    nurse: User
    investigator: User

    def read(self, minutes: float, *pumps: RunningVasopressor, **values: Any) -> HaemodynamicReading:
        """A reading so many minutes after the start of the infusion."""
        return record_reading(
            participant=self.participant,
            values={"taken_at": at(minutes), **values},
            vasopressors=pumps,
            by=self.nurse,
            at=NOW,
            reason=REASON,
        )


def load_stroma() -> Trial:
    content = protocol_content((PROTOCOLS / "stroma-cov-2.toml").read_bytes())
    return load_protocol(content=content, by=system_user(), at=ENTRY_AT, reason="loaded for a test").trial


def make_bedside() -> Bedside:
    trial = load_stroma()
    site = trial.sites.get(code="01")
    participant = make_enrolled(trial, site, weight_kg=Decimal(70))
    return Bedside(
        trial=trial,
        site=site,
        participant=participant,
        infusion=make_infusion(participant, started_at=START),
        nurse=make_user("nurse", trial=trial, site=site),
        investigator=make_user("investigator", trial=trial, site=site),
    )


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def norepinephrine(rate: str, unit: str = "ug/min", salt: str = "base") -> RunningVasopressor:
    return RunningVasopressor("norepinephrine", Decimal(rate), unit, salt)
