"""The lists of the board's portal: the looks of each trial, their reports, and their readers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q

from accounts.models import User
from reports.choices import MessageKind, ReportKind, ReportState
from reports.models import BoardMessage, BoardReport, ReportView
from reports.queries.maturity import maturity_of_looks
from reports.rules.report_triggers import next_due
from trials.models import ProtocolVersion, Trial
from trials.rules.protocol import Protocol


@dataclass(frozen=True)
class PortalEntry:
    """A planned look with its newest report, or without one; or a report that is no look (`look` None).

    `matures_at`: when a look with pending data is made, once its participant is enrolled; `wait_for_day`: the study day
    of those data.
    """

    look: int | None
    report: BoardReport | None
    is_unread: bool
    wait_for_day: int | None = None
    matures_at: datetime | None = None

    @property
    def is_ready(self) -> bool:
        return self.report is not None and self.report.state == ReportState.READY

    @property
    def has_failed(self) -> bool:
        return self.report is not None and self.report.state == ReportState.FAILED


@dataclass(frozen=True)
class Coming:
    """A report by calendar, and its next due date."""

    label: str
    due_at: datetime


@dataclass(frozen=True)
class Board:
    """One trial in the portal."""

    trial: Trial
    enrolled: int
    entries: tuple[PortalEntry, ...]
    coming: tuple[Coming, ...]


@dataclass(frozen=True)
class Reader:
    """A person who opened a report: first time, last time, count."""

    name: str
    kind: str
    first_opened_at: datetime
    last_opened_at: datetime
    times: int


def boards_for(*, user: User, trial_codes: Collection[str], at: datetime) -> tuple[Board, ...]:
    """The trials' reports, the newest first, then the looks that are not reached or not mature yet."""
    enrolled = Count("participants", filter=Q(participants__enrolment_number__isnull=False))
    trials = Trial.objects.filter(code__in=trial_codes).annotate(enrolled=enrolled).order_by("code")
    reports = BoardReport.objects.filter(trial__code__in=trial_codes).order_by(
        "look", "-report_version", "-number"
    )
    unread = frozenset(
        BoardMessage.objects.filter(recipient=user, read_at=None).values_list("report_id", flat=True)
    )
    by_trial: dict[int, list[BoardReport]] = {}
    for report in reports.select_related("trial"):
        by_trial.setdefault(report.trial_id, []).append(report)
    return tuple(_board(trial, trial.enrolled, by_trial.get(trial.pk, []), unread, at) for trial in trials)


def _board(
    trial: Trial, enrolled: int, reports: Sequence[BoardReport], unread: frozenset[int], at: datetime
) -> Board:
    known = ProtocolVersion.objects.filter(trial=trial).exists()
    protocol = ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None) if known else None
    made = [PortalEntry(report.look, report, report.pk in unread) for report in reports]
    made.sort(key=lambda entry: -entry.report.number if entry.report else 0)
    if protocol is None:
        return Board(trial, enrolled, tuple(made), ())
    waiting = _waiting(trial, protocol, {report.look for report in reports})
    coming = tuple(
        Coming(each.label, next_due(each, at=at, zone=trial.timezone)) for each in protocol.schedules
    )
    return Board(trial, enrolled, (*made, *waiting), coming)


def _waiting(trial: Trial, protocol: Protocol, reported: Collection[int | None]) -> list[PortalEntry]:
    """The looks without a report, each with its condition."""
    looks = [look for look in protocol.looks if look not in reported]
    matures = maturity_of_looks(trial=trial, protocol=protocol, looks=looks) if protocol.look_plan else {}
    return [PortalEntry(look, None, False, protocol.wait_for_day(look), matures.get(look)) for look in looks]


def newer_version_of(report: BoardReport) -> BoardReport | None:
    """The version that corrects this one, if there is one."""
    return BoardReport.objects.filter(corrects=report).first()


def readers_of(report: BoardReport) -> tuple[Reader, ...]:
    """The persons who opened each kind of the report."""
    rows = ReportView.objects.filter(report=report).values_list(
        "reader__first_name", "reader__last_name", "reader__username", "kind"
    )
    opened = rows.annotate(first=Min("opened_at"), last=Max("opened_at"), times=Count("id")).order_by("first")
    return tuple(
        Reader(
            f"{first_name} {last_name}".strip() or username, str(ReportKind(kind).label), first, last, times
        )
        for first_name, last_name, username, kind, first, last, times in opened
    )


def unread_by(report: BoardReport) -> tuple[str, ...]:
    """The persons who were notified of the report and have not opened it."""
    waiting = BoardMessage.objects.filter(report=report, read_at=None, kind=MessageKind.REPORT_READY)
    waiting = waiting.select_related("recipient")
    people = [message.recipient for message in waiting.order_by("recipient__username")]
    return tuple(person.get_full_name() or person.get_username() for person in people)
