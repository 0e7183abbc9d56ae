"""A meeting as its members see it. Everything here needs an open clearance, and is returned as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.choices import Action
from accounts.models import User
from accounts.queries import user_ids_with
from dsmb.choices import Decision, MeetingState, Session
from dsmb.models import (
    AgendaItem,
    Attendance,
    BoardMeeting,
    BoardMotion,
    BoardVote,
    ConflictStatement,
    MeetingMinutes,
    MeetingReport,
    MeetingSignature,
)
from dsmb.queries.charter import charter_of
from dsmb.rules.meetings import Quorum, Seat, material_due, quorum_of
from partial_dates import local_date
from reports.models import BoardReport, ReportView
from trials.models import Trial
from trials.rules.protocol import BoardCharter


@dataclass(frozen=True)
class MeetingLine:
    """A meeting in the list."""

    meeting: BoardMeeting
    looks: tuple[int, ...]


@dataclass(frozen=True)
class Member:
    """One member at the meeting. `presence` and `statement` None: not recorded, not made."""

    user: User
    is_chair: bool
    attendance: Attendance | None
    statement: ConflictStatement | None
    has_voted: bool
    has_read: bool

    @property
    def name(self) -> str:
        return self.user.get_full_name() or self.user.get_username()

    @property
    def presence(self) -> str | None:
        return self.attendance.presence if self.attendance else None

    @property
    def presence_label(self) -> str:
        return self.attendance.get_presence_display() if self.attendance else ""

    @property
    def is_excused(self) -> bool:
        return self.attendance is not None and self.attendance.excused_at is not None

    @property
    def seat(self) -> Seat:
        return Seat(self.user.pk, self.presence, self.is_excused)


@dataclass(frozen=True)
class CastVote:
    """A vote as members see it after the vote is closed."""

    name: str
    choice: str
    dissent: str
    is_counted: bool


@dataclass(frozen=True)
class Motion:
    """A motion; its votes and counts are empty while it is open, so that no vote depends on the others."""

    row: BoardMotion
    counts: tuple[tuple[str, int], ...]
    votes: tuple[CastVote, ...]

    @property
    def is_open(self) -> bool:
        return self.row.closed_at is None

    @property
    def how_label(self) -> str:
        return str(Decision(self.row.how).label) if self.row.how else ""


@dataclass(frozen=True)
class MeetingPage:
    """One meeting with all its parts."""

    meeting: BoardMeeting
    trial: Trial
    charter: BoardCharter
    reports: tuple[BoardReport, ...]
    agenda: tuple[AgendaItem, ...]
    members: tuple[Member, ...]
    quorum: Quorum
    motions: tuple[Motion, ...]
    minutes: Mapping[Session, tuple[MeetingMinutes, ...]]
    signatures: tuple[MeetingSignature, ...]
    material_due: date | None

    @property
    def open_motion(self) -> Motion | None:
        return next((motion for motion in self.motions if motion.is_open), None)

    @property
    def last_motion(self) -> Motion | None:
        return self.motions[-1] if self.motions else None

    @property
    def signature(self) -> MeetingSignature | None:
        """The valid signature."""
        return next((signature for signature in self.signatures if signature.voided_at is None), None)

    @property
    def state(self) -> MeetingState:
        return MeetingState(self.meeting.state)

    def newest(self, session: Session) -> MeetingMinutes | None:
        versions = self.minutes[session]
        return versions[0] if versions else None

    def member(self, user: User) -> Member | None:
        return next((member for member in self.members if member.user.pk == user.pk), None)


def meetings_of(trial: Trial) -> tuple[MeetingLine, ...]:
    """The trial's meetings, the newest first, with their looks."""
    looks: dict[int, list[int]] = {}
    pairs = MeetingReport.objects.filter(trial=trial)
    for meeting_id, look in pairs.values_list("meeting_id", "report__look").order_by("report__look"):
        if look is not None:
            looks.setdefault(meeting_id, []).append(look)
    rows = BoardMeeting.objects.filter(trial=trial).order_by("-number")
    return tuple(MeetingLine(meeting, tuple(looks.get(meeting.pk, ()))) for meeting in rows)


def meeting_page(meeting: BoardMeeting) -> MeetingPage:
    """The meeting with all its parts, in a bounded number of queries."""
    trial = meeting.trial
    planned_on = local_date(meeting.planned_at, trial.timezone)
    charter = charter_of(trial, on=planned_on)
    reports = _reports(meeting)
    members = _members(meeting, reports)
    minutes = MeetingMinutes.objects.filter(meeting=meeting).select_related("written_by")
    versions = tuple(minutes.order_by("-minutes_version"))
    return MeetingPage(
        meeting=meeting,
        trial=trial,
        charter=charter,
        reports=reports,
        agenda=tuple(AgendaItem.objects.filter(meeting=meeting).order_by("position")),
        members=members,
        quorum=quorum_of((member.seat for member in members), charter.quorum),
        motions=_motions(meeting),
        minutes={session: tuple(row for row in versions if row.session == session) for session in Session},
        signatures=tuple(MeetingSignature.objects.filter(meeting=meeting).order_by("-signed_at")),
        material_due=material_due(planned_on, charter.material_days),
    )


def own_vote(page: MeetingPage, user: User) -> BoardVote | None:
    """The reader's own vote on the open motion."""
    motion = page.open_motion
    return BoardVote.objects.filter(motion=motion.row, member=user).first() if motion else None


def _reports(meeting: BoardMeeting) -> tuple[BoardReport, ...]:
    rows = MeetingReport.objects.filter(meeting=meeting).select_related("report__trial")
    return tuple(row.report for row in rows.order_by("report__number"))


def _members(meeting: BoardMeeting, reports: Sequence[BoardReport]) -> tuple[Member, ...]:
    """The present members of the board, and all persons with a record at this meeting."""
    code = meeting.trial.code
    chairs = set(user_ids_with(Action.CHAIR_MEETING, trial_code=code))
    seats = {row.member_id: row for row in Attendance.objects.filter(meeting=meeting)}
    statements = {row.member_id: row for row in ConflictStatement.objects.filter(meeting=meeting)}
    voted = set(
        BoardVote.objects.filter(motion__meeting=meeting, motion__closed_at=None).values_list(
            "member_id", flat=True
        )
    )
    read = set(ReportView.objects.filter(report__in=reports).values_list("reader_id", flat=True))
    known = {*user_ids_with(Action.TAKE_PART_IN_MEETING, trial_code=code), *seats}
    people = sorted(User.objects.filter(pk__in=known), key=lambda one: (one.pk not in chairs, one.username))
    return tuple(
        Member(
            one, one.pk in chairs, seats.get(one.pk), statements.get(one.pk), one.pk in voted, one.pk in read
        )
        for one in people
    )


def _motions(meeting: BoardMeeting) -> tuple[Motion, ...]:
    rows = BoardMotion.objects.filter(meeting=meeting).order_by("number")
    votes: dict[int, list[BoardVote]] = {}
    closed = BoardVote.objects.filter(motion__meeting=meeting, motion__closed_at__isnull=False)
    for vote in closed.select_related("member").order_by("member__username"):
        votes.setdefault(vote.motion_id, []).append(vote)
    return tuple(_motion(row, votes.get(row.pk, [])) for row in rows)


def _motion(row: BoardMotion, votes: Sequence[BoardVote]) -> Motion:
    labels = dict(BoardVote._meta.get_field("choice").flatchoices)
    counts = tuple(
        (str(label), row.counts[choice]) for choice, label in labels.items() if choice in row.counts
    )
    cast = (
        CastVote(
            vote.member.get_full_name() or vote.member.get_username(),
            str(labels[vote.choice]),
            vote.dissent,
            vote.member_id in row.voters,
        )
        for vote in votes
    )
    return Motion(row, counts, tuple(cast))
