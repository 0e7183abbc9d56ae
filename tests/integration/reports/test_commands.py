"""The command line: a report in a file, refusals in one sentence, proof that a report is what its snapshot gives."""

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from reports.choices import ReportKind
from reports.models import BoardReport, ReportView
from reports.services import making, verifying
from reports.services.looks import create_due_reports
from tests.integration.reports.board_trials import LATER, document, enrol_many, json_alone, make_plainly
from tests.integration.reports.test_versions import change
from tests.plugins.shared_rows import shared_rows
from trials.models import Participant

CLOSED_JSON = ("--kind", "closed", "--format", "json")


@shared_rows
def made(trial):
    """The report of the tenth enrolment, made."""
    enrol_many(trial, 10)
    (owed,) = create_due_reports(trial_id=trial.pk, at=LATER)
    return make_plainly(owed)


@pytest.fixture
def plainly(monkeypatch):
    """HTML and PDF are not rendered, which takes seconds.

    `test_look_is_made_and_written` and the tests of making do.
    """
    for module in (making, verifying):
        monkeypatch.setattr(module, "rendered", json_alone)


def report_to(path: Any, *arguments: str) -> dict[str, Any]:
    call_command("dsmb_report", "STROMA-COV-2", *arguments, *CLOSED_JSON, "--output", str(path))
    return json.loads(path.read_bytes())


def test_look_is_made_and_written(trial, tmp_path):
    enrol_many(trial, 10)

    written = report_to(tmp_path / "report.json", "--enrolments", "10")

    assert (written["look"], written["kind"], written["version"]) == (10, "closed", 1)
    assert [arm["enrolled"] for arm in written["arms"]] == [5, 5]


def test_look_that_was_made_is_written_as_it_was_kept(trial, made, tmp_path):
    call_command(
        "dsmb_report",
        trial.code,
        "--enrolments",
        "10",
        *CLOSED_JSON,
        "--output",
        str(tmp_path / "report.json"),
    )

    assert (tmp_path / "report.json").read_bytes() == document(made, ReportKind.CLOSED)
    assert BoardReport.objects.count() == 1


def test_file_is_readable_by_its_owner_alone(trial, made, tmp_path):
    path = tmp_path / "report.pdf"

    call_command(
        "dsmb_report",
        trial.code,
        "--enrolments",
        "10",
        "--kind",
        "closed",
        "--format",
        "pdf",
        "--output",
        str(path),
    )

    assert path.stat().st_mode & 0o777 == 0o600


def test_formats_of_one_minute_share_one_report_and_one_snapshot(trial, tmp_path, plainly):
    enrol_many(trial, 2)

    written = [
        report_to(tmp_path / "report.json", "--now")["snapshot_sha256"]
        for _ in range(2)
        if not call_command("dsmb_report", trial.code, "--now", "--kind", "open", "--format", "pdf")
    ]

    assert BoardReport.objects.count() == 1
    assert len(set(written)) == 1


def test_ad_hoc_reports_are_no_looks_and_count_their_versions(trial, tmp_path, plainly):
    enrol_many(trial, 2)

    first = report_to(tmp_path / "report.json", "--now")
    change(Participant.objects.order_by("pk").first(), at=timezone.now(), age_years=70)
    second = report_to(tmp_path / "report.json", "--now")

    assert [(report["look"], report["version"]) for report in (first, second)] == [(None, 1), (None, 2)]
    assert first["arms"] == second["arms"]


def test_report_goes_to_standard_output(trial, made, capfdbinary):
    call_command("dsmb_report", trial.code, "--enrolments", "10", "--kind", "open", "--format", "html")

    assert capfdbinary.readouterr().out == b"<style></style><body>open html</body>"


def test_opening_on_the_command_line_is_recorded(trial, made, tmp_path):
    call_command(
        "dsmb_report",
        trial.code,
        "--enrolments",
        "10",
        *CLOSED_JSON,
        "--output",
        str(tmp_path / "report.json"),
    )

    assert list(ReportView.objects.values_list("reader__username", "kind")) == [("system", "closed")]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("NOWHERE", "--now", *CLOSED_JSON),
            "TRIAL: no trial has the code 'NOWHERE'; load its protocol first.",
        ),
        (
            ("STROMA-COV-2", "--enrolments", "3", *CLOSED_JSON),
            "Enrolments: 3 asked for, and 2 participants are enrolled.",
        ),
        (("STROMA-COV-2", "--enrolments", "0", *CLOSED_JSON), "Enrolments: 0 asked for"),
        (("STROMA-COV-2", *CLOSED_JSON), "one of the arguments --enrolments --now is required"),
        (("STROMA-COV-2", "--now", "--enrolments", "2", *CLOSED_JSON), "not allowed with argument"),
        (("STROMA-COV-2", "--now", "--kind", "secret", "--format", "json"), "invalid choice: 'secret'"),
        (("STROMA-COV-2", "--enrolments", "ten", *CLOSED_JSON), "invalid int value: 'ten'"),
    ],
)
def test_wrong_input_is_refused_in_a_sentence_and_nothing_is_made(trial, arguments, sentence):
    enrol_many(trial, 2)

    with pytest.raises(CommandError, match=sentence.replace("(", r"\(")):
        call_command("dsmb_report", *arguments)

    assert not BoardReport.objects.exists()


def test_file_that_cannot_be_written_is_named(trial, made, tmp_path):
    with pytest.raises(CommandError, match=r"--output: '.*' cannot be written: No such file or directory"):
        call_command(
            "dsmb_report",
            trial.code,
            "--enrolments",
            "10",
            *CLOSED_JSON,
            "--output",
            str(tmp_path / "no" / "where"),
        )


def test_verification_tells_how_many_reports_are_as_they_should_be(trial, capsys, tmp_path, plainly):
    enrol_many(trial, 2)
    report_to(tmp_path / "report.json", "--now")

    call_command("verify_report", trial.code)

    assert capsys.readouterr().out == "1 reports verified: every document is what its snapshot gives.\n"


def test_verification_names_what_differs(trial, made, capsys, plainly):
    with pytest.raises(CommandError, match="1 of 1 reports are not what their snapshots give"):
        call_command("verify_report", trial.code, "--report", "1")

    assert (
        "STROMA-COV-2, report 1, closed: the PDF document is not what its snapshot gives."
        in capsys.readouterr().err
    )


def test_verification_of_a_report_that_is_not_there_is_refused(trial):
    with pytest.raises(CommandError, match="the trial has no report number 7 that is ready"):
        call_command("verify_report", trial.code, "--report", "7")
