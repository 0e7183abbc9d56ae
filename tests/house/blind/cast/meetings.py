"""The board's meetings: the published part is the same in every state, the closed session is not."""

from datetime import timedelta
from typing import Any

from dsmb.choices import Session
from dsmb.models import BoardMeeting, MeetingNotice, NoticeMessage
from dsmb.services import comments, sponsor_answers
from dsmb.services import meetings as planning
from reports.models import BoardReport
from tests.factories import make_user
from tests.house.blind.cast.base import CLOSED_WORD, NOW, SYSTEM, Cast
from tests.integration.dsmb.meeting_steps import Board


def meetings(cast: Cast) -> None:
    """The meeting on the look, from its plan to the sponsor's answer.

    And meetings out of turn, which stay in the room.
    """
    cast.users["sponsor"].refresh_from_db()
    board = _board(cast)
    _talk(cast, board)
    notice = _settle(cast, board)
    by: dict[str, Any] = {"by": cast.users["sponsor"], "at": NOW}
    sponsor_answers.answer_recommendation(notice=notice, answer="accepted", text="As recommended.", **by)
    cast.add_extra(notice)
    cast.everything.add(NoticeMessage.objects.earliest("pk"))
    _out_of_turn(cast)


def _board(cast: Cast) -> Board:
    trial, chair, ada = cast.everything.trial, cast.users["board_chair"], cast.users["board_member"]
    grace, alan = (make_user("board_member", trial=trial, username=name) for name in ("grace", "alan"))
    report = BoardReport.objects.get(pk=cast.everything.rows["reports.boardreport"])
    meeting = _plan(cast, [report], f"{CLOSED_WORD}: {cast.feared} at the look")
    return Board(trial, chair, ada, grace, alan, report, meeting, NOW - timedelta(minutes=49))


def _plan(cast: Cast, reports: list[BoardReport], reason: str) -> BoardMeeting:
    return planning.plan_meeting(
        trial=cast.everything.trial,
        reports=reports,
        planned_at=NOW - timedelta(minutes=49),
        closed_session_planned_at=None,
        guests="the coordinating investigator",
        agenda=[
            (Session.OPEN, "Conduct of the trial"),
            (Session.CLOSED, f"{CLOSED_WORD}: safety of {cast.feared}"),
        ],
        by=cast.users["board_chair"],
        at=SYSTEM["at"],
        reason=reason,
    )


def _talk(cast: Cast, board: Board) -> None:
    """Comments on the report; in some states more of them, which are voided."""
    said: dict[str, Any] = {"report": board.report, "section": "", "by": board.ada}
    text = f"{CLOSED_WORD}: {cast.feared} has more events."
    first = comments.write_comment(reply_to=None, text=text, at=board.now(), **said)
    for _number in range(cast.draw.extra):
        again = comments.write_comment(reply_to=first, text=text, at=board.at, **said)
        comments.void_comment(comment=again, by=board.ada, at=board.at, reason=text)


def _settle(cast: Cast, board: Board) -> MeetingNotice:
    """The same outcome from different votes: who dissents, who declares a conflict and is excused, and why."""
    dissenter, excused = cast.chance("votes").sample((board.ada, board.grace, board.alan), 2)
    board.open()
    board.attend(*board.everybody)
    board.state_none(*(one for one in board.everybody if one != excused))
    board.declare(excused, f"{CLOSED_WORD}: my department made {cast.feared}.")
    why = f"{CLOSED_WORD}: made {cast.feared}"
    planning.excuse_member(meeting=board.meeting, member=excused, by=board.chair, at=board.now(), reason=why)
    board.close_doors()
    board.put_motion(f"{CLOSED_WORD}: does the board stop {cast.feared}?")
    for one in board.everybody:
        if one == dissenter:
            board.vote(one, "pause", f"{CLOSED_WORD}: {cast.feared} has more deaths than chance explains.")
        elif one != excused:
            board.vote(one, "continue")
    board.close_vote("Those who are there know the trial.")
    board.recommend("continue", "Report every fall in pressure within a day.")
    board.minute(Session.OPEN, "The board heard the investigators and recommends to go on.")
    board.minute(Session.CLOSED, f"{CLOSED_WORD}: {cast.feared} was discussed at length.")
    board.sign()
    notice: MeetingNotice = board.send()
    return notice


def _out_of_turn(cast: Cast) -> None:
    """Meetings on the ad hoc report, in some states more of them, which are cancelled."""
    report = BoardReport.objects.get(pk=cast.extra["reports.boardreport"][0])
    by: dict[str, Any] = {"by": cast.users["board_chair"], "at": NOW, "reason": "Not needed."}
    for number in range(1 + cast.draw.extra):
        meeting = _plan(cast, [report], f"{CLOSED_WORD}: {cast.feared} cannot wait")
        if number:
            planning.call_off_meeting(meeting=meeting, **by)
