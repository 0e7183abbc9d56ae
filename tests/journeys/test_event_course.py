"""An event through four grades to recovery in a real browser, each step in a few keystrokes."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from events.models import AdverseEvent, EventObservation
from events.services.adverse_events import record_adverse_event
from tests.journeys.test_nurse import WIDTHS, sign_in, ward
from tests.ward import Ward, make_patient, make_term

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
__all__ = ["ward"]


def test_event_through_four_grades_to_recovery(ward: Ward, page: Page) -> None:
    now = timezone.localtime()
    patient = make_patient(ward, "07-012", enrolled_at=now - timedelta(days=9))
    values = {
        "reported_term": "low pressure",
        "ctcae_term": make_term("Hypotension", [1, 2, 3, 4, 5]),
        "grade": 1,
        "onset": f"{now - timedelta(days=6):%Y-%m-%d}",
        "serious": False,
    }
    event = record_adverse_event(
        participant=patient, values=values, by=ward.nurse, at=now - timedelta(days=6), reason="first entry"
    )
    sign_in(page)
    page.goto(f"/events/adverseevent/{event.pk}/change/")

    for days, grade in ((5, 2), (4, 3), (2, 4)):
        page.get_by_role("link", name="Add to the course").first.click()
        when = now - timedelta(days=days)
        page.get_by_label("Day").fill(f"{when:%d}")
        page.get_by_label("Month").fill(f"{when:%m}")
        page.get_by_label("Time").fill("")
        page.get_by_label(f"Grade {grade}").check()
        page.get_by_label("What was done for it?").fill("fluid, 500 mL")
        page.get_by_role("button", name="Record it").click()
        expect(page.locator(".messages")).to_contain_text("Recorded in the course of the event.")
    page.get_by_role("link", name="Add to the course").first.click()
    page.get_by_label("Recovered", exact=True).check()
    page.get_by_role("button", name="Record it").click()
    expect(page.locator(".messages")).to_contain_text("the event has ended")

    section = page.locator("#course")
    expect(section.get_by_role("img", name="Grades of the event over time")).to_be_visible()
    expect(section.locator("tbody tr")).to_have_count(5)
    expect(section).to_contain_text("Grade 1: 1 day · Grade 2: 1 day · Grade 3: 2 days · Grade 4: 2 days")
    expect(section.get_by_role("link", name="It has come back")).to_be_visible()
    row = AdverseEvent.objects.get(pk=event.pk)
    assert (row.grade, row.outcome, row.ended != "") == (4, "RECOVERED/RESOLVED", True)
    assert EventObservation.objects.filter(event=event).count() == 5
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
