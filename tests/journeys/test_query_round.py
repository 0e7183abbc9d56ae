"""A query round in a real browser: the data manager asks, the nurse finds it at the field, corrects, and it is closed."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from data_management.models import DataQuery
from haemodynamics.models import HaemodynamicReading
from tests.factories import make_reading, make_user
from tests.journeys.test_nurse import sign_in
from tests.ward import Ward, make_patient, make_ward, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
PICTURES = os.environ.get("JOURNEY_PICTURES", "")
"""A folder for pictures of the pages, to be looked at; empty: none."""


@pytest.fixture
def ward(live_server: object) -> Ward:
    return make_ward()


@pytest.fixture
def manager(ward: Ward) -> User:
    return make_user(
        "data_manager", trial=ward.trial, username="manager", first_name="Ada", last_name="Weiss"
    )


@pytest.fixture
def reading(ward: Ward) -> HaemodynamicReading:
    now = timezone.now()
    patient = make_patient(ward, "07-012", enrolled_at=now - timedelta(days=1))
    start(ward, patient, 1, at=now - timedelta(hours=2))
    return make_reading(patient, taken_at=now - timedelta(hours=1), heart_rate_bpm=29)


def leave(page: Page) -> None:
    page.context.clear_cookies()


def picture(page: Page, name: str) -> None:
    if PICTURES:
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)


def test_a_query_is_asked_corrected_answered_and_closed(
    manager: User, reading: HaemodynamicReading, page: Page
) -> None:
    form = f"/haemodynamics/haemodynamicreading/{reading.pk}/change/"
    sign_in(page, "manager")
    page.goto(form)
    page.get_by_role("link", name="Raise a query").click()
    page.get_by_label("About which field?").select_option("heart_rate_bpm")
    page.get_by_label("Question to the site").fill("29 or 92?")
    picture(page, "1-raise")
    page.get_by_role("button", name="Raise the query").click()
    expect(page.locator(".messages")).to_contain_text("Asked: Query")

    leave(page)
    sign_in(page, "nurse")
    line = page.locator(".work-item", has_text="Query to answer")
    expect(line).to_contain_text("29 or 92?")
    picture(page, "2-worklist")
    page.goto(form)
    expect(page.locator(".field-heart_rate_bpm .record-note")).to_contain_text("29 or 92?")
    picture(page, "3-field")
    page.get_by_role("textbox", name="Heart rate (/min)").fill("92")
    page.get_by_label("Reason for the change").fill("typing error")
    page.get_by_role("button", name="Save the change").click()
    expect(page.locator(".messages")).to_be_visible()
    page.goto(form)
    page.locator(".field-heart_rate_bpm").get_by_role("link", name="Answer the query").click()
    page.get_by_label("What do you say?").fill("Corrected.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator(".messages")).to_contain_text("Answered.")

    leave(page)
    sign_in(page, "manager")
    page.locator(".work-item", has_text="Query was answered").get_by_role("link", name="Open").click()
    expect(page.get_by_text("Value now (version 2)")).to_be_visible()
    picture(page, "4-query")
    page.get_by_role("link", name="Close", exact=True).click()
    page.get_by_role("button", name="Close the query").click()
    expect(page.locator(".messages")).to_contain_text("Closed.")

    assert list(DataQuery.objects.get().messages.order_by("pk").values_list("act", flat=True)) == [
        "raise",
        "answer",
        "close",
    ]
    if PICTURES:
        french(page)


def french(page: Page) -> None:
    """Pictures of further pages, in French."""
    page.context.add_cookies([{"name": "django_language", "value": "fr", "url": page.url}])
    pages = {
        "5-missing": "/missing/",
        "6-list": "/data_management/dataquery/",
        "7-sites": "/missing/sites/",
        "8-query": "/data_management/dataquery/1/change/",
        "9-participant": "/trials/participant/1/change/",
    }
    for name, url in pages.items():
        page.goto(url)
        if name == "6-list":
            page.locator(".list-tools summary").click()
        picture(page, name)
