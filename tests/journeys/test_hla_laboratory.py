"""The HLA laboratory in the browser: upload, excuse by two, two readers who differ, an adjudicator, the board."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from immunology.models import JudgingChange, SerumInRun
from immunology.services import sign_rules_in_use
from reports.queries.people import People
from reports.queries.records import records_of
from reports.queries.samples import dsa_finding_rows
from tests.factories import make_user, unsealed
from tests.integration.immunology.antibody_rows import (
    D0,
    D14,
    LABORATORY,
    NOW,
    REASON,
    Study,
    bind,
    make_study,
)
from tests.unit.immunology.laboratory_files import long_form, long_rows
from trials.models import ProtocolVersion

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PASSWORD = "a password for tests"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def page_of(browser: Browser, live_server: Any) -> Iterator[Callable[[User], Page]]:
    """A page in a browser context of its own for each person."""
    contexts = []

    def opened(user: User) -> Page:
        context = browser.new_context(base_url=live_server.url, locale="en-GB", timezone_id="Europe/Paris")
        context.set_default_timeout(15_000)
        contexts.append(context)
        client = Client()
        client.force_login(user, backend=BACKEND)
        key = client.session.session_key or ""
        context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def failing_file(study: Study, folder: Path) -> Path:
    """The D14 serum with a positive reading, and a positive control that is too low."""
    rows = long_rows(study.take(study.treated, D14, 14).code, ["1800", "110"])
    rows[1][rows[1].index("9000")] = "300"
    path = folder / "plate.csv"
    path.write_bytes(long_form(rows))
    return path


def excuse(page: Page, serum: int, verb: str, button: str) -> None:
    page.goto(reverse(f"admin:immunology_seruminrun_{verb}", args=[serum]))
    page.get_by_label("Why does it count all the same?").fill("the control bead was old; the lot is sound")
    page.get_by_role("button", name=button).click()


def sign(page: Page, finding: str, verdict: str, part: str) -> None:
    page.goto(finding)
    page.get_by_label("Your class").select_option(verdict)
    page.get_by_label("Comment").fill("read on the ladder")
    page.get_by_label(part, exact=True).check()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign this reading").click()
    expect(page.get_by_text("Signed. Your reading stands")).to_be_visible()


def test_a_failed_serum_is_excused_read_and_adjudicated(page_of: Any, tmp_path: Path) -> None:
    study = make_study()
    study.measure(study.take(study.treated, D0, 0), A0201="120", B0702="100")
    colleague = make_user("hla_laboratory", trial=study.trial)
    bind(colleague, study.trial, LABORATORY)
    laboratory = page_of(study.laboratory)

    laboratory.goto(reverse("admin:immunology_seruminrun_add"))
    laboratory.get_by_label("File of the laboratory").set_input_files(failing_file(study, tmp_path))
    laboratory.get_by_role("button", name="Look at the file").click()
    expect(laboratory.get_by_text("Nothing is stored yet.")).to_be_visible()
    laboratory.get_by_role("button", name="Import the file").click()
    expect(laboratory.get_by_text("1 serum kept under seal.")).to_be_visible()
    with unsealed(study.trial):
        serum = SerumInRun.objects.get().pk
        rules = JudgingChange.objects.get(kind="rules").pk
    excuse(laboratory, serum, "excuse", "Ask that this failed serum counts")
    excuse(page_of(colleague), serum, "confirm", "Confirm that this failed serum counts")

    sign_rules_in_use(trial=study.trial, change_id=rules, by=study.statistician, at=NOW, reason=REASON)
    first, second, third = (make_user("unblinded_reviewer", trial=study.trial) for _ in range(3))
    reading = page_of(first)
    reading.goto(reverse("admin:immunology_dsafinding_calls"))
    row = (
        reading.get_by_role("row")
        .filter(has_text=re.compile(rf"{study.treated.code}.*A\*02:01", re.DOTALL))
        .first
    )
    finding = row.get_by_role("link").first.get_attribute("href")
    assert finding
    sign(reading, finding, "DE_NOVO", "Reader")
    sign(page_of(second), finding, "INDETERMINATE_GREY", "Reader")
    adjudicating = page_of(third)
    sign(adjudicating, finding, "DE_NOVO", "Adjudicator")
    expect(adjudicating.get_by_text("■ Adjudicated").first).to_be_visible()

    assert board_line(study) == "adjudicated: DE_NOVO"


def board_line(study: Study) -> Any:
    """What the closed report's table of targets says of the call."""
    with unsealed(study.trial):
        newest = JudgingChange.objects.latest("pk").changed_at.replace(year=2100)
        records = records_of(
            trial_id=study.trial.pk, zone=study.trial.timezone, cutoff=newest, enrolled_up_to=None
        )
        plan = ProtocolVersion.objects.protocol_of(trial_id=study.trial.pk, on=None).antibodies
        rows = dsa_finding_rows(People(records), plan)
    return next(row["readings"] for row in rows if row["specificity"] == "A*02:01")
