"""One row of every kind."""

import tomllib
from datetime import timedelta
from decimal import Decimal

from accounts.choices import Role
from accounts.models import Clearance, Mail, WrongPassword
from accounts.services import system_user
from audit.models import Entry
from events.models import CtcaeTerm, EventObservation, SeriousNotice, SiteWord, SuggestedEvent, UnfoundWord
from interchange.models import ImportRun
from reports.models import (
    BoardReport,
)
from tests.factories import (
    AT,
    make_enrolled,
    make_user,
    save_row,
    unsealed,
)
from tests.full_fixture.base import ACTIVE, PROTOCOL, Everything
from tests.full_fixture.board import add_meeting_rows
from tests.full_fixture.clinical import add_clinical_rows
from tests.full_fixture.data_management import add_data_management
from tests.full_fixture.safety_case import add_safety_case
from tests.full_fixture.sealed import add_sealed_rows
from tests.full_fixture.unblindings import add_unblindings
from trials.models import ProtocolVersion, Site, SourceRemark, Trial
from trials.services import load_protocol


def make_everything(*, arm_code: str = ACTIVE) -> Everything:
    """One row of every kind, at site 01, the participant in this arm; nurse and investigator work there."""
    trial = load_protocol(
        content=tomllib.loads(PROTOCOL.read_text()),
        by=system_user(),
        at=AT - timedelta(days=9),
        reason="for a test",
    ).trial
    site = Site.objects.get(trial=trial, code="01")
    participant = make_enrolled(trial, site, code="01-001", age_years=61, weight_kg=Decimal(80))
    everything = Everything(trial, site, participant, arm_code)
    for row in (
        trial,
        site,
        participant,
        ProtocolVersion.objects.get(trial=trial),
        CtcaeTerm.objects.all()[0],
    ):
        everything.add(row)
    infusion = add_clinical_rows(everything)
    with unsealed(trial):
        add_sealed_rows(everything, infusion)
    everything.add(
        save_row(ImportRun(trial=trial, folder_name="f", folder_sha256="0" * 64, summary={}, imported_at=AT))
    )
    remark = {"code": "not_used", "record": "x.csv", "message": "x.csv is not read."}
    everything.add(save_row(SourceRemark(trial=trial, **remark)))
    everything.users = {
        role: make_user(role, trial=_trial_of(role, trial), site=site, username=role) for role in Role
    }
    add_unblindings(everything)
    add_safety_case(everything)
    everything.add(save_row(_observation(everything)))
    everything.add(save_row(_proposal(everything)))
    everything.add(save_row(_notice(everything)))
    add_data_management(everything)
    for word in _words(trial):
        everything.add(word)
    with unsealed(trial):
        add_meeting_rows(everything, BoardReport.objects.get(trial=trial))
    everything.add(everything.users[Role.NURSE])
    everything.add(everything.users[Role.NURSE].memberships.get())
    everything.add(Entry.objects.filter(table_name="trials_participant").latest("pk"))
    everything.add(Clearance.objects.latest("pk"))
    everything.add(
        WrongPassword.objects.create(
            user=everything.users[Role.NURSE], name_key="0" * 64, use="sign_in", at=AT, address="192.0.2.1"
        )
    )
    mail_words = {"user": None, "use": "sign_in", "address": "192.0.2.1"}
    everything.add(
        Mail.objects.create(
            kind="wrong-passwords", about="a", address="head@site.example", words=mail_words, created_at=AT
        )
    )
    return everything


def _words(trial: Trial) -> tuple[SiteWord, UnfoundWord]:
    """A word that was mapped to a term, and one without results."""
    mapped = SiteWord(trial=trial, language="en", word="zonkage", term=CtcaeTerm.objects.earliest("pk"))
    unfound = UnfoundWord.objects.create(
        trial=trial,
        language="en",
        ctcae_version="5.0",
        word="wumpfage",
        first_on=AT.date(),
        last_on=AT.date(),
    )
    save_row(mapped)
    return mapped, unfound


def _observation(everything: Everything) -> EventObservation:
    """A row of the event's course."""
    return EventObservation(
        trial=everything.trial,
        event_id=everything.rows["events.adverseevent"],
        number=2,
        grade=2,
        note="wumpfage",
    )


def _proposal(everything: Everything) -> SuggestedEvent:
    """What a value of the laboratory proposes."""
    return SuggestedEvent(
        trial=everything.trial,
        participant=everything.participant,
        term=CtcaeTerm.objects.get(ctcae_version="5.0", term="Anemia"),
        value_keys=["lab 1"],
        test="Hemoglobin",
        value="75 g/L",
        began="2020-04-08",
        last_at=AT,
        grades=[3],
        rule="wumpfage",
    )


def _notice(everything: Everything) -> SeriousNotice:
    """A notice of the event to the safety officer."""
    return SeriousNotice(
        trial=everything.trial,
        event_id=everything.rows["events.adverseevent"],
        news="serious",
        event_version=1,
        recipient=everything.users[Role.PHARMACOVIGILANCE],
    )


def _trial_of(role: str, trial: Trial) -> Trial | None:
    return None if role == Role.ADMINISTRATOR else trial
