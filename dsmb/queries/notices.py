"""The public facts of meetings."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, QuerySet

from dsmb.models import MeetingNotice, SponsorAnswer
from dsmb.rules.meetings import is_overdue


@dataclass(frozen=True)
class NoticeEntry:
    """A notice with its answers, the last one in force."""

    notice: MeetingNotice
    answers: tuple[SponsorAnswer, ...]
    is_overdue: bool

    @property
    def answer(self) -> SponsorAnswer | None:
        return self.answers[-1] if self.answers else None


def next_notice_number(trial_id: int) -> int:
    """Notices are counted within the trial; meetings without a notice leave no gap."""
    return 1 + (MeetingNotice.objects.filter(trial_id=trial_id).aggregate(last=Max("number"))["last"] or 0)


def visible_notices(trial_codes: Collection[str]) -> QuerySet[MeetingNotice]:
    """The notices of the trials, the newest first."""
    rows = MeetingNotice.objects.filter(trial__code__in=trial_codes).select_related("trial")
    return rows.prefetch_related("answers__answered_by").order_by("-number")


def notice_entry(notice: MeetingNotice, *, today: date) -> NoticeEntry:
    """The notice with its answers and whether the sponsor's is overdue on that day of the trial."""
    answers = tuple(sorted(notice.answers.all(), key=lambda answer: answer.number))
    late = is_overdue(notice.answer_due_date, today=today, answered=bool(answers))
    return NoticeEntry(notice, answers, late)
