"""The investigator in a real browser: reads, signs, assesses a finding."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from events.models import AdverseEvent
from events.services.adverse_events import record_adverse_event
from haemodynamics.models import HaemodynamicFinding
from haemodynamics.rules import RunningVasopressor
from haemodynamics.services import record_reading
from tests.ward import PASSWORD, Ward, make_patient, make_term, make_ward, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def ward(live_server: object) -> Ward:
    return make_ward()


def sign_in(page: Page) -> None:
    page.goto("/")
    page.get_by_label("User name").fill("investigator")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_serious_event_is_signed_with_the_password(ward: Ward, page: Page) -> None:
    now = timezone.now()
    patient = make_patient(ward, "07-012", enrolled_at=now - timedelta(days=1))
    values = {
        "reported_term": "VF",
        "ctcae_term": make_term("Ventricular fibrillation", [4, 5]),
        "grade": 4,
        "serious": True,
        "life_threatening": True,
        "onset": f"{now:%Y-%m}",
        "aware_at": now - timedelta(minutes=30),
    }
    record_adverse_event(
        participant=patient,
        values=values,
        by=ward.nurse,
        at=now - timedelta(minutes=20),
        reason="first entry",
    )
    sign_in(page)

    page.get_by_role("link", name="Read and sign").click()
    page.get_by_role("link", name="Sign", exact=True).click()
    page.get_by_label("Your password").fill("not the password")
    page.get_by_role("button", name="Sign this version").click()
    expect(page.get_by_role("alert")).to_contain_text("nothing was done")
    assert AdverseEvent.objects.get().signed_at is None

    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign this version").click()
    expect(page.locator(".messages")).to_contain_text("Signed.")
    assert AdverseEvent.objects.get().signed_by == "investigator"


def test_finding_is_shown_in_words_and_refuted_with_a_reason(ward: Ward, page: Page) -> None:
    now = timezone.now().replace(second=0, microsecond=0)
    patient = make_patient(ward, "07-012", enrolled_at=now - timedelta(days=2))
    infusion = start(ward, patient, 1, at=now - timedelta(hours=3))
    for minute, rate in ((-15, "0.05"), (60, "0.05"), (120, "0.40")):
        record_reading(
            participant=patient,
            values={"taken_at": infusion.started_at + timedelta(minutes=minute), "map_mmhg": 70},
            vasopressors=[RunningVasopressor("norepinephrine", Decimal(rate), "ug/kg/min", "base")],
            by=ward.nurse,
            at=now,
            reason="first entry",
        )
    sign_in(page)

    page.get_by_role("link", name="Assess: Norepinephrine raised").click()
    page.get_by_role("link", name="The hours after").click()
    expect(page.locator("svg.strips")).to_contain_text("Norepinephrine raised")
    expect(page.get_by_role("cell", name="Norepinephrine 0.4 µg/kg/min")).to_be_visible()
    page.go_back()
    page.get_by_label("No: it is not").check()
    page.get_by_label("Why?").fill("Rate mistyped")
    page.get_by_role("button", name="Keep the decision").click()

    expect(page.locator(".messages")).to_contain_text("Decision kept")
    assert HaemodynamicFinding.objects.get().state == "refuted"


def test_language_and_appearance_are_chosen_in_the_menu(ward: Ward, page: Page) -> None:
    sign_in(page)

    page.locator(".user-menu summary").click()
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_role("heading", name="À faire")).to_be_visible()
    page.locator(".user-menu summary").click()
    page.get_by_role("button", name="Sombre").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 22, 24)"
