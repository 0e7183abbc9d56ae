"""Verifying sealed reports: only on request, and without the flag nothing reveals that there are any."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Clearance
from reports.choices import ReportFormat
from reports.services import sealed_making, verifying
from reports.services.sealed_making import make_sealed_reports
from reports.services.sealed_reports import request_sealed_report
from tests.factories import make_user
from tests.integration.reports.board_trials import LATER, make_board_trial
from tests.plugins.shared_rows import shared_rows


@shared_rows
def trial():
    return make_board_trial(looks=[40])


def plainly(word: str) -> Any:
    """A few bytes in place of each document: the rendering takes seconds and has tests of its own."""
    return lambda document: {form: f"{word} {form.value}".encode() for form in ReportFormat}


@shared_rows
def sealed_report(trial):
    chair = make_user("board_chair", trial=trial)
    report = request_sealed_report(trial=trial, by=chair, at=LATER, reason="before the meeting")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sealed_making, "rendered", plainly("made"))
        make_sealed_reports(trial_id=trial.pk, at=LATER)
    return report


@pytest.fixture(autouse=True)
def verified_plainly(monkeypatch):
    monkeypatch.setattr(verifying, "rendered", plainly("made"))


def opened() -> list[tuple[str, str]]:
    return list(Clearance.objects.order_by("pk").values_list("ground", "purpose"))


def test_sealed_report_that_is_what_its_snapshot_gives_is_counted_with_the_flag(trial, sealed_report, capsys):
    call_command("verify_report", trial.code, "--sealed")

    assert "0 reports and 1 sealed reports verified" in capsys.readouterr().out


def test_sealed_report_that_differs_is_named_with_the_flag(trial, sealed_report, monkeypatch, capsys):
    monkeypatch.setattr(verifying, "rendered", plainly("something else for"))

    with pytest.raises(CommandError, match="1 of 1 reports are not what their snapshots give"):
        call_command("verify_report", trial.code, "--sealed")

    said = capsys.readouterr().err
    assert "STROMA-COV-2, sealed report 1, closed: the PDF document is not what its snapshot gives." in said
    assert opened()[-1] == ("report", "Verify a kept report")


def test_sealed_report_is_not_spoken_of_without_the_flag(trial, sealed_report, capsys):
    before = opened()

    call_command("verify_report", trial.code)

    assert capsys.readouterr().out == "0 reports verified: every document is what its snapshot gives.\n"
    assert opened() == before


def test_one_opening_is_logged_where_there_is_no_sealed_report(trial, capsys):
    before = opened()

    call_command("verify_report", trial.code, "--sealed")

    assert "0 reports and 0 sealed reports verified" in capsys.readouterr().out
    assert opened() == [*before, ("report", "Verify a kept report")]


def test_number_of_a_listed_report_is_not_asked_together_with_sealed_ones(trial):
    with pytest.raises(CommandError, match="not allowed with argument --report"):
        call_command("verify_report", trial.code, "--report", "1", "--sealed")
