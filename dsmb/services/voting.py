"""The vote: a motion, one vote per member, and its end, which needs a quorum and a vote or abstention of each member."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.queries import user_ids_with
from audit.choices import standing_reason
from audit.services import first_version, next_version
from dsmb.choices import ABSTAIN, MeetingState, MeetingStep
from dsmb.models import Attendance, BoardMeeting, BoardMotion, BoardVote, ConflictStatement
from dsmb.queries.charter import charter_of
from dsmb.rules.meetings import Quorum, Seat, quorum_of
from dsmb.rules.voting import Ballot, outcome_of
from dsmb.services.closed_session import keep_meeting, locked_meeting, take_step
from partial_dates import local_date
from reports.choices import Recommendation
from trials.rules.protocol import BoardCharter

PUT = standing_reason("A motion was put to the vote.")
VOTED = standing_reason("A member voted.")
CLOSED = standing_reason("The vote was closed.")


def put_motion(*, meeting: BoardMeeting, text: str, by: User, at: datetime) -> BoardMotion:
    """Put a motion to the vote, in the closed session."""
    opening = locked_meeting(meeting=meeting, by=by, action=Action.CHAIR_MEETING, at=at, reason=PUT)
    with opening as row:
        if row.closed_session_at is None:
            raise ValidationError(_("Motion: the board votes in the closed session; begin it first."))
        take_step(row, MeetingStep.PUT_MOTION)
        keep_meeting(row, at=at)
        number = 1 + BoardMotion.objects.filter(meeting=row).count()
        motion = BoardMotion(trial_id=row.trial_id, meeting=row, number=number, text=text, put_at=at)
        first_version(motion, at=at)
        motion.full_clean()
        motion.save()
        return motion


def cast_vote(*, meeting: BoardMeeting, choice: str, dissent: str, by: User, at: datetime) -> BoardVote:
    """Vote on the open motion; voting again while it is open is the next version of the same vote."""
    opening = locked_meeting(meeting=meeting, by=by, action=Action.TAKE_PART_IN_MEETING, at=at, reason=VOTED)
    with opening as row:
        motion = _open_motion(row)
        _require_voter(row, by)
        _require_offered(charter_in_force(row), choice)
        vote = BoardVote.objects.filter(motion=motion, member=by).first()
        if vote is None:
            vote = BoardVote(trial_id=row.trial_id, motion=motion, member=by)
            first_version(vote, at=at)
        else:
            next_version(vote, at=at)
        vote.choice, vote.dissent, vote.cast_at = choice, dissent.strip(), at
        vote.full_clean()
        vote.save()
        return vote


def close_vote(*, meeting: BoardMeeting, quorum_note: str, by: User, at: datetime) -> BoardMotion:
    """End the vote and count it by the charter.

    Raises ValidationError without a quorum, or while a vote is missing.

    Where the protocol states no quorum, the chair gives in `quorum_note` the reason why the members present may decide.
    """
    opening = locked_meeting(meeting=meeting, by=by, action=Action.CHAIR_MEETING, at=at, reason=CLOSED)
    with opening as row:
        charter = charter_in_force(row)
        seats = seats_of(row)
        motion = _open_motion(row)
        quorum = quorum_of(seats, charter.quorum)
        _require_quorum(quorum, quorum_note)
        ballots = _ballots(motion, seats)
        _require_complete(seats, ballots)
        outcome = outcome_of(ballots, voting_rule=charter.voting_rule, tie_rule=charter.tie_rule)
        motion.closed_at, motion.decided, motion.how = at, outcome.decided, outcome.how
        motion.counts, motion.voters = dict(outcome.counts), sorted(ballot.member_id for ballot in ballots)
        motion.quorum_counted, motion.quorum_required = quorum.counted, quorum.required
        motion.quorum_note = quorum_note.strip()
        next_version(motion, at=at)
        motion.full_clean()
        motion.save()
        return motion


def resume_discussion(*, meeting: BoardMeeting, by: User, at: datetime, reason: str) -> BoardMeeting:
    """Go back from a closed vote to the discussion, for example when no option had a majority."""
    with locked_meeting(meeting=meeting, by=by, action=Action.CHAIR_MEETING, at=at, reason=reason) as row:
        if BoardMotion.objects.filter(meeting=row, closed_at=None).exists():
            raise ValidationError(_("Discussion: close the vote first."))
        take_step(row, MeetingStep.RESUME)
        return keep_meeting(row, at=at)


def charter_in_force(meeting: BoardMeeting) -> BoardCharter:
    """The charter on the planned day of the meeting, so that an amendment does not change a meeting half-way."""
    return charter_of(meeting.trial, on=local_date(meeting.planned_at, meeting.trial.timezone))


def seats_of(meeting: BoardMeeting) -> tuple[Seat, ...]:
    """Attendance and excuses of the members. Needs an open clearance."""
    rows = Attendance.objects.filter(meeting=meeting).values_list("member_id", "presence", "excused_at")
    return tuple(Seat(member, presence, excused is not None) for member, presence, excused in rows)


def _open_motion(meeting: BoardMeeting) -> BoardMotion:
    motion = BoardMotion.objects.filter(meeting=meeting, closed_at=None).first()
    if meeting.state != MeetingState.VOTING or motion is None:
        raise ValidationError(_("Vote: no motion is put to the vote now."))
    return motion


def _require_voter(meeting: BoardMeeting, member: User) -> None:
    if not any(seat.may_vote for seat in seats_of(meeting) if seat.member_id == member.pk):
        raise ValidationError(_("Vote: members vote who are recorded as present and are not excused."))
    if not ConflictStatement.objects.filter(meeting=meeting, member=member).exists():
        raise ValidationError(_("Vote: make your statement on conflicts of interest first."))


def _require_offered(charter: BoardCharter, choice: str) -> None:
    offered = {*(charter.recommendations or Recommendation.values), ABSTAIN}
    if choice not in offered:
        message = _("Vote: %(choice)s is not on the charter's list of recommendations.")
        raise ValidationError({"choice": message % {"choice": choice}})


def _require_quorum(quorum: Quorum, note: str) -> None:
    if quorum.is_met is False:
        message = _("Quorum: %(counted)s members make decisions here, and the charter asks for %(required)s.")
        raise ValidationError(message % {"counted": quorum.counted, "required": quorum.required})
    if quorum.is_met is None and not note.strip():
        message = _("Quorum: the protocol states none; say why those who are there may decide.")
        raise ValidationError({"quorum_note": message})


def _ballots(motion: BoardMotion, seats: tuple[Seat, ...]) -> tuple[Ballot, ...]:
    """The votes of those who may vote now: members excused or gone since are not counted."""
    voters = {seat.member_id for seat in seats if seat.may_vote}
    chairs = set(user_ids_with(Action.CHAIR_MEETING, trial_code=motion.trial.code))
    rows = BoardVote.objects.filter(motion=motion, member__in=voters).values_list("member_id", "choice")
    return tuple(Ballot(member, choice, is_chair=member in chairs) for member, choice in rows)


def _require_complete(seats: tuple[Seat, ...], ballots: tuple[Ballot, ...]) -> None:
    missing = {seat.member_id for seat in seats if seat.may_vote} - {ballot.member_id for ballot in ballots}
    if missing or not ballots:
        message = _("Vote: %(missing)s of those who may vote have neither voted nor abstained.")
        raise ValidationError(message % {"missing": len(missing)})
