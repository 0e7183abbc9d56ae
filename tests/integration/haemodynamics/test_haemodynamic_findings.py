"""Decisions about findings, and what the pages and the worklist ask."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from haemodynamics.models import HaemodynamicFinding
from haemodynamics.services import (
    confirm_finding,
    correct_reading,
    evaluate_participants,
    refute_finding,
    void_reading,
)
from tests.factories import make_enrolled, make_event, make_user, save_row
from tests.integration.haemodynamics.haemodynamic_rows import (
    NOW,
    REASON,
    START,
    Bedside,
    at,
    make_bedside,
    norepinephrine,
)
from tests.plugins.shared_rows import shared_rows

pytestmark = pytest.mark.django_db


@shared_rows
def bedside() -> Bedside:
    return make_bedside()


@shared_rows
def finding(bedside: Bedside) -> HaemodynamicFinding:
    bedside.read(-10, norepinephrine("5"))
    bedside.read(60, norepinephrine("20"))
    return HaemodynamicFinding.objects.get()


def test_confirmation_keeps_who_when_why_and_the_event(
    bedside: Bedside, finding: HaemodynamicFinding
) -> None:
    event = make_event(bedside.participant)

    confirm_finding(
        finding=finding, by=bedside.investigator, at=NOW, reason="true shock", adverse_event=event
    )

    finding.refresh_from_db()
    assert (finding.state, finding.decision_reason, finding.decided_at) == ("confirmed", "true shock", NOW)
    assert finding.decided_by == bedside.investigator.username
    assert finding.adverse_event == event
    assert Entry.objects.filter(table_name="haemodynamics_haemodynamicfinding", change="UPDATE").count() == 1


def test_the_list_of_findings_reads_each_protocol_once(
    bedside: Bedside, finding: HaemodynamicFinding, client: Client
) -> None:
    client.force_login(bedside.investigator, backend="django.contrib.auth.backends.ModelBackend")
    with CaptureQueriesContext(connection) as few:
        client.get("/haemodynamics/haemodynamicfinding/")
    for number in range(9):
        further = HaemodynamicFinding(
            trial=finding.trial, participant=finding.participant, infusion=finding.infusion,
            criterion=f"FURTHER-{number}", first_hit_at=finding.first_hit_at, rule_set=finding.rule_set,
        )  # fmt: skip
        save_row(further)

    with CaptureQueriesContext(connection) as many:
        page = client.get("/haemodynamics/haemodynamicfinding/").content.decode()

    assert page.count("FURTHER-") >= 9
    assert len(many) == len(few)


def test_decision_may_be_revised(bedside: Bedside, finding: HaemodynamicFinding) -> None:
    confirm_finding(finding=finding, by=bedside.investigator, at=NOW, reason="true shock")

    refute_finding(finding=finding, by=bedside.investigator, at=NOW, reason="planned before surgery")

    finding.refresh_from_db()
    assert (finding.state, finding.version) == ("refuted", 3)


def test_nurse_may_not_decide(bedside: Bedside, finding: HaemodynamicFinding) -> None:
    with pytest.raises(PermissionDenied):
        confirm_finding(finding=finding, by=bedside.nurse, at=NOW, reason="true shock")

    finding.refresh_from_db()
    assert finding.state == "candidate"


def test_investigator_of_another_site_may_not_decide(bedside: Bedside, finding: HaemodynamicFinding) -> None:
    stranger = make_user("investigator", trial=bedside.trial, site=bedside.trial.sites.get(code="02"))

    with pytest.raises(PermissionDenied):
        refute_finding(finding=finding, by=stranger, at=NOW, reason="no")


def test_decision_needs_a_reason(bedside: Bedside, finding: HaemodynamicFinding) -> None:
    with pytest.raises(ValidationError):
        refute_finding(finding=finding, by=bedside.investigator, at=NOW, reason="")


def test_event_of_another_participant_is_refused(bedside: Bedside, finding: HaemodynamicFinding) -> None:
    event = make_event(make_enrolled(bedside.trial, bedside.site))

    with pytest.raises(ValidationError) as refused:
        confirm_finding(finding=finding, by=bedside.investigator, at=NOW, reason="true", adverse_event=event)

    assert "adverse_event" in refused.value.message_dict


def test_later_readings_leave_a_decision_alone(bedside: Bedside, finding: HaemodynamicFinding) -> None:
    confirm_finding(finding=finding, by=bedside.investigator, at=NOW, reason="true shock")

    bedside.read(120, norepinephrine("25"))

    finding.refresh_from_db()
    assert (finding.state, finding.version) == ("confirmed", 2)


def test_corrected_evidence_asks_again(bedside: Bedside, finding: HaemodynamicFinding) -> None:
    confirm_finding(finding=finding, by=bedside.investigator, at=NOW, reason="true shock")
    hit = bedside.participant.haemodynamic_readings.get(taken_at=at(60))

    correct_reading(
        reading=hit,
        values={},
        vasopressors=[norepinephrine("12")],
        by=bedside.nurse,
        at=NOW,
        reason="misread",
    )

    finding.refresh_from_db()
    assert (finding.state, finding.decided_by, finding.decision_reason) == ("candidate", "", "")


def test_withdrawn_finding_is_not_decided(bedside: Bedside, finding: HaemodynamicFinding) -> None:
    hit = bedside.participant.haemodynamic_readings.get(taken_at=at(60))
    void_reading(reading=hit, by=bedside.nurse, at=NOW, reason="wrong pump")

    with pytest.raises(ValidationError) as refused:
        confirm_finding(finding=finding, by=bedside.investigator, at=NOW, reason="true")

    assert "state" in refused.value.message_dict


def test_corrected_start_moves_the_window(bedside: Bedside, finding: HaemodynamicFinding) -> None:
    bedside.infusion.started_at = START - timedelta(hours=8)
    bedside.infusion.version += 1
    save_row(bedside.infusion)

    changed = evaluate_participants(
        participants=[bedside.participant], by=bedside.nurse, at=NOW, reason="start corrected"
    )

    finding.refresh_from_db()
    assert (changed, finding.state) == (1, "withdrawn")


def test_reason_of_the_reading_is_the_reason_of_its_finding(finding: HaemodynamicFinding) -> None:
    entry = Entry.objects.get(table_name="haemodynamics_haemodynamicfinding", row_id=finding.pk)

    assert entry.reason == REASON
