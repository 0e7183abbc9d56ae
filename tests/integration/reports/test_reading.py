"""Who may open which document: board and unblinded statistician the closed one, some roles the open one."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.choices import Action, Role
from accounts.models import Clearance
from accounts.rules import PERMISSIONS
from reports.choices import ReportFormat, ReportKind
from reports.models import BoardMessage, BoardReport, ReportDocument, ReportView
from reports.services.looks import create_due_reports
from reports.services.reading import open_document
from tests.factories import make_user
from tests.integration.reports.board_trials import LATER, enrol_many, make_board_trial, make_plainly
from tests.plugins.shared_rows import shared_rows

ACTION = {ReportKind.OPEN: Action.VIEW_OPEN_REPORT, ReportKind.CLOSED: Action.VIEW_CLOSED_REPORT}


@shared_rows
def report(trial, member) -> BoardReport:
    enrol_many(trial, 10)
    (owed,) = create_due_reports(trial_id=trial.pk, at=LATER)
    return make_plainly(owed)


def read(report, user, kind):
    return open_document(report=report, kind=kind, report_format=ReportFormat.PDF, by=user, at=LATER)


@pytest.mark.parametrize("kind", ReportKind)
@pytest.mark.parametrize("role", Role)
def test_document_opens_as_the_permission_table_says(report, role, kind):
    user = make_user(role, trial=report.trial)

    if role in PERMISSIONS[ACTION[kind]]:
        assert read(report, user, kind) == f"<style></style><body>{kind.value} pdf</body>".encode()
    else:
        with pytest.raises(PermissionDenied):
            read(report, user, kind)
        assert not ReportView.objects.exists()


def test_closed_report_is_for_the_board_and_its_statistician_alone():
    readers = {Role.BOARD_MEMBER, Role.BOARD_CHAIR, Role.UNBLINDED_STATISTICIAN}

    assert PERMISSIONS[Action.VIEW_CLOSED_REPORT] == readers


@pytest.mark.parametrize("kind", ReportKind)
def test_member_of_another_board_opens_nothing(report, kind):
    stranger = make_user("board_member", trial=make_board_trial(code="CELL-2"))

    with pytest.raises(PermissionDenied):
        read(report, stranger, kind)


def test_each_opening_is_recorded(report, member):
    read(report, member, ReportKind.CLOSED)
    read(report, member, ReportKind.OPEN)

    views = ReportView.objects.order_by("id").values_list("reader", "kind", "format", "opened_at")
    assert list(views) == [(member.pk, "closed", "pdf", LATER), (member.pk, "open", "pdf", LATER)]


def test_opening_marks_the_message_as_read(report, member):
    read(report, member, ReportKind.CLOSED)

    assert BoardMessage.objects.get(report=report, recipient=member).read_at == LATER


def test_reader_of_the_open_report_is_never_given_a_clearance(report):
    reader = make_user("data_manager", trial=report.trial)

    read(report, reader, ReportKind.OPEN)

    assert not Clearance.objects.filter(actor_id=reader.pk).exists()


def test_reader_of_the_closed_report_leaves_a_clearance(report, member):
    read(report, member, ReportKind.CLOSED)

    clearance = Clearance.objects.get(actor_id=member.pk)
    assert (clearance.ground, clearance.purpose) == ("role", "Read a closed report")


def test_report_that_is_not_ready_has_no_document(trial, member):
    enrol_many(trial, 10)
    (owed,) = create_due_reports(trial_id=trial.pk, at=LATER)

    with pytest.raises(ReportDocument.DoesNotExist):
        read(owed, member, ReportKind.CLOSED)
