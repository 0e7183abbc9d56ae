"""A meeting through its services: the way to the answer, and everything that has to be refused on it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import SealedError
from audit.models import Entry
from dsmb.choices import Presence, Session
from dsmb.models import (
    BoardComment,
    BoardMeeting,
    BoardVote,
    MeetingMinutes,
    MeetingNotice,
    MeetingSignature,
)
from dsmb.services import meetings, recommending, statements, voting
from dsmb.services.sponsor_answers import answer_recommendation
from tests.factories import make_user, unsealed
from tests.integration.dsmb.board_trials import LATER, make_board_trial
from tests.integration.dsmb.meeting_steps import Board, make_board


@pytest.fixture
def board(trial) -> Board:
    return make_board(trial)


def refused(error: pytest.ExceptionInfo[ValidationError]) -> str:
    return " ".join(error.value.messages)


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


class TestVote:
    def test_vote_does_not_close_without_a_quorum(self, board):
        board.open()
        board.attend(board.chair, board.ada)
        board.attend(board.grace, presence=Presence.ABSENT)
        board.state_none(board.chair, board.ada)
        board.close_doors()
        board.put_motion()
        board.vote(board.chair, "continue")
        board.vote(board.ada, "continue")

        with pytest.raises(ValidationError) as error:
            board.close_vote()

        assert "2 members make decisions here, and the charter asks for 3" in refused(error)
        assert board.state == "voting"

    def test_excused_member_leaves_the_quorum_and_the_count(self, board):
        board.gather()
        board.attend(board.alan, presence=Presence.ABSENT)
        board.declare(board.grace)
        board.put_motion()
        for one, choice in ((board.chair, "continue"), (board.ada, "continue"), (board.grace, "stop")):
            board.vote(one, choice)

        meetings.excuse_member(
            meeting=board.meeting,
            member=board.grace,
            by=board.chair,
            at=board.now(),
            reason="supplies the cells",
        )

        with pytest.raises(ValidationError, match="2 members make decisions here"):
            board.close_vote()
        board.attend(board.alan)
        board.vote(board.alan, "continue")
        motion = board.close_vote()
        assert motion.counts == {"continue": 3}
        assert board.grace.pk not in motion.voters

    def test_member_without_a_declared_conflict_is_not_excused(self, board):
        board.gather()

        with pytest.raises(ValidationError, match="declared a conflict"):
            meetings.excuse_member(
                meeting=board.meeting, member=board.ada, by=board.chair, at=board.now(), reason="inconvenient"
            )

    def test_vote_does_not_close_while_somebody_present_has_not_voted(self, board):
        board.gather()
        board.put_motion()
        for one in (board.chair, board.ada, board.grace):
            board.vote(one, "continue")

        with pytest.raises(ValidationError, match="1 of those who may vote"):
            board.close_vote()

        board.vote(board.alan, "abstain")
        assert board.close_vote().decided == "continue"

    def test_absent_member_does_not_vote(self, board):
        board.gather()
        board.attend(board.ada, presence=Presence.ABSENT)
        board.put_motion()

        with pytest.raises(ValidationError, match="recorded as present"):
            board.vote(board.ada, "stop")

    def test_member_states_conflicts_before_voting(self, board):
        board.open()
        board.attend(*board.everybody)
        board.close_doors()
        board.put_motion()

        with pytest.raises(ValidationError, match="conflicts of interest first"):
            board.vote(board.ada, "continue")

    def test_board_votes_behind_closed_doors_only(self, board):
        board.open()

        with pytest.raises(ValidationError, match="closed session"):
            board.put_motion()

    def test_changed_vote_is_the_next_version_of_the_same_vote(self, board):
        board.gather()
        board.put_motion()
        board.vote(board.ada, "continue")

        board.vote(board.ada, "stop", "Too many deaths.")

        with unsealed(board.trial):
            vote = BoardVote.objects.get(member=board.ada)
            earlier = Entry.objects.filter(table_name="dsmb_boardvote", row_id=vote.pk, change="INSERT").get()
        assert (vote.choice, vote.version, earlier.new["choice"]) == ("stop", 2, "continue")

    def test_vote_is_not_shown_before_the_vote_is_closed(self, board):
        board.gather()
        board.put_motion()
        board.vote(board.ada, "stop")

        (motion,) = board.page().motions

        assert (motion.votes, motion.counts) == ((), ())

    def test_closed_vote_keeps_its_count_when_somebody_leaves_later(self, board):
        board.decide()
        before = board.page().motions[0].counts

        with pytest.raises(ValidationError):
            board.attend(board.alan, presence=Presence.ABSENT)

        assert (
            board.page().motions[0].counts == before == (("Continue unmodified", 3), ("Suspend enrolment", 1))
        )

    def test_vote_that_decides_nothing_leads_back_to_the_discussion(self, board):
        board.gather()
        board.put_motion()
        for one, choice in zip(board.everybody, ("continue", "stop", "pause", "modify"), strict=True):
            board.vote(one, choice)
        board.close_vote()

        with pytest.raises(ValidationError, match="decided nothing"):
            board.recommend()

        voting.resume_discussion(meeting=board.meeting, by=board.chair, at=board.now(), reason="four options")
        board.put_motion("Continue or pause?")
        assert [motion.row.number for motion in board.page().motions] == [1, 2]

    def test_choice_outside_the_charters_list_is_refused(self, board):
        board.gather()
        board.put_motion()

        with pytest.raises(ValidationError, match="not on the charter"):
            board.vote(board.ada, "celebrate")


class TestWithoutACharter:
    """A protocol that states nothing of its board."""

    @pytest.fixture
    def board(self, db) -> Board:
        content = {"board": {"source": "states nothing"}}
        return make_board(make_board_trial(**content))

    def test_quorum_needs_the_chairs_reason_and_the_rule_the_chairs_words(self, board):
        board.gather()
        board.put_motion()
        for one in board.everybody:
            board.vote(one, "continue")

        with pytest.raises(ValidationError, match="the protocol states none"):
            board.close_vote()

        motion = board.close_vote("Everybody is here.")
        assert (motion.decided, motion.how, motion.quorum_required) == ("", "no_rule", None)
        board.recommend("continue")
        assert board.state == "recommended"

    def test_letter_asks_for_an_answer_without_a_day(self, board):
        board.gather()
        board.put_motion()
        for one in board.everybody:
            board.vote(one, "continue")
        board.close_vote("Everybody is here.")
        board.recommend("continue")
        board.minute(Session.OPEN)
        board.minute(Session.CLOSED)
        board.sign()

        assert board.send().answer_due_date is None


class TestRecommendation:
    def test_chair_cannot_record_what_the_board_did_not_decide(self, board):
        board.gather()
        board.put_motion()
        for one in board.everybody:
            board.vote(one, "stop")
        board.close_vote()

        with pytest.raises(ValidationError, match="Stop for harm"):
            board.recommend("continue")

    def test_conditions_that_name_a_coded_arm_are_refused(self, board):
        board.gather()
        board.put_motion()
        for one in board.everybody:
            board.vote(one, "modify")
        board.close_vote()

        with pytest.raises(ValidationError, match="arm A"):
            board.recommend("modify", "Lower the dose, since arm A has more arrests.")

        assert board.state == "voting"

    def test_open_minutes_that_name_a_coded_arm_are_refused(self, board):
        board.decide()

        with pytest.raises(ValidationError, match="names a coded arm"):
            board.minute(Session.OPEN, "The board compared arm A and arm B.")
        assert board.minute(Session.CLOSED, "The board compared arm A and arm B.").minutes_version == 1

    def test_minutes_are_drafted_from_what_was_recorded(self, board):
        board.decide(conditions="Report deaths weekly.")
        opened = board.minute(Session.OPEN).text
        closed = board.minute(Session.CLOSED).text

        assert "Ada: Present" in opened
        assert "Quorum: 4, 3 needed: met" in opened
        assert "Conditions: Report deaths weekly." in opened
        for secret in ("Votes", "Dissent", "conflict", "Safety by coded arm", "Arm A"):
            assert secret not in opened
        assert "Votes: Continue unmodified 3, Suspend enrolment 1" in closed
        assert "Dissent: Arm A has more deaths than chance explains." in closed

    def test_each_change_of_the_minutes_is_a_version(self, board):
        board.decide()
        board.minute(Session.OPEN, "first")
        board.minute(Session.OPEN, "second")
        board.minute(Session.OPEN, "second")

        with unsealed(board.trial):
            kept = MeetingMinutes.objects.filter(session="open").values_list("minutes_version", "text")
            assert sorted(kept) == [(1, "first"), (2, "second")]


class TestSignature:
    @pytest.fixture
    def minuted(self, board) -> Board:
        board.decide()
        board.minute(Session.OPEN)
        board.minute(Session.CLOSED)
        return board

    def test_signature_carries_name_time_meaning_and_hash(self, minuted):
        seen = minuted.seen()

        signature = minuted.sign()

        assert signature.printed_name == "Emmy Noether"
        assert signature.signed_at == minuted.at
        assert "right and complete" in signature.meaning
        assert signature.record_sha256 == seen

    def test_password_given_too_long_ago_signs_nothing(self, minuted):
        for given in (minuted.at - timedelta(minutes=5, seconds=1), minuted.at + timedelta(hours=1)):
            with pytest.raises(ValidationError, match="password again"):
                minuted.sign(authenticated_at=given)
        assert minuted.state == "recommended"

    def test_text_that_changed_since_it_was_read_is_not_signed(self, minuted):
        seen = minuted.seen()
        minuted.minute(Session.CLOSED, "A sentence more.")

        with pytest.raises(ValidationError, match="changed since you read it"):
            minuted.sign(seen_sha256=seen)

    def test_nothing_is_signed_without_both_minutes(self, board):
        board.decide()
        board.minute(Session.OPEN)

        with pytest.raises(ValidationError, match="open and the closed minutes"):
            recommending.sign_meeting(
                meeting=board.meeting, seen_sha256="", printed_name="Emmy", authenticated_at=board.at, by=board.chair,
                at=board.at,
            )  # fmt: skip
        assert board.state == "recommended"

    def test_a_name_is_printed_under_the_signature(self, minuted):
        with pytest.raises(ValidationError):
            minuted.sign(printed_name="  ")

    @pytest.mark.parametrize("change", ["open minutes", "closed minutes", "conditions"])
    def test_later_change_voids_the_signature_visibly(self, minuted, change):
        minuted.sign()

        if change == "conditions":
            recommending.amend_conditions(
                meeting=minuted.meeting,
                conditions="Weekly.",
                by=minuted.chair,
                at=minuted.now(),
                reason="forgot",
            )
        else:
            minuted.minute(Session(change.split()[0]), "Something else.")

        page = minuted.page()
        assert (page.meeting.state, page.signature) == ("recommended", None)
        assert page.signatures[0].void_reason == "The signed text was changed."
        with pytest.raises(ValidationError):
            minuted.send()
        assert minuted.sign().version == 1

    def test_same_text_again_leaves_the_signature_standing(self, minuted):
        minuted.sign()

        minuted.minute(Session.CLOSED, minuted.page().newest(Session.CLOSED).text)

        assert minuted.page().signature is not None

    def test_member_does_not_sign(self, minuted):
        with pytest.raises(PermissionDenied):
            minuted.sign(by=minuted.ada)

    def test_letter_is_not_sent_over_a_record_that_is_not_what_was_signed(self, minuted):
        minuted.sign()
        with unsealed(minuted.trial), connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('safety.actor_id', '1', true), set_config('safety.reason', 'x', true), "
                "set_config('safety.at', now()::text, true), set_config('safety.actor_label', 'x', true)"
            )
            cursor.execute("UPDATE dsmb_boardmeeting SET conditions = 'slipped in'")

        with pytest.raises(ValidationError, match="not what was signed"):
            minuted.send()

    def test_correction_after_the_letter_needs_a_new_signature_and_reaches_the_notice(self, minuted):
        minuted.sign()
        notice = minuted.send()
        minuted.minute(Session.OPEN, "Corrected.")

        assert MeetingNotice.objects.get(pk=notice.pk).open_minutes != "Corrected."
        minuted.sign()
        assert MeetingNotice.objects.get(pk=notice.pk).open_minutes == "Corrected."
        with unsealed(minuted.trial):
            assert MeetingSignature.objects.count() == 2
        assert minuted.state == "sent"


class TestComments:
    def comment(self, board, **changes):
        values = {"section": "deaths", "reply_to": None, "text": "Arm A?", "by": board.ada, "at": board.now()}
        return statements.write_comment(report=board.report, **(values | changes))

    def test_answer_to_an_answer_joins_the_thread(self, board):
        top = self.comment(board)
        answer = self.comment(board, reply_to=top, by=board.grace, section="")
        further = self.comment(board, reply_to=answer, section="ae_overview")

        assert further.reply_to_id == answer.reply_to_id == top.pk
        assert further.section == "deaths"

    def test_comment_is_taken_back_by_its_author_alone_and_stays(self, board):
        comment = self.comment(board)

        with pytest.raises(PermissionDenied):
            statements.void_comment(comment=comment, by=board.chair, at=board.now(), reason="off the point")
        statements.void_comment(comment=comment, by=board.ada, at=board.now(), reason="misread")

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
