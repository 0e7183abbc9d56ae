"""The acts of a meeting: one service call each, and the message afterwards."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from dsmb.choices import Session
from dsmb.queries.meetings import MeetingPage
from dsmb.services import conflicts, letters, meetings, recommending, voting

Perform = Callable[[MeetingPage, Any, User, datetime], str]


def open_meeting(page: MeetingPage, _form: Any, by: User, at: datetime) -> str:
    meetings.open_meeting(meeting=page.meeting, by=by, at=at)
    return _("The meeting is open. Next: who is there?")


def call_off(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    meetings.call_off_meeting(meeting=page.meeting, by=by, at=at, reason=form.cleaned_data["reason"])
    return _("The meeting is called off.")


def attendance(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    meetings.record_attendance(meeting=page.meeting, presences=form.presences(), by=by, at=at)
    return _("Attendance is recorded.")


def statement(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    answers = form.cleaned_data
    conflicts.state_conflict(
        meeting=page.meeting,
        has_conflict=answers["answer"] == "declared",
        text=answers["text"],
        by=by,
        at=at,
    )
    return _("Your statement is recorded.")


def excuse(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    meetings.excuse_member(
        meeting=page.meeting, member=form.chosen(), by=by, at=at, reason=form.cleaned_data["reason"]
    )
    return _("The member is excused from the vote and does not count for the quorum.")


def close_doors(page: MeetingPage, _form: Any, by: User, at: datetime) -> str:
    meetings.begin_closed_session(meeting=page.meeting, by=by, at=at)
    return _("The closed session has begun: only members are in the room.")


def put_motion(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    voting.put_motion(meeting=page.meeting, text=form.cleaned_data["text"], by=by, at=at)
    return _("The motion is put to the vote.")


def vote(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    answers = form.cleaned_data
    voting.cast_vote(meeting=page.meeting, choice=answers["choice"], dissent=answers["dissent"], by=by, at=at)
    return _("Your vote is recorded. You can change it until the vote is closed.")


def close_vote(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    note = form.cleaned_data.get("quorum_note", "")
    motion = voting.close_vote(meeting=page.meeting, quorum_note=note, by=by, at=at)
    words = {"decided": motion.get_decided_display() or _("nothing decided"), "how": motion.get_how_display()}
    return _("The vote is closed: %(decided)s, %(how)s.") % words


def resume(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    voting.resume_discussion(meeting=page.meeting, by=by, at=at, reason=form.cleaned_data["reason"])
    return _("The discussion goes on.")


def recommend(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    answers = form.cleaned_data
    recommending.record_recommendation(
        meeting=page.meeting,
        recommendation=answers["recommendation"],
        conditions=answers["conditions"],
        by=by,
        at=at,
    )
    return _("The recommendation is recorded. Next: the minutes.")


def conditions(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    answers = form.cleaned_data
    recommending.amend_conditions(
        meeting=page.meeting, conditions=answers["conditions"], by=by, at=at, reason=answers["reason"]
    )
    return _("The conditions are changed; a signature that stood has fallen.")


def minutes(session: Session) -> Perform:
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


def sign_meeting_record(page: MeetingPage, form: Any, by: User, at: datetime) -> str:
    """The form checked the password in this same request, which is the time of authentication."""
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


def send(page: MeetingPage, _form: Any, by: User, at: datetime) -> str:
    letters.send_letter(meeting=page.meeting, by=by, at=at)
    return _("The open letter is archived in English and French, and the sponsor is told.")
