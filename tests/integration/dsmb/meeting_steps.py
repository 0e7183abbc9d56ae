"""A board of four with a report that is ready, and the steps of its meeting, for the tests of meetings."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from dsmb.choices import Presence, ReportFormat, ReportKind, Session
from dsmb.models import BoardMeeting, BoardReport
from dsmb.queries.meetings import MeetingPage, meeting_page
from dsmb.rendering.minutes import drafted_minutes
from dsmb.services import letters, meetings, recommending, statements, voting
from dsmb.services.looks import owe_looks, owe_report_now
from dsmb.services.making import claim_report, freeze_report, keep_documents
from tests.factories import make_user, unsealed
from tests.integration.dsmb.board_trials import LATER, enrol_many
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
            statements.state_conflict(
                meeting=self.meeting, has_conflict=False, text="", by=one, at=self.now()
            )

    def declare(self, one: User, text: str = "My department supplies the cells.") -> None:
        statements.state_conflict(meeting=self.meeting, has_conflict=True, text=text, by=one, at=self.now())

    def close_doors(self) -> None:
        meetings.begin_closed_session(meeting=self.meeting, by=self.chair, at=self.now())

    def put_motion(self, text: str = "What does the board recommend?") -> None:
        voting.put_motion(meeting=self.meeting, text=text, by=self.chair, at=self.now())

    def vote(self, one: User, choice: str, dissent: str = "") -> Any:
        return voting.cast_vote(
            meeting=self.meeting, choice=choice, dissent=dissent, by=one, at=self.now()
        )

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
        newest = {session: page.newest(session) for session in Session}
        return recommending.record_sha256(page.meeting, newest[Session.OPEN], newest[Session.CLOSED])

    def sign(self, **changes: Any) -> Any:
        at = self.now()
        values = {
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
        name: make_user(role, trial=trial, first_name=name.title(), username=name)
        for name, role in (
            ("emmy", "board_chair"), ("ada", "board_member"), ("grace", "board_member"), ("alan", "board_member"),
        )
    }  # fmt: skip
    enrol_many(trial, 10)
    (look,) = owe_looks(trial_id=trial.pk, at=LATER)
    report = make_readably(look)
    if ad_hoc:
        report = make_readably(owe_report_now(trial=trial, by=people["emmy"], at=LATER, reason="asked for"))
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


def make_readably(report: BoardReport) -> BoardReport:
    """Make a report with small documents, its JSON with two tables."""
    claim = claim_report(report_id=report.pk, at=LATER)
    assert claim is not None
    freeze_report(claim=claim, at=LATER)
    contents = {ReportFormat.JSON: json.dumps(TABLES).encode(), ReportFormat.HTML: HTML, ReportFormat.PDF: b"%PDF"}
    keep_documents(claim=claim, documents={kind: contents for kind in ReportKind}, at=LATER)
    return BoardReport.objects.select_related("trial").get(pk=report.pk)


HTML = b"<html><head><style></style></head><body class='open'><p>report</p></body></html>"
