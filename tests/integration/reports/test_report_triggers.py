"""Looks that wait for their data, reports by calendar and after deaths: each exactly once, from the rows only."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse

from accounts.services import system_user
from audit.services import attributed
from reports.models import BoardMessage, BoardReport
from reports.queries.maturity import maturity_of_looks
from reports.services.looks import create_due_reports, create_report_of_look
from reports.services.report_triggers import create_triggered_reports
from tests.factories import make_user, save_row
from tests.integration.reports.board_trials import LATER, START, enrol_many, make_board_trial, make_plainly
from tests.plugins.shared_rows import shared_rows
from trials.models import Participant, ProtocolVersion

WAITS = [{"enrolled": 2, "wait_for_day": 14, "source": "test"}]
MONTHLY = [
    {"id": "monthly", "label": "Monthly listing", "day_of_month": 1, "time": "06:00", "source": "test"}
]
ON_DEATH = {"on_boundary": False, "on_death": True, "source": "test"}
SECOND = timedelta(seconds=1)


@shared_rows
def trial():
    return make_board_trial(looks=[2, 5], look_plan=WAITS, schedules=MONTHLY, ad_hoc=ON_DEATH)


@pytest.fixture
def matures(trial):
    """When the look at 2 is mature."""
    enrol_many(trial, 2)
    protocol = ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None)
    return maturity_of_looks(trial=trial, protocol=protocol, looks=[2])[2]


def change(person: Participant, *, at, **fields) -> None:
    with attributed(by=system_user(), reason="test", at=at):
        for name, value in fields.items():
            setattr(person, name, value)
        person.save()


def owed(trial, *, at) -> list[tuple[int | None, object]]:
    return [(report.look, report.data_cutoff_at) for report in create_due_reports(trial_id=trial.pk, at=at)]


def test_look_waits_for_the_end_of_the_day_and_has_that_moment_for_its_cutoff(trial, matures):
    assert owed(trial, at=matures - SECOND) == []

    assert owed(trial, at=matures + timedelta(hours=5)) == [(2, matures)]
    assert owed(trial, at=matures + timedelta(hours=6)) == []


def test_look_waits_no_longer_than_its_participant_is_in_the_trial(trial, matures):
    died_at = matures - timedelta(days=3)
    change(trial.participants.get(enrolment_number=2), at=died_at, has_died=True, status="died")

    assert owed(trial, at=died_at) == [(2, died_at)]


def test_death_of_somebody_else_does_not_end_the_waiting(trial, matures):
    died_at = matures - timedelta(days=3)
    change(trial.participants.get(enrolment_number=1), at=died_at, has_died=True, status="died")

    assert owed(trial, at=matures - SECOND) == []


def test_look_that_waits_is_refused_on_request_with_the_moment(trial, matures):
    with pytest.raises(ValidationError, match="the look at 2 waits for its data until 2020-04-23 00:00"):
        create_report_of_look(trial=trial, look=2, by=system_user(), at=matures - SECOND, reason="asked for")


def test_portal_says_what_a_look_waits_for(trial, client):
    enrol_many(trial, 2)
    client.force_login(make_user("data_manager", trial=trial))

    page = client.get(reverse("board:index")).content.decode()

    assert "Enrolment has reached it; made when its data are mature, 23 Apr 2020" in page
    assert "2 of 5 enrolled" in page
    assert "Monthly listing: next on" in page


def test_report_by_calendar_is_owed_once_a_month(trial):
    may = START.replace(month=5, day=1, hour=4, minute=0)

    made = [
        create_triggered_reports(trial_id=trial.pk, at=at)
        for at in (may - SECOND, may, may + timedelta(minutes=1))
    ]

    assert [len(each) for each in made] == [0, 1, 0]
    (report,) = made[1]
    assert (report.trigger, report.occasion, report.data_cutoff_at) == ("calendar", "monthly 2020-05", may)
    assert len(create_triggered_reports(trial_id=trial.pk, at=may + timedelta(days=31))) == 1


def test_second_report_of_an_occasion_is_refused_by_the_database(trial):
    row = {"trial": trial, "trigger": "calendar", "occasion": "monthly 2020-05"}
    save_row(BoardReport(number=1, **row))

    with pytest.raises(IntegrityError, match="reports_boardreport_occasion_once"):
        save_row(BoardReport(number=2, **row))


def test_report_that_names_a_boundary_is_refused_by_the_database(trial):
    with pytest.raises(IntegrityError, match="reports_boardreport_tells_no_boundary"):
        save_row(BoardReport(trial=trial, number=1, trigger="boundary"))


def test_death_calls_for_one_report_that_holds_every_death_so_far(trial, member_of):
    enrol_many(trial, 3)
    when = START + timedelta(days=5)
    for person in trial.participants.order_by("pk")[:2]:
        change(person, at=when, has_died=True, status="died")

    (report,) = create_triggered_reports(trial_id=trial.pk, at=when + SECOND)
    again = create_triggered_reports(trial_id=trial.pk, at=when + 2 * SECOND)
    make_plainly(report)

    assert (report.trigger, report.data_cutoff_at) == ("death", when + SECOND)
    assert again == ()
    assert BoardMessage.objects.filter(report=report, recipient=member_of).count() == 1


def test_later_death_calls_for_another_report(trial):
    enrol_many(trial, 2)
    first, second = trial.participants.order_by("pk")
    when = START + timedelta(days=5)
    change(first, at=when, has_died=True, status="died")
    create_triggered_reports(trial_id=trial.pk, at=when + SECOND)
    change(second, at=when + timedelta(days=1), has_died=True, status="died")

    assert len(create_triggered_reports(trial_id=trial.pk, at=when + timedelta(days=1, seconds=1))) == 1
    assert BoardReport.objects.filter(trigger="death").count() == 2


def test_protocol_without_occasions_owes_none(db):
    plain = make_board_trial(code="CELL-2")
    enrol_many(plain, 1)
    change(plain.participants.get(), at=LATER, has_died=True, status="died")

    assert create_triggered_reports(trial_id=plain.pk, at=LATER) == ()


@pytest.fixture
def member_of(trial):
    return make_user("board_member", trial=trial)
