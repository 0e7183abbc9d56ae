"""What the board's portal lists: the looks of each trial, their reports, and who has opened them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q

from accounts.models import User
from dsmb.choices import MessageKind, ReportState
from dsmb.models import BoardMessage, BoardReport, ReportView
from trials.models import ProtocolVersion, Trial


@dataclass(frozen=True)
class Entry:
    """A planned look with its newest report, or without one; or an ad hoc report (`look` None)."""

    look: int | None
    report: BoardReport | None
    is_unread: bool

    @property
    def is_ready(self) -> bool:
        return self.report is not None and self.report.state == ReportState.READY


@dataclass(frozen=True)
class Board:
    """One trial as its board sees it."""

    trial: Trial
    enrolled: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Reader:
    """Somebody who opened a report: when first, when last, how often."""

    name: str
    kind: str
    first_opened_at: datetime
    last_opened_at: datetime
    times: int


def boards_for(*, user: User, trial_codes: Collection[str]) -> tuple[Board, ...]:
    """The trials' reports, the newest first, then the looks that are not reached yet."""
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
    return tuple(
        Board(trial, trial.enrolled, _entries(trial, by_trial.get(trial.pk, []), unread)) for trial in trials
    )


def _entries(trial: Trial, reports: Sequence[BoardReport], unread: frozenset[int]) -> tuple[Entry, ...]:
    known = ProtocolVersion.objects.filter(trial=trial).exists()
    planned = ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None).looks if known else ()
    reported = {report.look for report in reports}
    waiting = [Entry(look, None, False) for look in planned if look not in reported]
    made = [Entry(report.look, report, report.pk in unread) for report in reports]
    made.sort(key=lambda entry: -entry.report.number if entry.report else 0)
    return (*made, *waiting)


def readers_of(report: BoardReport) -> tuple[Reader, ...]:
    """Who has opened which kind of the report."""
    rows = ReportView.objects.filter(report=report).values_list(
        "reader__first_name", "reader__last_name", "reader__username", "kind"
    )
    opened = rows.annotate(first=Min("opened_at"), last=Max("opened_at"), times=Count("id")).order_by("first")
    return tuple(
        Reader(f"{first_name} {last_name}".strip() or username, kind, first, last, times)
        for first_name, last_name, username, kind, first, last, times in opened
    )


def unread_by(report: BoardReport) -> tuple[str, ...]:
    """Who was told of the report and has not opened it."""
    waiting = BoardMessage.objects.filter(report=report, read_at=None, kind=MessageKind.REPORT_READY)
    waiting = waiting.select_related("recipient")
    people = [message.recipient for message in waiting.order_by("recipient__username")]
    return tuple(person.get_full_name() or person.get_username() for person in people)
