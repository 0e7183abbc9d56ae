"""What can be done in a meeting: who may, when it makes sense, what it asks, and the one service call."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.models import User
from dsmb import forms
from dsmb.choices import Decision, MeetingState, MeetingStep, Session
from dsmb.queries.meetings import MeetingPage
from dsmb.rules.meetings import BEFORE_THE_VOTE_ENDS, UNDER_WAY, next_state
from dsmb.services import letters, meetings, recommending, statements, voting

Perform = Callable[[MeetingPage, Any, User, datetime], str]


@dataclass(frozen=True)
class MeetingVerb:
    """A page `<meeting>/<name>/`. `applies(page, user)` says whether it makes sense now; `perform` says what happened."""

    name: str
    title: Promise
    button: Promise
    action: Action
    form: type[forms.PageForm]
    perform: Perform
    applies: Callable[[MeetingPage, User], bool]
    hint: Promise | str = ""


def _open(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    meetings.open_meeting(meeting=page.meeting, by=by, at=at)
    return _("The meeting is open. Next: who is there?")


def _call_off(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    meetings.call_off_meeting(meeting=page.meeting, by=by, at=at, reason=form.cleaned_data["reason"])
    return _("The meeting is called off.")


def _attendance(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    meetings.record_attendance(meeting=page.meeting, presences=form.presences(), by=by, at=at)
    return _("Attendance is recorded.")


def _statement(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    answers = form.cleaned_data
    statements.state_conflict(
        meeting=page.meeting,
        has_conflict=answers["answer"] == "declared",
        text=answers["text"],
        by=by,
        at=at,
    )
    return _("Your statement is recorded.")


def _excuse(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    meetings.excuse_member(
        meeting=page.meeting, member=form.chosen(), by=by, at=at, reason=form.cleaned_data["reason"]
    )
    return _("The member is excused from the vote and does not count for the quorum.")


def _close_doors(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    meetings.begin_closed_session(meeting=page.meeting, by=by, at=at)
    return _("The closed session has begun: only members are in the room.")


def _put_motion(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    voting.put_motion(meeting=page.meeting, text=form.cleaned_data["text"], by=by, at=at)
    return _("The motion is put to the vote.")


def _vote(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    answers = form.cleaned_data
    voting.cast_vote(
        meeting=page.meeting, choice=answers["choice"], dissent=answers["dissent"], by=by, at=at
    )
    return _("Your vote is recorded. You can change it until the vote is closed.")


def _close_vote(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    note = form.cleaned_data.get("quorum_note", "")
    motion = voting.close_vote(meeting=page.meeting, quorum_note=note, by=by, at=at)
    words = {"decided": motion.get_decided_display() or _("nothing decided"), "how": motion.get_how_display()}
    return _("The vote is closed: %(decided)s, %(how)s.") % words


def _resume(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    voting.resume_discussion(meeting=page.meeting, by=by, at=at, reason=form.cleaned_data["reason"])
    return _("The discussion goes on.")


def _recommend(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    answers = form.cleaned_data
    recommending.record_recommendation(
        meeting=page.meeting,
        recommendation=answers["recommendation"],
        conditions=answers["conditions"],
        by=by,
        at=at,
    )
    return _("The recommendation is recorded. Next: the minutes.")


def _conditions(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    answers = form.cleaned_data
    recommending.amend_conditions(
        meeting=page.meeting, conditions=answers["conditions"], by=by, at=at, reason=answers["reason"]
    )
    return _("The conditions are changed; a signature that stood has fallen.")


def _minutes(session: Session) -> Perform:
    def perform(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
        answers = form.cleaned_data
        kept = recommending.write_minutes(
            meeting=page.meeting,
            session=session,
            text=answers["text"].replace("\r\n", "\n"),
            by=by,
            at=at,
            reason=answers["reason"],
        )
        return _("Version %(version)s of the minutes is kept.") % {"version": kept.minutes_version}

    return perform


def _sign(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    """The password was checked by the form in this very request: that is the moment of authentication."""
    answers = form.cleaned_data
    recommending.sign_meeting(
        meeting=page.meeting,
        seen_sha256=answers["seen_sha256"],
        printed_name=answers["printed_name"],
        authenticated_at=at,
        by=by,
        at=at,
    )
    return _("Signed. A later change voids the signature and asks for a new one.")


def _send(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    letters.send_letter(meeting=page.meeting, by=by, at=at)
    return _("The open letter is archived in English and French, and the sponsor is told.")


def _can(step: MeetingStep) -> Callable[[MeetingPage, User], bool]:
    return lambda page, user: next_state(page.state, step) is not None


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
        "open", _lazy("Open the meeting"), _lazy("Open the meeting"), CHAIR, forms.ConfirmForm, _open,
        _can(MeetingStep.OPEN),
        _lazy("The open session begins. A meeting on a planned look is announced by its date, an ad hoc one is not."),
    ),
    MeetingVerb(
        "statement", _lazy("Conflict of interest"), _lazy("Make this statement"), MEMBER, forms.StatementForm,
        _statement, lambda page, user: page.state in BEFORE_THE_VOTE_ENDS,
        _lazy("Each member states it at each meeting, and before voting."),
    ),
    MeetingVerb(
        "attendance", _lazy("Attendance"), _lazy("Record the attendance"), CHAIR, forms.AttendanceForm, _attendance,
        lambda page, user: page.state in UNDER_WAY,
        _lazy("Whoever is not marked stays “not recorded”, and does not count for the quorum."),
    ),
    MeetingVerb(
        "closed-session", _lazy("Begin the closed session"), _lazy("Begin the closed session"), CHAIR,
        forms.ConfirmForm, _close_doors,
        lambda page, user: page.state == MeetingState.IN_SESSION and page.meeting.closed_session_at is None,
        _lazy("The guests have left. From here on only members are in the room."),
    ),
    MeetingVerb(
        "excuse", _lazy("Excuse a member from the vote"), _lazy("Excuse from the vote"), CHAIR, forms.ExcuseForm,
        _excuse, lambda page, user: page.state in UNDER_WAY and bool(forms.excusable(page)),
        _lazy("Only members with a declared conflict of interest can be excused."),
    ),
    MeetingVerb(
        "motion", _lazy("Put a motion to the vote"), _lazy("Put to the vote"), CHAIR, forms.MotionForm, _put_motion,
        lambda page, user: (
            page.state == MeetingState.IN_SESSION and page.meeting.closed_session_at is not None
        ),
    ),
    MeetingVerb(
        "vote", _lazy("Vote"), _lazy("Vote"), MEMBER, forms.VoteForm, _vote, _may_vote,
        _lazy("Votes are seen by members, and only once the vote is closed. Nobody else learns who voted how."),
    ),
    MeetingVerb(
        "close-vote", _lazy("Close the vote"), _lazy("Close the vote"), CHAIR, forms.CloseVoteForm, _close_vote,
        lambda page, user: page.open_motion is not None,
        _lazy("It closes when the quorum is there and everybody who may vote has voted or abstained."),
    ),
    MeetingVerb(
        "recommend", _lazy("Record the recommendation"), _lazy("Record the recommendation"), CHAIR,
        forms.RecommendForm, _recommend,
        lambda page, user: (
            _vote_is_closed(page)
            and page.last_motion is not None
            and page.last_motion.row.how != Decision.NO_MAJORITY
        ),
    ),
    MeetingVerb(
        "resume", _lazy("Go back to the discussion"), _lazy("Go back to the discussion"), CHAIR, forms.ReasonForm,
        _resume, lambda page, user: _vote_is_closed(page),
    ),
    MeetingVerb(
        "open-minutes", _lazy("Open minutes"), _lazy("Keep this version"), CHAIR, forms.MinutesForm,
        _minutes(Session.OPEN), _can(MeetingStep.AMEND),
        _lazy("They go out with the letter: no arm, no result by arm. Each change is a new version; a signature falls."),
    ),
    MeetingVerb(
        "closed-minutes", _lazy("Closed minutes"), _lazy("Keep this version"), CHAIR, forms.MinutesForm,
        _minutes(Session.CLOSED), _can(MeetingStep.AMEND),
        _lazy("Only members read them. Each change is a new version; a signature falls."),
    ),
    MeetingVerb(
        "conditions", _lazy("Change the conditions"), _lazy("Change the conditions"), CHAIR, forms.ConditionsForm,
        _conditions, lambda page, user: page.state in (MeetingState.RECOMMENDED, MeetingState.SIGNED),
    ),
    MeetingVerb(
        "sign", _lazy("Sign"), _lazy("Sign recommendation and minutes"), CHAIR, forms.SignForm, _sign,
        lambda page, user: (
            next_state(page.state, MeetingStep.SIGN) is not None
            and page.signature is None
            and _has_minutes(page)
        ),
        _lazy(
            "Your signature says: I chaired this meeting; the recommendation and the minutes are right and complete."
        ),
    ),
    MeetingVerb(
        "send", _lazy("Send the open letter"), _lazy("Send the open letter"), CHAIR, forms.ConfirmForm, _send,
        _can(MeetingStep.SEND),
        _lazy(
            "Sponsor and investigators can then read recommendation, conditions and open minutes. "
            "It cannot be taken back."
        ),
    ),
    MeetingVerb(
        "call-off", _lazy("Call the meeting off"), _lazy("Call the meeting off"), CHAIR, forms.ReasonForm, _call_off,
        _can(MeetingStep.CALL_OFF),
    ),
)  # fmt: skip
BY_NAME = {verb.name: verb for verb in VERBS}
