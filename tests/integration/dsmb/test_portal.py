"""The board's pages and its resource: the same response to all without the permission."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.services import system_user
from reports.choices import ReportFormat, ReportKind
from reports.models import BoardReport
from reports.services.claiming import claim_report
from reports.services.looks import create_ad_hoc_report, create_due_reports
from reports.services.making import freeze_report
from tests.factories import make_enrolled, make_user
from tests.integration.reports.board_trials import (
    LATER,
    enrol_many,
    enrolled_at,
    make_board_trial,
    make_plainly,
)
from tests.plugins.shared_rows import shared_rows

READERS_OF_OPEN = ["data_manager", "pharmacovigilance", "auditor", "investigator"]
READERS_OF_CLOSED = ["board_member", "unblinded_statistician"]
OTHERS = ["nurse", "cell_therapy_unit", "hla_laboratory", "administrator"]


@shared_rows
def report(trial) -> BoardReport:
    enrol_many(trial, 10)
    (owed,) = create_due_reports(trial_id=trial.pk, at=LATER)
    return make_plainly(owed)


@pytest.fixture
def sign_in(client, trial):
    def as_role(role, of=trial):
        user = make_user(role, trial=of)
        client.force_login(user)
        return client

    return as_role


def document_url(report, kind, report_format="html"):
    return reverse("board:document", args=[report.pk, kind, report_format])


@pytest.mark.parametrize("role", READERS_OF_OPEN + READERS_OF_CLOSED)
def test_index_lists_looks_and_reports_for_readers(report, sign_in, role):
    page = sign_in(role).get(reverse("board:index")).content.decode()

    assert reverse("board:report", args=[report.pk]) in page
    assert "Made when participant 20 is enrolled" in page


@pytest.mark.parametrize("role", OTHERS)
def test_portal_is_closed_to_other_roles(report, sign_in, role):
    client = sign_in(role)

    assert client.get(reverse("board:index")).status_code == 404
    assert client.get(reverse("board:report", args=[report.pk])).status_code == 404
    assert client.get(document_url(report, "open")).status_code == 404
    assert client.get(document_url(report, "closed")).status_code == 404


@pytest.mark.parametrize("role", READERS_OF_OPEN)
def test_reader_of_open_reports_sees_no_trace_of_the_closed_one(report, sign_in, role):
    client = sign_in(role)

    page = client.get(reverse("board:report", args=[report.pk])).content.decode()

    assert document_url(report, "open") in page
    assert document_url(report, "closed") not in page
    assert "Who has read it" not in page
    assert client.get(document_url(report, "open")).status_code == 200
    assert client.get(document_url(report, "closed")).status_code == 404


@pytest.mark.parametrize("role", READERS_OF_CLOSED)
@pytest.mark.parametrize("report_format", [ReportFormat.JSON, ReportFormat.HTML])
def test_board_opens_the_closed_report(report, sign_in, role, report_format):
    response = sign_in(role).get(document_url(report, "closed", report_format.value))

    said = '"kind": "closed"' if report_format == ReportFormat.JSON else f"closed {report_format.value}"
    assert said.encode() in response.content
    assert f"STROMA-COV-2-look-10-v1-closed.{report_format.value}" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]


def test_report_on_screen_runs_under_a_policy_that_admits_its_own_style_only(report, sign_in):
    response = sign_in("board_member").get(document_url(report, "closed"))

    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "; style-src 'sha256-" in policy
    assert "unsafe" not in policy


def test_member_sees_who_has_read_it_and_who_has_not(report, sign_in, trial, client):
    colleague = make_user("board_member", trial=trial, username="grace")
    (owed,) = _next_look(trial)
    second = make_plainly(owed)
    sign_in("board_member").get(document_url(second, "closed"))

    page = client.get(reverse("board:report", args=[second.pk])).content.decode()

    assert "Told, and not opened yet:" in page
    assert colleague.username in page


def _next_look(trial):
    for number in range(11, 21):
        at = enrolled_at(number)
        make_enrolled(
            trial, trial.sites.first(), enrolled_at=at, enrolment_recorded_at=at, day0_date=at.date()
        )
    return create_due_reports(trial_id=trial.pk, at=LATER)


def test_report_of_another_trial_is_not_there(report, sign_in):
    client = sign_in("board_member", of=make_board_trial(code="CELL-2"))

    assert client.get(reverse("board:report", args=[report.pk])).status_code == 404
    assert client.get(document_url(report, "closed")).status_code == 404


@pytest.mark.parametrize("path", ["secret.html", "open.exe"])
def test_unknown_kind_or_format_is_not_there(report, sign_in, path):
    base = reverse("board:report", args=[report.pk])

    assert sign_in("board_member").get(f"{base}{path}").status_code == 404


def test_report_that_is_being_made_says_so_and_has_no_document(trial, sign_in):
    enrol_many(trial, 10)
    (owed,) = create_due_reports(trial_id=trial.pk, at=LATER)
    freeze_report(claim=claim_report(report_id=owed.pk, at=LATER), at=LATER)
    client = sign_in("board_member")

    page = client.get(reverse("board:report", args=[owed.pk])).content.decode()

    assert "The report is being made." in page
    assert client.get(document_url(owed, "closed")).status_code == 404


def test_visitor_is_sent_to_sign_in(report, client):
    assert client.get(reverse("board:index")).status_code == 302
    assert client.get(document_url(report, "closed")).status_code == 302


def test_index_asks_as_many_questions_for_one_report_as_for_ten(trial, sign_in):
    client = sign_in("board_member")
    counts = []

    for made in (1, 9):
        for _ in range(made):
            create_ad_hoc_report(trial=trial, by=system_user(), at=LATER, reason="asked for")
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("board:index"))
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_investigator_of_one_site_reads_the_open_report_of_the_whole_trial(report, client, trial):
    client.force_login(make_user("investigator", trial=trial, site=trial.sites.first()))

    assert client.get(document_url(report, "open")).status_code == 200
    assert client.get(document_url(report, "closed")).status_code == 404


class TestResource:
    """`/api/v1/dsmb-reports/`."""

    @pytest.fixture
    def get(self, sign_in):
        def ask(role, path, **query):
            return sign_in(role).get(f"/api/v1/dsmb-reports/{path}", query)

        return ask

    @pytest.mark.parametrize("role", READERS_OF_OPEN + READERS_OF_CLOSED)
    def test_list_is_the_same_for_every_reader(self, report, get, role):
        (row,) = get(role, "").json()["results"]

        assert (row["id"], row["trial"], row["look"], row["state"]) == (
            report.pk,
            "STROMA-COV-2",
            10,
            "ready",
        )
        assert row["snapshot_sha256"] == report.snapshot_sha256
        assert row["documents"]["closed"]["pdf"].endswith(f"/{report.pk}/documents/closed/pdf/")

    @pytest.mark.parametrize("role", OTHERS)
    def test_list_is_closed_to_other_roles(self, report, get, role):
        assert get(role, "").status_code == 403

    @pytest.mark.parametrize("role", READERS_OF_OPEN)
    def test_closed_document_is_refused_to_readers_of_open_ones(self, report, get, role):
        assert get(role, f"{report.pk}/documents/open/json/").status_code == 200
        assert get(role, f"{report.pk}/documents/closed/json/").status_code == 403

    @pytest.mark.parametrize("role", READERS_OF_CLOSED)
    def test_closed_document_opens_for_the_board(self, report, get, role):
        answer = get(role, f"{report.pk}/documents/closed/pdf/")

        assert (answer["Content-Type"], answer.content) == (
            "application/pdf",
            b"<style></style><body>closed pdf</body>",
        )

    def test_report_of_another_trial_is_not_there(self, report, sign_in):
        client = sign_in("board_member", of=make_board_trial(code="CELL-2"))

        for kind in ReportKind.values:
            assert client.get(f"/api/v1/dsmb-reports/{report.pk}/documents/{kind}/pdf/").status_code == 404

    @pytest.mark.parametrize(
        ("query", "found"),
        [({"look": 10}, 1), ({"look": 20}, 0), ({"state": "ready"}, 1), ({"trial": "OTHER"}, 0),
         ({"updated_since": "2020-01-01T00:00:00Z"}, 1), ({"updated_since": "2030-01-01T00:00:00Z"}, 0)],
    )  # fmt: skip
    def test_list_is_filtered(self, report, get, query, found):
        assert len(get("board_member", "", **query).json()["results"]) == found

    def test_wrong_filter_names_the_field(self, report, get):
        answer = get("board_member", "", state="burnt")

        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "state"
