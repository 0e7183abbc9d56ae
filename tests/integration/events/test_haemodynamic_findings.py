"""Decisions about findings, and what the pages and the worklist ask."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from events.models import HaemodynamicFinding
from events.queries.haemodynamics import checks_due, evaluations, six_hours
from events.rules.haemodynamics import CheckState, Status
from events.services.haemodynamics import (
    confirm_finding,
    correct_reading,
    evaluate_participants,
    refute_finding,
    void_reading,
)
from tests.factories import make_enrolled, make_event, make_infusion, make_user, save_row
from tests.integration.events.haemodynamic_rows import (
    NOW,
    REASON,
    START,
    Bedside,
    at,
    make_bedside,
    norepinephrine,
)
from tests.plugins.groundwork import groundwork

pytestmark = pytest.mark.django_db


@groundwork
def bedside() -> Bedside:
    return make_bedside()


@groundwork
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
    assert Entry.objects.filter(table_name="events_haemodynamicfinding", change="UPDATE").count() == 1


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


def test_six_hours_show_window_checks_series_and_answers(bedside: Bedside) -> None:
    bedside.read(-10, norepinephrine("5"), map_mmhg=70)
    bedside.read(15, norepinephrine("20"), map_mmhg=60)

    view = six_hours(infusion=bedside.infusion, at=at(40))

    assert view is not None
    assert view.window is not None
    assert (view.window.opens_at, view.window.closes_at) == (START, at(360))
    assert view.series["map_mmhg"] == ((at(-10), Decimal(70)), (at(15), Decimal(60)))
    states = {check.minutes: check.state for check in view.checks}
    assert (states[-15], states[15], states[30], states[45]) == (
        CheckState.DONE,
        CheckState.DONE,
        CheckState.MISSED,
        CheckState.DUE,
    )
    answers = {result.criterion: result.status for result in view.results}
    assert answers["NOREPINEPHRINE"] is Status.HIT
    assert answers["HYPOXAEMIA"] is Status.NOT_EVALUABLE
    assert [found.criterion for found in view.findings] == ["NOREPINEPHRINE"]


def test_checks_due_are_those_of_the_sites_asked_for(bedside: Bedside) -> None:
    bedside.read(15, map_mmhg=70)
    other = make_enrolled(bedside.trial, bedside.trial.sites.get(code="02"))
    make_infusion(other, started_at=START)

    here = checks_due(trial_id=bedside.trial.pk, site_codes=frozenset({"01"}), at=at(40))
    everywhere = checks_due(trial_id=bedside.trial.pk, site_codes=None, at=at(40))
    nowhere = checks_due(trial_id=bedside.trial.pk, site_codes=frozenset(), at=at(40))

    assert [(due.check.minutes, due.check.state) for due in here] == [
        (-15, CheckState.MISSED),
        (30, CheckState.MISSED),
        (45, CheckState.DUE),
    ]
    assert {due.participant.pk for due in everywhere} == {bedside.participant.pk, other.pk}
    assert nowhere == []


def test_evaluations_answer_every_criterion_of_every_infusion(bedside: Bedside) -> None:
    bedside.read(-10, norepinephrine("5"))
    bedside.read(60, norepinephrine("6"))
    make_infusion(bedside.participant, started_at=START + timedelta(days=2), start_precision="day")

    rows = evaluations(trial_id=bedside.trial.pk, until=NOW)

    answers = {(row.infusion_number, row.result.criterion): row.result.status for row in rows}
    assert len(rows) == 20
    assert answers[(1, "NOREPINEPHRINE")] is Status.NOT_MET
    assert answers[(1, "CARDIOVERSION")] is Status.NOT_EVALUABLE
    assert answers[(1, "ARREST_OR_DEATH")] is Status.NOT_MET
    assert {status for (number, _), status in answers.items() if number == 2} == {Status.NOT_EVALUABLE}


def test_queries_cost_the_same_for_one_participant_and_for_ten(bedside: Bedside) -> None:
    bedside.read(15, map_mmhg=70)
    with CaptureQueriesContext(connection) as few:
        checks_due(trial_id=bedside.trial.pk, site_codes=None, at=at(40))
        evaluations(trial_id=bedside.trial.pk, until=NOW)
    for _ in range(9):
        make_infusion(make_enrolled(bedside.trial, bedside.site), started_at=START)

    with CaptureQueriesContext(connection) as many:
        checks_due(trial_id=bedside.trial.pk, site_codes=None, at=at(40))
        evaluations(trial_id=bedside.trial.pk, until=NOW)

    assert len(many) == len(few)


def test_reason_of_the_reading_is_the_reason_of_its_finding(finding: HaemodynamicFinding) -> None:
    entry = Entry.objects.get(table_name="events_haemodynamicfinding", row_id=finding.pk)

    assert entry.reason == REASON
