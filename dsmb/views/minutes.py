"""Minutes drafted from the records, in the chair's language; the chair edits and signs them.

The open draft has nothing about votes, conflicts of interest or the closed session, because it is published.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dsmb.choices import Session
from dsmb.queries.meetings import MeetingPage, Member, Motion
from reports.models import BoardReport


def drafted_minutes(page: MeetingPage, session: Session) -> str:
    """The draft of one session's minutes: plain text, a paragraph per line."""
    lines = _open_lines(page) if session == Session.OPEN else _closed_lines(page)
    return "\n".join(lines)


def _open_lines(page: MeetingPage) -> Iterator[str]:
    yield _("Open minutes, board of %(trial)s") % {"trial": page.trial.code}
    yield _("Opened: %(moment)s") % {"moment": _moment(page.meeting.opened_at)}
    yield from _attendance(page.members)
    if page.meeting.guests:
        yield _("Guests of the open session: %(guests)s") % {"guests": page.meeting.guests}
    yield _quorum(page)
    yield from (_report(report) for report in page.reports)
    yield from _agenda(page, Session.OPEN)
    if page.meeting.recommendation:
        yield _("Recommendation: %(text)s") % {"text": page.meeting.get_recommendation_display()}
    if page.meeting.conditions:
        yield _("Conditions: %(text)s") % {"text": page.meeting.conditions}


def _closed_lines(page: MeetingPage) -> Iterator[str]:
    yield _("Closed minutes, board of %(trial)s; for members only") % {"trial": page.trial.code}
    yield _("Closed session: %(moment)s") % {"moment": _moment(page.meeting.closed_session_at)}
    yield from _attendance(page.members)
    yield _quorum(page)
    yield from (_statement(member) for member in page.members)
    yield from _agenda(page, Session.CLOSED)
    for motion in page.motions:
        yield from _motion(motion)
    if page.meeting.recommendation:
        yield _("Recommendation: %(text)s") % {"text": page.meeting.get_recommendation_display()}


def _attendance(members: Iterable[Member]) -> Iterator[str]:
    for member in members:
        chair = _("chair")
        name = f"{member.name} ({chair})" if member.is_chair else member.name
        presence = member.presence_label or _("attendance not recorded")
        yield f"{name}: {presence}"


def _quorum(page: MeetingPage) -> str:
    quorum = page.quorum
    if quorum.required is None:
        return _("Quorum: not stated in the protocol; %(counted)s members made decisions") % {
            "counted": quorum.counted
        }
    words = {"counted": quorum.counted, "required": quorum.required}
    if quorum.is_met:
        return _("Quorum: %(counted)s, %(required)s needed: met") % words
    return _("Quorum: %(counted)s, %(required)s needed: not met") % words


def _report(report: BoardReport) -> str:
    words = {
        "number": report.number,
        "version": report.report_version,
        "cutoff": _moment(report.data_cutoff_at),
    }
    return _("Report %(number)s, version %(version)s, data to %(cutoff)s") % words


def _agenda(page: MeetingPage, session: Session) -> Iterator[str]:
    items = [item.text for item in page.agenda if item.session == session]
    yield from (f"{number}. {text}" for number, text in enumerate(items, start=1))


def _statement(member: Member) -> str:
    if member.statement is None:
        text = _("no statement on conflicts of interest")
    elif not member.statement.has_conflict:
        text = _("states no conflict of interest")
    else:
        text = _("declares a conflict of interest: %(text)s") % {"text": member.statement.text}
    excused = member.attendance.excuse_reason if member.attendance and member.is_excused else ""
    return f"{member.name}: {text}" + (
        "; " + _("excused from the vote: %(reason)s") % {"reason": excused} if excused else ""
    )


def _motion(motion: Motion) -> Iterator[str]:
    yield _("Motion %(number)s: %(text)s") % {"number": motion.row.number, "text": motion.row.text}
    if motion.is_open:
        return
    counts = ", ".join(f"{label} {count}" for label, count in motion.counts)
    yield _("Votes: %(counts)s") % {"counts": counts}
    decided = motion.row.get_decided_display() or _("nothing decided")
    yield _("Outcome: %(decided)s (%(how)s)") % {"decided": decided, "how": motion.how_label}
    if motion.row.quorum_note:
        yield _("Quorum note: %(note)s") % {"note": motion.row.quorum_note}
    yield from (_("Dissent: %(text)s") % {"text": vote.dissent} for vote in motion.votes if vote.dissent)


def _moment(value: datetime | None) -> str:
    if value is None:
        return _("not recorded")
    local = timezone.localtime(value)
    day = date_format(local, "d N Y" if (get_language() or "").startswith("fr") else "d M Y")
    return f"{day} {local:%H:%M %Z}"
