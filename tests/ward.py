"""A ward for the tests of pages: the shipped trial, one of its sites, its people, and a participant."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from accounts.models import User
from accounts.services import system_user
from events.models import CtcaeTerm
from tests.factories import make_enrolled, make_user
from trials.models import Infusion, Participant, Site, Trial
from trials.services import load_protocol, start_infusion

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "a password for tests"
OPENED_AT = datetime(2020, 4, 1, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Ward:
    """The trial at one of its sites."""

    trial: Trial
    site: Site
    nurse: User
    investigator: User


def make_ward(site_code: str = "07") -> Ward:
    """The shipped protocol with a nurse and an investigator at one site."""
    content = tomllib.loads((ROOT / "protocols" / "stroma-cov-2.toml").read_text())
    trial = load_protocol(content=content, by=system_user(), at=OPENED_AT, reason="made for a test").trial
    site = Site.objects.get(trial=trial, code=site_code)
    nurse = make_user(
        "nurse", trial=trial, site=site, username="nurse", first_name="Claire", last_name="Fontaine"
    )
    investigator = make_user("investigator", trial=trial, site=site, username="investigator")
    return Ward(trial, site, nurse, investigator)


def make_patient(ward: Ward, code: str, *, enrolled_at: datetime, **fields: Any) -> Participant:
    """A participant enrolled at the ward, day 0 on the day of enrolment."""
    day0: date = enrolled_at.date()
    return make_enrolled(
        ward.trial,
        ward.site,
        code=code,
        enrolled_at=enrolled_at,
        enrolment_recorded_at=enrolled_at,
        day0_date=day0,
        screened_date=day0,
        weight_kg="70.0",
        **fields,
    )


def start(ward: Ward, participant: Participant, number: int, *, at: datetime) -> Infusion:
    """An infusion that has begun."""
    return start_infusion(
        participant=participant,
        number=number,
        started_at=at,
        kit_number=f"K-{participant.code}-{number}",
        by=ward.nurse,
        at=at,
        reason="first entry",
    )


def make_term(name: str, grades: list[int], **fields: Any) -> CtcaeTerm:
    """A term of the protocol's dictionary, as shipped or made."""
    known = CtcaeTerm.objects.filter(ctcae_version="5.0", term=name).first()
    if known is not None:
        return known
    values = {
        "ctcae_version": "5.0",
        "code": f"9{abs(hash(name)) % 10_000_000:07d}",
        "soc": "Cardiac disorders",
        "grades": grades,
    }
    return CtcaeTerm.objects.create(term=name, **{**values, **fields})


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)
