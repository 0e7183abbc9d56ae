"""Due looks: once each, from the rows only."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError

from accounts.services import system_user
from audit.models import Entry
from reports.models import LEASE, BoardReport
from reports.services.claiming import claim_report
from reports.services.looks import (
    create_ad_hoc_report,
    create_due_reports,
    create_report_of_look,
    unfinished_reports,
)
from tests.factories import make_user, save_row
from tests.integration.reports.board_trials import LATER, enrol_many, make_board_trial


@pytest.mark.parametrize(
    ("enrolled", "owed"), [(0, []), (9, []), (10, [10]), (11, [10]), (20, [10, 20]), (41, [10, 20, 40])]
)
def test_looks_are_owed_from_the_enrolment_that_reaches_them(trial, enrolled, owed):
    enrol_many(trial, enrolled)

    assert [report.look for report in create_due_reports(trial_id=trial.pk, at=LATER)] == owed


def test_looks_are_owed_once(trial):
    enrol_many(trial, 10)
    create_due_reports(trial_id=trial.pk, at=LATER)

    assert create_due_reports(trial_id=trial.pk, at=LATER) == ()
    assert BoardReport.objects.filter(trial=trial).count() == 1


def test_looks_of_another_trial_are_left_alone(trial):
    other = make_board_trial(code="CELL-2")
    enrol_many(other, 10)

    assert create_due_reports(trial_id=trial.pk, at=LATER) == ()


def test_second_report_of_a_look_is_refused_by_the_database(trial):
    save_row(BoardReport(trial=trial, look=10, number=1))

    with pytest.raises(IntegrityError, match="reports_boardreport_look_once"):
        save_row(BoardReport(trial=trial, look=10, number=2))


def test_owed_report_says_who_and_why(trial):
    enrol_many(trial, 10)

    (report,) = create_due_reports(trial_id=trial.pk, at=LATER)

    entry = Entry.objects.get(table_name="reports_boardreport", row_id=report.pk)
    assert (entry.actor_label, entry.at) == ("system", LATER)
    assert entry.reason == "Enrolment has reached a planned look of the board."


def test_report_at_an_enrolment_that_is_not_reached_is_refused(trial):
    enrol_many(trial, 3)

    with pytest.raises(ValidationError, match="4 asked for, and 3 participants are enrolled"):
        create_report_of_look(trial=trial, look=4, by=system_user(), at=LATER, reason="asked for")

    assert not BoardReport.objects.exists()


@pytest.mark.parametrize("look", [0, -1])
def test_report_at_an_absurd_enrolment_is_refused(trial, look):
    with pytest.raises(ValidationError, match=f"{look} asked for"):
        create_report_of_look(trial=trial, look=look, by=system_user(), at=LATER, reason="asked for")


def test_report_at_an_enrolment_is_the_one_there_is(trial):
    enrol_many(trial, 10)
    (report,) = create_due_reports(trial_id=trial.pk, at=LATER)

    assert (
        create_report_of_look(trial=trial, look=10, by=system_user(), at=LATER, reason="asked for") == report
    )


def test_ad_hoc_reports_count_their_versions_and_are_no_looks(trial):
    moments = (LATER, LATER + timedelta(minutes=1))
    reports = [
        create_ad_hoc_report(trial=trial, by=system_user(), at=at, reason="asked for") for at in moments
    ]

    assert [(report.look, report.report_version, report.number) for report in reports] == [
        (None, 1, 1),
        (None, 2, 2),
    ]
    assert [report.data_cutoff_at for report in reports] == list(moments)


@pytest.mark.parametrize("role", ["data_manager", "board_member", "nurse", "auditor", "pharmacovigilance"])
def test_ad_hoc_report_needs_the_right_to_make_one(trial, role):
    with pytest.raises(PermissionDenied):
        create_ad_hoc_report(trial=trial, by=make_user(role, trial=trial), at=LATER, reason="asked for")


def test_claimed_report_is_in_nobody_elses_hands_until_its_lease_ends(trial):
    report = create_ad_hoc_report(trial=trial, by=system_user(), at=LATER, reason="asked for")
    claim_report(report_id=report.pk, at=LATER)

    assert unfinished_reports(at=LATER + LEASE - timedelta(seconds=1)) == []
    assert unfinished_reports(at=LATER + LEASE) == [report.pk]
