"""A meeting through its services: the way to the answer, and everything that has to be refused on it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import SealedError
from audit.models import Entry
from dsmb.choices import Session
from dsmb.models import (
    BoardComment,
    BoardMeeting,
)
from dsmb.services import comments, meetings, voting
from dsmb.services.sponsor_answers import answer_recommendation
from tests.factories import make_user, unsealed
from tests.integration.dsmb.meeting_steps import Board, make_board, refused
from tests.integration.reports.board_trials import LATER, make_board_trial
from tests.plugins.shared_rows import shared_rows


@shared_rows
def board(trial) -> Board:
    return make_board(trial)


def test_meeting_goes_from_planned_to_answered(board):
    states = [board.state]
    board.gather()
    states.append(board.state)
    board.put_motion()
    states.append(board.state)
    for one in board.everybody:
        board.vote(one, "continue")
    board.close_vote()
    board.recommend()
    states.append(board.state)
    board.minute(Session.OPEN)
    board.minute(Session.CLOSED)
    board.sign()
    states.append(board.state)
    notice = board.send()
    states.append(board.state)
    sponsor = make_user("sponsor", trial=board.trial)
    answer_recommendation(notice=notice, answer="accepted", text="We go on.", by=sponsor, at=board.now())
    states.append(board.state)

    assert states == [
        "planned", "in_session", "voting", "recommended", "signed", "sent", "answered",
    ]  # fmt: skip


def test_meeting_that_is_called_off_stays_in_the_list(board):
    meetings.call_off_meeting(
        meeting=board.meeting, by=board.chair, at=board.now(), reason="no quorum in sight"
    )

    assert board.state == "called_off"
    with pytest.raises(ValidationError) as error:
        board.open()
    assert "Called off" in refused(error)


def test_meeting_needs_a_report_of_its_trial(board):
    other = make_board_trial(code="CELL-2")
    values = {
        "planned_at": LATER, "closed_session_planned_at": None, "guests": "", "agenda": [], "by": board.chair,
        "at": LATER, "reason": "a look",
    }  # fmt: skip
    chair_of_other = make_user("board_chair", trial=other)

    with pytest.raises(ValidationError, match="at least one report"):
        meetings.plan_meeting(trial=board.trial, reports=[], **values)
    with pytest.raises(ValidationError, match="reports of this trial"):
        meetings.plan_meeting(trial=other, reports=[board.report], **(values | {"by": chair_of_other}))


def test_closed_session_does_not_begin_before_the_meeting(board):
    with pytest.raises(ValidationError, match="must not begin before"):
        meetings.plan_meeting(
            trial=board.trial, reports=[board.report], planned_at=LATER,
            closed_session_planned_at=LATER - timedelta(minutes=1), guests="", agenda=[], by=board.chair, at=LATER,
            reason="a look",
        )  # fmt: skip


@pytest.mark.parametrize("role", ["board_member", "unblinded_statistician", "sponsor", "data_manager"])
def test_only_the_chair_plans_and_opens(board, role):
    somebody = make_user(role, trial=board.trial)

    with pytest.raises(PermissionDenied):
        meetings.open_meeting(meeting=board.meeting, by=somebody, at=board.now())
    assert board.state == "planned"


def test_nothing_of_a_meeting_is_there_without_a_clearance(board):
    with pytest.raises(SealedError):
        BoardMeeting.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM dsmb_boardmeeting")
        assert cursor.fetchone() == (0,)
    assert not Entry.objects.filter(table_name="dsmb_boardmeeting").exists()


class TestComments:
    def comment(self, board, **changes):
        values = {"section": "deaths", "reply_to": None, "text": "Arm A?", "by": board.ada, "at": board.now()}
        return comments.write_comment(report=board.report, **(values | changes))

    def test_answer_to_an_answer_joins_the_thread(self, board):
        top = self.comment(board)
        answer = self.comment(board, reply_to=top, by=board.grace, section="")
        further = self.comment(board, reply_to=answer, section="ae_overview")

        assert further.reply_to_id == answer.reply_to_id == top.pk
        assert further.section == "deaths"

    def test_comment_is_taken_back_by_its_author_alone_and_stays(self, board):
        comment = self.comment(board)

        with pytest.raises(PermissionDenied):
            comments.void_comment(comment=comment, by=board.chair, at=board.now(), reason="off the point")
        comments.void_comment(comment=comment, by=board.ada, at=board.now(), reason="misread")

        with unsealed(board.trial):
            row = BoardComment.objects.get()
        assert (row.text, row.void_reason) == ("Arm A?", "misread")

    @pytest.mark.parametrize("role", ["unblinded_statistician", "sponsor", "data_manager"])
    def test_nobody_else_comments(self, board, role):
        with pytest.raises(PermissionDenied):
            self.comment(board, by=make_user(role, trial=board.trial))

    def test_empty_comment_is_refused(self, board):
        with pytest.raises(ValidationError):
            self.comment(board, text="  ")


def test_page_of_a_meeting_asks_a_bounded_number_of_questions(board):
    counts = []
    board.gather()
    for round_of_votes in range(3):
        if round_of_votes:
            voting.resume_discussion(meeting=board.meeting, by=board.chair, at=board.now(), reason="again")
        board.put_motion()
        for one, choice in zip(board.everybody, ("continue", "stop", "pause", "modify"), strict=True):
            board.vote(one, choice, "dissent")
        board.close_vote()
        with CaptureQueriesContext(connection) as captured:
            board.page()
        counts.append(len(captured))

    assert counts[0] == counts[2]
