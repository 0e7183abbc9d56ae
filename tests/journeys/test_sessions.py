"""A shared station in a real browser: the page closes when unused.

The typed text comes back for its person only.
"""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from events.models import AdverseEvent
from tests.ward import PASSWORD, Ward, make_patient, make_term, make_ward

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
TYPED = "Kidneys failing since noon"


@pytest.fixture
def ward(live_server: object) -> Ward:
    ward = make_ward()
    make_term("Acute kidney injury", [1, 3, 4, 5])
    make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=1))
    return ward


def sign_in(page: Page, name: str) -> None:
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def type_an_event(page: Page) -> None:
    page.goto("/events/adverseevent/add/")
    sign_in(page, "nurse")
    page.get_by_label("Participant", exact=True).select_option(label="07-012")
    page.get_by_label("What happened, in your words").fill(TYPED)
    page.get_by_role("combobox", name="Term of the dictionary").fill("acute kidney")
    page.get_by_role("option", name="Acute kidney injury").click()
    page.locator("[data-grade='3'] input").check()


def everything_kept(page: Page) -> str:
    return str(
        page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}, document.body.innerHTML])")
    )


def test_text_is_kept_for_its_person_and_hidden_from_the_next(ward: Ward, page: Page, settings: Any) -> None:
    settings.SESSION_IDLE_SHARED = timedelta(seconds=4)
    type_an_event(page)

    expect(page.get_by_text("The session ended because the page was not used")).to_be_visible(timeout=20_000)
    assert not Session.objects.exists()
    kept = everything_kept(page)
    assert "kept:" in kept
    assert "Kidneys" not in kept
    assert "07-012" not in kept

    settings.SESSION_IDLE_SHARED = timedelta(minutes=15)
    sign_in(page, "investigator")
    expect(page.get_by_label("What happened, in your words")).to_have_value("")
    assert "Kidneys" not in everything_kept(page)
    page.locator(".user-menu summary").click()
    page.get_by_role("button", name="Sign out").click()

    page.goto("/events/adverseevent/add/")
    sign_in(page, "nurse")
    expect(page.get_by_label("What happened, in your words")).to_have_value(TYPED)
    expect(page.get_by_text("What you had typed is back")).to_be_visible()
    expect(page.get_by_role("combobox", name="Term of the dictionary")).to_have_value("Acute kidney injury")
    expect(page.locator("[data-grade='3'] input")).to_be_checked()
    assert json.loads(str(page.evaluate("JSON.stringify(Object.keys(sessionStorage))"))) == []


def test_use_keeps_the_page_and_the_session(ward: Ward, page: Page, settings: Any) -> None:
    settings.SESSION_IDLE_SHARED = timedelta(seconds=4)
    type_an_event(page)
    words = page.get_by_label("What happened, in your words")
    for _second in range(8):
        words.press("x")
        page.wait_for_timeout(1000)

    expect(words).to_have_value(re.compile("x{8}"))
    assert page.evaluate("fetch('/access/alive/', {method: 'POST'}).then(a => a.json()).then(a => a.account)")


def test_in_the_first_minute_a_lost_connection_and_an_ended_session_lose_nothing(
    ward: Ward, page: Page, browser_faults: list[str]
) -> None:
    type_an_event(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Record the event").click()
    expect(page.locator(".not-sent")).to_contain_text("The server does not answer")

    page.context.set_offline(False)
    Session.objects.all().delete()
    page.get_by_role("button", name="Record the event").click()
    expect(page.locator(".not-sent")).to_contain_text("You are no longer signed in as")
    expect(page.get_by_label("What happened, in your words")).to_have_value(TYPED)

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again in a new tab.").click()
    sign_in(opened.value, "nurse")
    expect(opened.value.get_by_role("heading", name="Worklist")).to_be_visible()
    page.get_by_role("group", name="When did it start?").get_by_role("button", name="Now").click()
    page.get_by_role("button", name="Record the event").click()

    expect(page.locator(".messages")).to_contain_text("Recorded: 07-012")
    assert AdverseEvent.objects.count() == 1
    browser_faults.clear()
