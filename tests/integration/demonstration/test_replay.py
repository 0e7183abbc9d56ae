"""The demonstration, lived through the services: its closed report is the published Table 5."""

import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from accounts.services import system_user
from demonstration.published_totals import PLACEBO, PUBLISHED_TOTALS, UC_MSC, EventTotals
from demonstration.replay import seed as play
from dsmb.models import BoardMeeting, BoardVote, MeetingNotice
from reports.choices import ReportFormat, ReportKind
from reports.models import BoardReport
from reports.services.looks import create_ad_hoc_report
from reports.services.making import make_report
from reports.services.reading import open_document
from tests.factories import unsealed
from trials.models import Trial

pytestmark = [pytest.mark.django_db, pytest.mark.long]
PROTOCOL = Path(__file__).resolve().parents[3] / "protocols" / "stroma-cov-2.toml"
NOW = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)


@pytest.fixture
def trial() -> Trial:
    trial, _logins = play(content=tomllib.loads(PROTOCOL.read_text()), seed=20200406, now=NOW)
    return trial


def closed_json(report: BoardReport) -> dict[str, Any]:
    document = open_document(
        report=report, kind=ReportKind.CLOSED, report_format=ReportFormat.JSON, by=system_user(), at=NOW
    )
    content: dict[str, Any] = json.loads(document)
    return content


def table(report: dict[str, Any], name: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    (found,) = [one for one in report["tables"] if one["id"] == name]
    return {(cell["window"], cell["measure"], cell["level"], cell["arm"]): cell for cell in found["cells"]}


def expected(window: str, margin: EventTotals, arm: str) -> dict[tuple[Any, ...], int]:
    """The published counts of one arm and window, by cell."""
    return {
        (window, "participants_with_ae", None, arm): margin.participants,
        (window, "ae", None, arm): margin.events,
        (window, "participants_with_sae", None, arm): margin.participants_with_sae,
        (window, "sae", None, arm): margin.saes,
        **{(window, "ae_by_severity", level, arm): count for level, count in margin.severity.items()},
        **{(window, "ae_by_grade", str(level), arm): count for level, count in margin.grade.items()},
        **{(window, "ae_by_causality", level, arm): count for level, count in margin.causality.items()},
    }


def test_demonstration_reports_what_the_paper_counts(trial: Trial) -> None:
    looks = list(BoardReport.objects.filter(trial=trial).order_by("number"))
    ad_hoc = create_ad_hoc_report(trial=trial, by=system_user(), at=NOW, reason="test")
    make_report(report_id=ad_hoc.pk, at=NOW)
    ad_hoc.refresh_from_db()

    report = closed_json(ad_hoc)

    letters = {arm["treated"]: arm["code"] for arm in report["arms"]}
    overview = table(report, "ae_overview")
    for arm in (UC_MSC, PLACEBO):
        for window, margin in PUBLISHED_TOTALS[arm].events.items():
            for cell, count in expected(window, margin, letters[PUBLISHED_TOTALS[arm].treated]).items():
                assert overview[cell]["count"] == count, cell
    antibodies = table(report, "antibodies")
    assert antibodies[None, "participants_with_preformed_dsa", None, letters[21]]["count"] == 6
    assert antibodies[None, "participants_with_de_novo_dsa", None, letters[21]]["count"] == 3
    results = table(report, "outcomes")
    for treated, deaths in ((21, 5), (24, 4)):
        dead = results["vital_status", "deaths_of_treated", None, letters[treated]]
        assert (dead["count"], dead["denominator"]) == (deaths, treated)
        assert results["vital_status", "status_unknown", None, letters[treated]]["count"] == 0
        assert results["D7", "pf_origin", "missing", letters[treated]]["count"] == 0
    assert [(look.look, look.state, look.report_version) for look in looks] == [
        (10, "ready", 1),
        (20, "ready", 1),
        (40, "ready", 1),
    ]
    for look in looks:
        assert sum(arm["enrolled"] for arm in closed_json(look)["arms"]) == look.look


def test_board_is_voting_on_the_look_at_40_and_was_answered_on_the_look_at_20(trial: Trial) -> None:
    with unsealed(trial, at=NOW):
        states = dict(BoardMeeting.objects.values_list("reports__report__look", "state"))
        waiting = 4 - BoardVote.objects.filter(motion__closed_at=None).count()

    assert states == {20: "answered", 40: "voting"}
    assert waiting == 2
    assert MeetingNotice.objects.get(look=20).answers.get().answer == "accepted"
