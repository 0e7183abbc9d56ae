"""Messages with the database: a signed version leaves, an answer moves the obligation, a foreign message is kept."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.choices import ClearanceGround
from accounts.models import User
from accounts.services import cleared
from audit.services import attributed
from pharmacovigilance.e2b.acknowledgements import Acknowledgement, MessageAnswer
from pharmacovigilance.e2b.case_messages import icsr_of_case
from pharmacovigilance.e2b.reading import read_batch
from pharmacovigilance.e2b.refusals import MessageError
from pharmacovigilance.e2b.writing import write_batch
from pharmacovigilance.models import CaseVersion, DeskRecord, DeskStep, Receipt, SafetyCase
from pharmacovigilance.queries.case_reports import case_report
from pharmacovigilance.services.acknowledging import take_acknowledgement
from pharmacovigilance.services.desk import record_desk_step
from pharmacovigilance.services.incoming import receive_message
from tests.integration.events.event_rows import Ward
from tests.integration.pharmacovigilance.case_steps import (
    RELATED,
    SOON,
    assess,
    fresh,
    officer_of,
    opened,
    owed,
    sign,
    ward_with_coding,
)
from tests.integration.pharmacovigilance.test_desk import opened_at_the_desk, signed

pytestmark = pytest.mark.django_db
LATER = SOON + timedelta(hours=3)


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    settings.E2B_SCHEMA_DIR = tmp_path / "schemas"
    settings.E2B_RECEIVED_DIR = tmp_path / "received"


def exported(case: SafetyCase, output: Path, **options: Any) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    values = {"profile": "ich", "output": output} | options
    call_command("export_icsr", case.worldwide_number, stdout=out, stderr=err, **values)
    return out.getvalue(), err.getvalue()


def test_a_signed_version_leaves_without_an_arm(ward: Ward, officer: User, tmp_path: Path) -> None:
    place_in_france(ward)
    case = opened(ward, causality=RELATED, narrative="Hypotension one hour after the infusion.")
    assess(case, officer)
    sign(case, officer)
    case = fresh(case)

    said, warned = exported(case, tmp_path / "icsr.xml")

    (message,) = read_batch((tmp_path / "icsr.xml").read_bytes()).messages
    (drug,) = message.groups("G.k")
    assert "written to" in said
    assert "schemas are not loaded" in warned
    assert message.text("C.1.1") == case.worldwide_number
    assert message.text("D.1.1.4") == ward.participant.code
    assert drug.text("G.k.2.5") == "true"


def place_in_france(ward: Ward) -> None:
    with attributed(by=ward.nurse, reason="The site's country was missing.", at=SOON):
        type(ward.site).objects.filter(pk=ward.site.pk).update(country="FR")


def test_what_breaks_a_rule_is_listed_and_does_not_leave(ward: Ward, officer: User, tmp_path: Path) -> None:
    case = signed(ward, officer)

    with pytest.raises(CommandError, match=r"C\.2\.r\.3: no value(.|\n)*Nothing was written"):
        exported(case, tmp_path / "icsr.xml")

    assert not (tmp_path / "icsr.xml").exists()


def test_without_a_code_it_does_not_leave(tmp_path: Path) -> None:
    ward = ward_with_coding("meddra")
    case = signed(ward, officer_of(ward))

    with pytest.raises(CommandError, match=r"E\.i\.2\.1b: event \d+ is not coded"):
        exported(case, tmp_path / "icsr.xml")

    assert not (tmp_path / "icsr.xml").exists()


def test_a_version_that_is_not_signed_does_not_leave(ward: Ward, officer: User, tmp_path: Path) -> None:
    case = signed(ward, officer)

    with pytest.raises(CommandError, match=r"Version: 7 of .* is not signed"):
        exported(case, tmp_path / "icsr.xml", version_number=7)


def answered(case: SafetyCase, code: str, text: str, **changes: str) -> Acknowledgement:
    values = {"sender": "EVTEST", "receiver": "SPONSOR", "batch": f"{case.worldwide_number}-1"} | changes
    answer = MessageAnswer(case.worldwide_number, "EU-1", code, (text,))
    return Acknowledgement(number="ACK-1", sent="20260101", code="AA", texts=(), answers=(answer,), **values)


def sent_from_the_desk(ward: Ward, officer: User, reporter: User) -> SafetyCase:
    case = opened_at_the_desk(ward, officer, reporter, "UC_MSC")
    with desk_open(case, reporter):
        record_desk_step(
            record=DeskRecord.objects.get(case=case),
            obligation=owed(case)["EU_SUSAR_15"],
            kind="sent",
            reference=f"{case.worldwide_number}-1",
            text="",
            late_reason="",
            by=reporter,
            at=LATER,
        )
    return fresh(case)


def desk_open(case: SafetyCase, reporter: User) -> Any:
    return cleared(
        ground=ClearanceGround.EXPEDITED_REPORT, by=reporter, trial_id=case.trial_id, purpose="test", at=LATER
    )


@pytest.mark.parametrize(("code", "kind"), [("CA", "acknowledged"), ("CR", "rejected")])
def test_an_acknowledgement_moves_the_obligation_under_seal(
    ward: Ward, officer: User, reporter: User, code: str, kind: str
) -> None:
    case = sent_from_the_desk(ward, officer, reporter)

    take_acknowledgement(acknowledgement=answered(case, code, "D.9.1 is missing"), by=reporter, at=LATER)
    take_acknowledgement(acknowledgement=answered(case, code, "D.9.1 is missing"), by=reporter, at=LATER)

    with desk_open(case, reporter):
        steps = list(DeskStep.objects.order_by("pk").values_list("kind", "reference", "text"))
    assert steps == [("sent", f"{case.worldwide_number}-1", ""), (kind, "ACK-1", "D.9.1 is missing")]


def test_foreign_acknowledgements_change_nothing(ward: Ward, officer: User, reporter: User) -> None:
    case = sent_from_the_desk(ward, officer, reporter)

    for changes, sentence in (
        ({"sender": "STRANGER"}, "ACK.M.2"),
        ({"receiver": "OTHER"}, "ACK.M.3"),
        ({"batch": f"{case.worldwide_number}-9"}, "no batch that was sent"),
        ({"batch": "UNKNOWN-1"}, "no batch that was sent"),
    ):
        with pytest.raises(MessageError, match=sentence):
            take_acknowledgement(acknowledgement=answered(case, "CA", "", **changes), by=reporter, at=LATER)
    with pytest.raises(PermissionDenied):
        take_acknowledgement(acknowledgement=answered(case, "CA", ""), by=officer, at=LATER)

    with desk_open(case, reporter):
        assert list(DeskStep.objects.values_list("kind", flat=True)) == ["sent"]


def test_a_message_about_our_case_becomes_a_receipt_without_its_text(
    ward: Ward, officer: User, tmp_path: Path
) -> None:
    case = signed(ward, officer)
    version = CaseVersion.objects.get(case=case)
    report = case_report(case=case, version=version, profile="ich", at=LATER)
    content = write_batch(icsr_of_case(report))

    first = receive_message(content=content, by=officer, at=LATER)
    again = receive_message(content=content, by=officer, at=LATER)

    (receipt,) = first.receipts
    assert (receipt.source, receipt.case, receipt.said_by) == ("authority", case, "SPONSOR")
    assert case.worldwide_number in receipt.text
    assert first.path.read_bytes() == content
    assert first.path.stat().st_mode & 0o077 == 0
    assert (again.is_new, again.receipts) == (False, ())
    assert Receipt.objects.filter(source="authority").count() == 1


def test_a_foreign_message_is_kept_and_nothing_else(ward: Ward, officer: User) -> None:
    examples = Path(__file__).resolve().parents[4] / "shared" / "data" / "e2b" / "instances"
    content = (examples / "FAERS2022Scenario3.xml").read_bytes()

    received = receive_message(content=content, by=officer, at=LATER)

    assert received.receipts == ()
    assert received.check.findings
    assert received.path.exists()
    with pytest.raises(MessageError):
        receive_message(content=b"<x/>", by=officer, at=LATER)
