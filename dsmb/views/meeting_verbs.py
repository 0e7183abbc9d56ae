"""The verbs of a meeting: permission, condition, form, and the one service call."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.models import User
from dsmb import forms
from dsmb.choices import Decision, MeetingState, MeetingStep, Session
from dsmb.queries.meetings import MeetingPage
from dsmb.rules.meetings import BEFORE_THE_VOTE_ENDS, UNDER_WAY, next_state
from dsmb.views import meeting_acts as acts


@dataclass(frozen=True)
class MeetingVerb:
    """A page `<meeting>/<name>/`.

    `applies(page, user)` says whether it is possible now; `perform` returns the message.
    """

    name: str
    title: Promise
    button: Promise
    action: Action
    form: type[forms.PageForm]
    perform: acts.Perform
    applies: Callable[[MeetingPage, User], bool]
    hint: Promise | str = ""


def _can(step: MeetingStep) -> Callable[[MeetingPage, User], bool]:
    return lambda page, _user: next_state(page.state, step) is not None


def _vote_is_closed(page: MeetingPage) -> bool:
    return page.state == MeetingState.VOTING and page.open_motion is None


def _may_vote(page: MeetingPage, user: User) -> bool:
    member = page.member(user)
    return page.open_motion is not None and member is not None and member.seat.may_vote


def _has_minutes(page: MeetingPage) -> bool:
    return all(page.newest(session) is not None for session in Session)


CHAIR, MEMBER = Action.CHAIR_MEETING, Action.TAKE_PART_IN_MEETING

VERBS = (
    MeetingVerb(
        "open", _lazy("Open the meeting"), _lazy("Open the meeting"), CHAIR, forms.ConfirmForm, acts.open_meeting,
        _can(MeetingStep.OPEN),
        _lazy(
            "The open session begins. The first meeting on a planned look is announced by its date, "
            "any other one is not."
        ),
    ),
    MeetingVerb(
        "statement", _lazy("Conflict of interest"), _lazy("Make this statement"), MEMBER, forms.StatementForm,
        acts.statement, lambda page, _user: page.state in BEFORE_THE_VOTE_ENDS,
        _lazy("Each member states it at each meeting, and before voting."),
    ),
    MeetingVerb(
        "attendance", _lazy("Attendance"), _lazy("Record the attendance"), CHAIR, forms.AttendanceForm, acts.attendance,
        lambda page, _user: page.state in UNDER_WAY,
        _lazy("Whoever is not marked stays “not recorded”, and does not count for the quorum."),
    ),
    MeetingVerb(
        "closed-session", _lazy("Begin the closed session"), _lazy("Begin the closed session"), CHAIR,
        forms.ConfirmForm, acts.close_doors,
        lambda page, _user: page.state == MeetingState.IN_SESSION and page.meeting.closed_session_at is None,
        _lazy("The guests have left. From here on only members are in the room."),
    ),
    MeetingVerb(
        "excuse", _lazy("Excuse a member from the vote"), _lazy("Excuse from the vote"), CHAIR, forms.ExcuseForm,
        acts.excuse, lambda page, _user: page.state in UNDER_WAY and bool(forms.excusable(page)),
        _lazy("Only members with a declared conflict of interest can be excused."),
    ),
    MeetingVerb(
        "motion", _lazy("Put a motion to the vote"), _lazy("Put to the vote"), CHAIR, forms.MotionForm, acts.put_motion,
        lambda page, _user: (
            page.state == MeetingState.IN_SESSION and page.meeting.closed_session_at is not None
        ),
    ),
    MeetingVerb(
        "vote", _lazy("Vote"), _lazy("Vote"), MEMBER, forms.VoteForm, acts.vote, _may_vote,
        _lazy("Votes are seen by members, and only once the vote is closed. Nobody else learns who voted how."),
    ),
    MeetingVerb(
        "close-vote", _lazy("Close the vote"), _lazy("Close the vote"), CHAIR, forms.CloseVoteForm, acts.close_vote,
        lambda page, _user: page.open_motion is not None,
        _lazy("It closes when the quorum is there and everybody who may vote has voted or abstained."),
    ),
    MeetingVerb(
        "recommend", _lazy("Record the recommendation"), _lazy("Record the recommendation"), CHAIR,
        forms.RecommendForm, acts.recommend,
        lambda page, _user: (
            _vote_is_closed(page)
            and page.last_motion is not None
            and page.last_motion.row.how != Decision.NO_MAJORITY
        ),
    ),
    MeetingVerb(
        "resume", _lazy("Go back to the discussion"), _lazy("Go back to the discussion"), CHAIR, forms.ReasonForm,
        acts.resume, lambda page, _user: _vote_is_closed(page),
    ),
    MeetingVerb(
        "open-minutes", _lazy("Open minutes"), _lazy("Keep this version"), CHAIR, forms.MinutesForm,
        acts.minutes(Session.OPEN), _can(MeetingStep.AMEND),
        _lazy("They go out with the letter: no arm, no result by arm. Each change is a new version; a signature falls."),
    ),
    MeetingVerb(
        "closed-minutes", _lazy("Closed minutes"), _lazy("Keep this version"), CHAIR, forms.MinutesForm,
        acts.minutes(Session.CLOSED), _can(MeetingStep.AMEND),
        _lazy("Only members read them. Each change is a new version; a signature falls."),
    ),
    MeetingVerb(
        "conditions", _lazy("Change the conditions"), _lazy("Change the conditions"), CHAIR, forms.ConditionsForm,
        acts.conditions, lambda page, _user: page.state in (MeetingState.RECOMMENDED, MeetingState.SIGNED),
    ),
    MeetingVerb(
        "sign", _lazy("Sign"), _lazy("Sign recommendation and minutes"), CHAIR, forms.SignMeetingForm,
        acts.sign_meeting_record,
        lambda page, _user: (
            next_state(page.state, MeetingStep.SIGN) is not None
            and page.signature is None
            and _has_minutes(page)
        ),
        _lazy(
            "Your signature says: I chaired this meeting; the recommendation and the minutes are right and complete."
        ),
    ),
    MeetingVerb(
        "send", _lazy("Send the open letter"), _lazy("Send the open letter"), CHAIR, forms.ConfirmForm, acts.send,
        _can(MeetingStep.SEND),
        _lazy(
            "Sponsor and investigators can then read recommendation, conditions and open minutes. "
            "It cannot be taken back."
        ),
    ),
    MeetingVerb(
        "call-off", _lazy("Call the meeting off"), _lazy("Call the meeting off"), CHAIR, forms.ReasonForm, acts.call_off,
        _can(MeetingStep.CALL_OFF),
    ),
)  # fmt: skip
BY_NAME = {verb.name: verb for verb in VERBS}
