"""From the closed vote to the signed letter: recommendation, minutes, signature, and everything that is refused."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from dsmb.choices import Session
from dsmb.models import (
    MeetingMinutes,
    MeetingNotice,
    MeetingSignature,
)
from dsmb.services import recommending
from tests.factories import unsealed
from tests.integration.dsmb.meeting_steps import Board, make_board
from tests.plugins.shared_rows import shared_rows


@shared_rows
def board(trial) -> Board:
    return make_board(trial)


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

        with pytest.raises(ValidationError, match="names an arm"):
            board.minute(Session.OPEN, "The board compared arm A and arm B.")
        with pytest.raises(ValidationError, match="placebo group"):
            board.minute(Session.OPEN, "The board looked at the placebo group.")
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
