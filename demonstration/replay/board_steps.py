"""The board of the demonstration: the look at 20 is discussed and answered; the look at 40 is being voted on."""

from datetime import datetime, timedelta

from accounts.choices import Action, Role
from accounts.models import User
from demonstration.replay.staff import FURTHER_BOARD_MEMBERS, Staff
from dsmb.choices import Answer, Presence, Session
from dsmb.models import BoardMeeting
from dsmb.services.closed_session import closed_room
from dsmb.services.comments import write_comment
from dsmb.services.conflicts import state_conflict
from dsmb.services.letters import send_letter
from dsmb.services.meetings import begin_closed_session, open_meeting, plan_meeting, record_attendance
from dsmb.services.recommending import (
    record_recommendation,
    record_sha256,
    sign_meeting,
    write_minutes,
)
from dsmb.services.sponsor_answers import answer_recommendation
from dsmb.services.voting import cast_vote, close_vote, put_motion
from reports.choices import Recommendation
from reports.models import BoardReport
from trials.models import Trial

ANSWERED_LOOK, LOOK_AT_THE_VOTE = 20, 40
WAIT = timedelta(days=7)
MINUTE = timedelta(minutes=1)
AGENDA = [
    (Session.OPEN, "Statements on conflicts of interest"),
    (Session.OPEN, "Conduct of the trial: enrolment, data quality, overdue data (open report)"),
    (Session.CLOSED, "Safety and results by coded arm (closed report)"),
    (Session.CLOSED, "Recommendation: motion, vote, conditions"),
]
QUESTION = "What does the board recommend for the trial?"


def hold_meetings(*, trial: Trial, staff: Staff, now: datetime) -> None:
    """Both meetings, where their reports exist."""
    looks = {report.look: report for report in BoardReport.objects.ready().filter(trial=trial)}
    board = (
        staff.of(Role.BOARD_CHAIR),
        staff.of(Role.BOARD_MEMBER),
        *User.objects.filter(username__in=FURTHER_BOARD_MEMBERS).order_by("username"),
    )
    if report := looks.get(ANSWERED_LOOK):
        at = min((report.ready_at or now) + WAIT, now - WAIT)
        _settle(trial, report, board, staff.of(Role.SPONSOR), at)
    if report := looks.get(LOOK_AT_THE_VOTE):
        _begin_to_vote(trial, report, board, now - 40 * MINUTE)


def _gather(trial: Trial, report: BoardReport, board: tuple[User, ...], at: datetime) -> BoardMeeting:
    """Planned, opened, all members present and without conflict, in the closed session, with a motion."""
    chair = board[0]
    meeting = plan_meeting(
        trial=trial,
        reports=[report],
        planned_at=at,
        closed_session_planned_at=at + 20 * MINUTE,
        guests="",
        agenda=AGENDA,
        by=chair,
        at=at - WAIT,
        reason=f"Planned look at {report.look} enrolled",
    )
    open_meeting(meeting=meeting, by=chair, at=at)
    presences = {one.pk: Presence.PRESENT for one in board[:-1]} | {board[-1].pk: Presence.REMOTE}
    record_attendance(meeting=meeting, presences=presences, by=chair, at=at + 2 * MINUTE)
    for one in board:
        state_conflict(meeting=meeting, has_conflict=False, text="", by=one, at=at + 4 * MINUTE)
    begin_closed_session(meeting=meeting, by=chair, at=at + 20 * MINUTE)
    put_motion(meeting=meeting, text=QUESTION, by=chair, at=at + 30 * MINUTE)
    return meeting


def _begin_to_vote(trial: Trial, report: BoardReport, board: tuple[User, ...], at: datetime) -> None:
    """The two further members have voted; chair and member, whose accounts can sign in, have not."""
    first = write_comment(
        report=report,
        section="ae_overview",
        reply_to=None,
        text="Are the events after day 14 complete for everybody who was enrolled last?",
        by=board[2],
        at=at,
    )
    write_comment(
        report=report,
        section="",
        reply_to=first,
        text="See “What is missing” on page one.",
        by=board[3],
        at=at + MINUTE,
    )
    meeting = _gather(trial, report, board, at)
    cast_vote(meeting=meeting, choice=Recommendation.CONTINUE, dissent="", by=board[2], at=at + 33 * MINUTE)
    cast_vote(
        meeting=meeting,
        choice=Recommendation.MORE_DATA,
        dissent="I would wait for day 28 of the last participant.",
        by=board[3],
        at=at + 34 * MINUTE,
    )


def _settle(trial: Trial, report: BoardReport, board: tuple[User, ...], sponsor: User, at: datetime) -> None:
    """From the opening to the sponsor's answer."""
    chair = board[0]
    meeting = _gather(trial, report, board, at)
    for one in board:
        cast_vote(meeting=meeting, choice=Recommendation.CONTINUE, dissent="", by=one, at=at + 33 * MINUTE)
    close_vote(meeting=meeting, quorum_note="", by=chair, at=at + 36 * MINUTE)
    record_recommendation(
        meeting=meeting,
        recommendation=Recommendation.CONTINUE,
        conditions="Overdue day 14 data are listed weekly until the next look.",
        by=chair,
        at=at + 40 * MINUTE,
    )
    _minute_and_sign(trial, meeting, chair, at + 60 * MINUTE)
    notice = send_letter(meeting=meeting, by=chair, at=at + 70 * MINUTE)
    answer_recommendation(
        notice=notice,
        answer=Answer.ACCEPTED,
        text="The trial continues; the weekly listing has begun.",
        by=sponsor,
        at=at + timedelta(days=2),
    )


def _minute_and_sign(trial: Trial, meeting: BoardMeeting, chair: User, at: datetime) -> None:
    texts = {
        Session.OPEN: "The board met about the look at 20 enrolled. All members were there.",
        Session.CLOSED: "The closed report was discussed. The vote was unanimous.",
    }
    kept = {
        session: write_minutes(
            meeting=meeting, session=session, text=text, by=chair, at=at, reason="minutes of the meeting"
        )
        for session, text in texts.items()
    }
    with closed_room(trial=trial, by=chair, action=Action.CHAIR_MEETING, at=at):
        stands = BoardMeeting.objects.select_related("trial").get(pk=meeting.pk)
        seen = record_sha256(stands, kept[Session.OPEN], kept[Session.CLOSED])
    sign_meeting(
        meeting=meeting,
        seen_sha256=seen,
        printed_name="The chair of the demonstration",
        authenticated_at=at,
        by=chair,
        at=at,
    )
