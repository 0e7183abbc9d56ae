"""A board of four with a report that is ready, and the steps of its meeting, for the tests of meetings."""

import hashlib
import io
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pypdf import PdfWriter

from accounts.models import User
from dsmb.choices import Presence, Session
from dsmb.models import BoardMeeting
from dsmb.queries.meetings import MeetingPage, meeting_page
from dsmb.services import conflicts, letters, meetings, recommending, voting
from dsmb.views.minutes import drafted_minutes
from reports.choices import ReportFormat, ReportKind
from reports.models import BoardReport, ReportDocument
from tests.factories import make_user, save_row, unsealed
from tests.integration.reports.board_trials import LATER
from trials.models import Trial

MEETING_AT = LATER + timedelta(days=7)
TABLES = {"tables": [{"id": "deaths", "title": "Deaths"}, {"id": "ae_overview", "title": "Adverse events"}]}


@dataclass
class Board:
    """The people, the report and the meeting; `at` moves on by a minute with every step."""

    trial: Trial
    chair: User
    ada: User
    grace: User
    alan: User
    report: BoardReport
    meeting: BoardMeeting
    at: datetime = field(default=MEETING_AT)

    @property
    def everybody(self) -> tuple[User, ...]:
        return (self.chair, self.ada, self.grace, self.alan)

    def now(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at

    def page(self) -> MeetingPage:
        with unsealed(self.trial):
            return meeting_page(BoardMeeting.objects.select_related("trial").get(pk=self.meeting.pk))

    @property
    def state(self) -> str:
        return self.page().meeting.state

    def open(self) -> None:
        meetings.open_meeting(meeting=self.meeting, by=self.chair, at=self.now())

    def attend(self, *people: User, presence: Presence = Presence.PRESENT) -> None:
        meetings.record_attendance(
            meeting=self.meeting, presences={one.pk: presence for one in people}, by=self.chair, at=self.now()
        )

    def state_none(self, *people: User) -> None:
        for one in people:
            conflicts.state_conflict(meeting=self.meeting, has_conflict=False, text="", by=one, at=self.now())

    def declare(self, one: User, text: str = "My department supplies the cells.") -> None:
        conflicts.state_conflict(meeting=self.meeting, has_conflict=True, text=text, by=one, at=self.now())

    def close_doors(self) -> None:
        meetings.begin_closed_session(meeting=self.meeting, by=self.chair, at=self.now())

    def put_motion(self, text: str = "What does the board recommend?") -> None:
        voting.put_motion(meeting=self.meeting, text=text, by=self.chair, at=self.now())

    def vote(self, one: User, choice: str, dissent: str = "") -> Any:
        return voting.cast_vote(meeting=self.meeting, choice=choice, dissent=dissent, by=one, at=self.now())

    def close_vote(self, note: str = "") -> Any:
        return voting.close_vote(meeting=self.meeting, quorum_note=note, by=self.chair, at=self.now())

    def recommend(self, recommendation: str = "continue", conditions: str = "") -> None:
        recommending.record_recommendation(
            meeting=self.meeting,
            recommendation=recommendation,
            conditions=conditions,
            by=self.chair,
            at=self.now(),
        )

    def minute(self, session: Session, text: str | None = None) -> Any:
        return recommending.write_minutes(
            meeting=self.meeting,
            session=session,
            text=text if text is not None else drafted_minutes(self.page(), session),
            by=self.chair,
            at=self.now(),
            reason="minutes",
        )

    def seen(self) -> str:
        page = self.page()
        open_part, closed_part = page.newest(Session.OPEN), page.newest(Session.CLOSED)
        assert open_part is not None
        assert closed_part is not None
        return recommending.record_sha256(page.meeting, open_part, closed_part)

    def sign(self, **changes: Any) -> Any:
        at = self.now()
        values: dict[str, Any] = {
            "seen_sha256": self.seen(),
            "printed_name": "Emmy Noether",
            "authenticated_at": at,
            "by": self.chair,
            "at": at,
        }
        return recommending.sign_meeting(meeting=self.meeting, **(values | changes))

    def send(self) -> Any:
        return letters.send_letter(meeting=self.meeting, by=self.chair, at=self.now())

    def gather(self) -> None:
        """Open, everybody present and without conflict, doors closed."""
        self.open()
        self.attend(*self.everybody)
        self.state_none(*self.everybody)
        self.close_doors()

    def decide(self, choice: str = "continue", conditions: str = "") -> None:
        """From the gathering to the recorded recommendation, of one mind but for one dissent."""
        self.gather()
        self.put_motion()
        for one in (self.chair, self.ada, self.grace):
            self.vote(one, choice)
        self.vote(self.alan, "pause", "Arm A has more deaths than chance explains.")
        self.close_vote()
        self.recommend(choice, conditions)

    def settle(self, **changes: Any) -> Any:
        """From the decision to the sent letter; returns the notice."""
        self.decide(**changes)
        self.minute(Session.OPEN)
        self.minute(Session.CLOSED)
        self.sign()
        return self.send()


def make_board(trial: Trial, *, ad_hoc: bool = False) -> Board:
    """The board with its report and a planned meeting."""
    people = {
        name: make_user(role, trial=trial, first_name=name.title(), username=f"{name}.{trial.pk}")
        for name, role in (
            ("emmy", "board_chair"), ("ada", "board_member"), ("grace", "board_member"), ("alan", "board_member"),
        )
    }  # fmt: skip
    report = make_ready_report(trial, look=None if ad_hoc else 10)
    meeting = meetings.plan_meeting(
        trial=trial,
        reports=[report],
        planned_at=MEETING_AT,
        closed_session_planned_at=None,
        guests="the coordinating investigator",
        agenda=[(Session.OPEN, "Conduct of the trial"), (Session.CLOSED, "Safety by coded arm")],
        by=people["emmy"],
        at=LATER,
        reason="Planned look",
    )
    return Board(trial, people["emmy"], people["ada"], people["grace"], people["alan"], report, meeting)


def make_ready_report(
    trial: Trial, *, look: int | None, number: int = 1, report_version: int = 1
) -> BoardReport:
    """A report that is ready, with small documents, its JSON with two tables."""
    ready = {"state": "ready", "ready_at": LATER, "data_cutoff_at": LATER, "snapshot_sha256": "0" * 64}
    report = save_row(
        BoardReport(trial=trial, look=look, number=number, report_version=report_version, **ready)
    )
    contents = {
        ReportFormat.JSON: json.dumps(TABLES).encode(),
        ReportFormat.HTML: HTML,
        ReportFormat.PDF: plain_pdf(),
    }
    with unsealed(trial):
        for kind, (report_format, content) in product(ReportKind, contents.items()):
            digest = hashlib.sha256(content).hexdigest()
            save_row(
                ReportDocument(
                    trial=trial,
                    report=report,
                    kind=kind,
                    format=report_format,
                    content=content,
                    sha256=digest,
                )
            )
    return report


@cache
def plain_pdf() -> bytes:
    """Two pages, one of them wide."""
    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    writer.add_blank_page(width=842, height=595)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


HTML = b"<html><head><style></style></head><body class='open'><p>report</p></body></html>"


def refused(error: pytest.ExceptionInfo[ValidationError]) -> str:
    return " ".join(error.value.messages)
