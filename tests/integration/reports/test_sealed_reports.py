"""An ad hoc report that a boundary triggers: made once, read by two people, no trace of it for a blinded person."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Clearance, User
from accounts.services import system_user
from audit.models import Entry
from reports.choices import ReportFormat
from reports.models import BoardMessage, BoardReport, PortalNotice, SealedReport, SealedReportDocument
from reports.services import sealed_making
from reports.services.boundaries import check_boundaries
from reports.services.looks import create_ad_hoc_report
from reports.services.sealed_making import make_sealed_reports
from reports.services.sealed_reports import request_sealed_report, share_sealed_report
from tests.factories import allocate, make_enrolled, make_user, unsealed
from tests.integration.reports.board_trials import LATER, arm_codes, make_board_trial, report_event, treat
from tests.plugins.shared_rows import shared_rows

BLINDED = ["data_manager", "auditor", "sponsor"]
ONCE = re.compile(rb'(?:nonce|name="csrfmiddlewaretoken" value)="[^"]+"')
"""The parts that differ from response to response, whatever the content."""
ON_BOUNDARY = {"on_boundary": True, "on_death": False, "source": "test"}

A_MINUTE_LATER = LATER + timedelta(minutes=1)
"""Within a minute the same ad hoc report is returned again."""


@shared_rows
def trial():
    return make_board_trial(ad_hoc=ON_BOUNDARY, looks=[40])


@pytest.fixture
def plainly(monkeypatch):
    """A few bytes in place of each document: the rendering takes seconds and has tests of its own."""
    render_plainly(monkeypatch)


def render_plainly(patched: pytest.MonkeyPatch) -> None:
    documents = {form: f"<style></style>{form.value}".encode() for form in ReportFormat}
    patched.setattr(sealed_making, "rendered", lambda document: documents)


@shared_rows
def alerted(trial):
    """The boundary has prompted, and its report is made."""
    happen(trial, in_one_arm=True)
    with pytest.MonkeyPatch.context() as patched:
        render_plainly(patched)
        check_and_make(trial)
    return trial


def happen(trial, *, in_one_arm: bool) -> None:
    """Ten treated and three harmed: all three in one arm (the boundary prompts), or two and one (it does not).

    Everything that a blinded person may see is the same.
    """
    first, second = arm_codes(trial)
    site = trial.sites.order_by("code").first()
    harmed = {0, 1, 2} if in_one_arm else {0, 1, 5}
    order = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] if in_one_arm else [0, 1, 5, 2, 3, 4, 6, 7, 8, 9]
    for place in order:
        person = make_enrolled(trial, site)
        allocate(person, first if place < 5 else second)
        treat(person)
        if place in harmed:
            report_event(person, serious=True, causality="POSSIBLE")


def check_and_make(trial) -> None:
    check_boundaries(trial_id=trial.pk, at=LATER)
    make_sealed_reports(trial_id=trial.pk, at=LATER)


def sealed(trial) -> list[SealedReport]:
    with unsealed(trial):
        return list(SealedReport.objects.filter(trial=trial).order_by("number"))


def what_blinded_people_get(client, trial) -> list[tuple[int, bytes]]:
    """Every board page and resource, for each blinded role, and the open entries of the trail."""
    answers = []
    for role in BLINDED:
        client.force_login(user_of(trial, role))
        for address in (
            reverse("board:index"), "/api/v1/dsmb-reports/", reverse("board:alerts"), "/api/v1/alerts/",
            reverse("board:sealed_reports", args=[trial.code]), reverse("board:sealed_report", args=[trial.code, 1]),
        ):  # fmt: skip
            response = client.get(address)
            answers.append((response.status_code, ONCE.sub(b"", response.content)))
    return answers


def user_of(trial, role) -> User:
    known = User.objects.filter(username=role).first()
    return known or make_user(role, trial=trial, username=role)


def open_entries(trial) -> list[tuple[str, str]]:
    return list(
        Entry.objects.filter(trial_id=trial.pk, sealed=False)
        .order_by("pk")
        .values_list("table_name", "change")
    )


@pytest.mark.parametrize("prompts", [True, False])
def test_blinded_people_get_the_same_whether_a_boundary_prompts_or_not(trial, client, plainly, prompts):
    happen(trial, in_one_arm=prompts)
    create_ad_hoc_report(trial=trial, by=system_user(), at=LATER, reason="asked for")
    before, entries = what_blinded_people_get(client, trial), open_entries(trial)
    clearances = Clearance.objects.count()

    check_and_make(trial)

    assert [report.ready_at for report in sealed(trial)] == ([LATER] if prompts else [])
    assert what_blinded_people_get(client, trial) == before
    assert open_entries(trial) == entries
    log = Clearance.objects.order_by("-pk")[: Clearance.objects.count() - clearances]
    checks = [(row.ground, row.purpose, row.opened_at) for row in log if row.purpose != "made for a test"]
    assert checks == [("report", "Check the safety boundaries", LATER)] * 2
    assert not BoardMessage.objects.exists()


def test_reports_that_everybody_lists_have_no_gap_in_numbers_nor_ids(trial, plainly):
    happen(trial, in_one_arm=True)
    first = create_ad_hoc_report(trial=trial, by=system_user(), at=LATER, reason="asked for")

    check_and_make(trial)
    second = create_ad_hoc_report(trial=trial, by=system_user(), at=A_MINUTE_LATER, reason="asked for")

    assert len(sealed(trial)) == 1
    assert (second.pk - first.pk, second.number - first.number, second.report_version) == (1, 1, 2)


def test_report_is_made_once_and_is_the_closed_one_of_its_moment(trial):
    happen(trial, in_one_arm=True)

    check_and_make(trial)
    check_and_make(trial)

    (report,) = sealed(trial)
    with unsealed(trial):
        documents = {row.format: bytes(row.content) for row in SealedReportDocument.objects.all()}
    assert set(documents) == set(ReportFormat.values)
    assert b'"kind": "closed"' in documents["json"]
    assert b'"trigger": "boundary"' in documents["json"]
    assert report.sha256.encode() in documents["json"]
    assert b"ad hoc report, a safety boundary prompts" in documents["html"]
    assert b"3 of 5: no answer yet" in documents["json"]


def test_report_that_cannot_be_made_takes_no_alert_away_and_is_made_later(trial, monkeypatch, plainly):
    happen(trial, in_one_arm=True)
    chair = make_user("board_chair", trial=trial)
    with monkeypatch.context() as broken:
        broken.setattr(sealed_making, "document_of", _refuse)
        with pytest.raises(RuntimeError, match="planted"):
            check_and_make(trial)
    assert [report.ready_at for report in sealed(trial)] == [None]
    assert PortalNotice.objects.filter(recipient=chair).count() == 1

    check_and_make(trial)

    assert [report.ready_at for report in sealed(trial)] == [LATER]


def _refuse(snapshot: bytes) -> None:
    raise RuntimeError("planted")


class TestPages:
    """The pages of the closed session."""

    @pytest.fixture
    def as_role(self, client, trial):
        def sign_in(role):
            client.force_login(make_user(role, trial=trial))
            return client

        return sign_in

    def test_chair_sees_the_alert_answers_it_and_reads_the_report(self, alerted, as_role):
        client = as_role("board_chair")
        page = client.get(reverse("board:alerts")).content.decode()
        (report,) = sealed(alerted)
        address = reverse("board:alert", args=[alerted.code, report.alert_id])
        assert address in page

        answered = client.post(
            address, {"choice": "pause", "text": "Three of five."}, follow=True
        ).content.decode()
        document = client.get(reverse("board:sealed_file", args=[alerted.code, report.pk, "html"]))

        assert "Suspend enrolment" in answered
        assert "Three of five." in answered
        assert document.content == b"<style></style>html"
        assert "default-src 'none'" in document["Content-Security-Policy"]

    def test_answer_without_a_reason_is_shown_again_with_what_was_chosen(self, alerted, as_role):
        (report,) = sealed(alerted)
        address = reverse("board:alert", args=[alerted.code, report.alert_id])

        response = as_role("board_chair").post(address, {"choice": "pause", "text": ""})

        assert response.status_code == 400
        assert "Not saved yet" in response.content.decode()

    def test_statistician_sees_the_alert_and_cannot_answer_for_the_board(self, alerted, as_role):
        (report,) = sealed(alerted)
        address = reverse("board:alert", args=[alerted.code, report.alert_id])
        client = as_role("unblinded_statistician")

        assert "Record the answer" not in client.get(address).content.decode()
        assert client.post(address, {"choice": "stop", "text": "t"}).status_code == 404

    def test_member_reads_an_ad_hoc_report_only_once_the_chair_has_shared_it(self, alerted, as_role, trial):
        (report,) = sealed(alerted)
        listing = reverse("board:sealed_reports", args=[alerted.code])
        document = reverse("board:sealed_file", args=[alerted.code, report.pk, "pdf"])
        chair, client = make_user("board_chair", trial=trial), as_role("board_member")
        assert "Ad hoc 1" not in client.get(listing).content.decode()
        assert client.get(document).status_code == 404

        share_sealed_report(report_id=report.pk, trial=alerted, by=chair, at=LATER, reason="for the meeting")

        assert "Ad hoc 1" in client.get(listing).content.decode()
        assert client.get(document).status_code == 200

    def test_chair_asks_and_shares_on_the_page(self, trial, as_role, plainly):
        client = as_role("board_chair")
        client.post(reverse("board:sealed_reports", args=[trial.code]), {"reason": "before the meeting"})
        make_sealed_reports(trial_id=trial.pk, at=LATER)
        (report,) = sealed(trial)
        page = reverse("board:sealed_report", args=[trial.code, report.pk])

        said = client.post(page, {"reason": "everybody has to read it"}, follow=True).content.decode()

        assert "Every member of the board may read the report now." in said
        assert sealed(trial)[0].shared_at is not None

    @pytest.mark.parametrize(
        "role", ["board_member", "sponsor", "data_manager", "cell_therapy_unit", "nurse"]
    )
    def test_others_find_no_alerts(self, alerted, as_role, role):
        (report,) = sealed(alerted)
        client = as_role(role)

        assert client.get(reverse("board:alerts")).status_code == 404
        assert client.get(reverse("board:alert", args=[alerted.code, report.alert_id])).status_code == 404
        assert client.get("/api/v1/alerts/").status_code == 403

    def test_resource_lists_alerts_and_takes_the_chairs_answer(self, alerted, as_role):
        client = as_role("board_chair")
        (row,) = client.get("/api/v1/alerts/", {"boundary": "related-sae"}).json()["results"]
        assert (row["affected"], row["evaluable"], row["answers"]) == (3, 5, [])

        sent = {"choice": "continue", "text": "explained"}
        answer = client.post(f"/api/v1/alerts/{row['id']}/answer/", sent, content_type="application/json")
        again = client.get(f"/api/v1/alerts/{row['id']}/").json()

        assert answer.status_code == 201
        assert [(each["choice"], each["text"]) for each in again["answers"]] == [("continue", "explained")]

    def test_resource_refuses_an_unknown_answer_by_field(self, alerted, as_role):
        (report,) = sealed(alerted)

        answer = as_role("board_chair").post(
            f"/api/v1/alerts/{report.alert_id}/answer/",
            {"choice": "halt", "text": "t"},
            content_type="application/json",
        )

        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "choice")


def test_request_leaves_numbers_of_listed_reports_alone(trial):
    chair = make_user("board_chair", trial=trial)
    for _ in range(2):
        request_sealed_report(trial=trial, by=chair, at=LATER, reason="asked for")

    assert [report.number for report in sealed(trial)] == [1, 2]
    assert not BoardReport.objects.exists()
