"""The vote of a meeting: voters, times, rules, and the stored votes."""

import pytest
from django.core.exceptions import ValidationError

from audit.models import Entry
from dsmb.choices import Presence, Session
from dsmb.models import (
    BoardVote,
)
from dsmb.services import meetings, voting
from tests.factories import unsealed
from tests.integration.dsmb.meeting_steps import Board, make_board, refused
from tests.integration.reports.board_trials import make_board_trial


@pytest.fixture
def board(trial) -> Board:
    return make_board(trial)


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
    """A protocol without a charter."""

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
