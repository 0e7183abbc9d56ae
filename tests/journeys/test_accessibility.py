"""The usual rules of accessibility (WCAG 2.2 A and AA, as axe-core checks them) on the main pages, in light and dark."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from events.services.adverse_events import record_adverse_event
from tests.factories import make_user
from tests.journeys.test_nurse import sign_in
from tests.ward import Ward, make_patient, make_term, make_ward, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
RULES = (Path(__file__).parent / "accessibility_rules.js").read_text(encoding="utf-8")


@pytest.fixture
def ward(live_server: object) -> Ward:
    ward = make_ward()
    patient = make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=1))
    start(ward, patient, 1, at=timezone.now() - timedelta(minutes=57))
    make_user("pharmacovigilance", trial=ward.trial, username="officer", first_name="Ines", last_name="Roy")
    at = timezone.now()
    record_adverse_event(
        participant=patient,
        values={
            "reported_term": "VF",
            "ctcae_term": make_term("Ventricular fibrillation", [4, 5]),
            "grade": 4,
            "serious": True,
            "life_threatening": True,
            "onset": at.date().isoformat(),
        },
        by=ward.nurse,
        at=at,
        reason="first entry",
    )
    return ward


def faults_of(page: Page, path: str) -> list[str]:
    page.goto(path)
    return [f"{path}: {fault}" for fault in page.evaluate(RULES)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_the_ward_keep_the_usual_rules(ward: Ward, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    patient = ward.trial.participants.get(code="07-012")
    infusion, event = patient.infusions.get(), patient.adverse_events.get()
    before = faults_of(page, "/login/")
    sign_in(page)
    paths = [
        "/",
        "/events/adverseevent/",
        "/events/adverseevent/add/",
        f"/events/adverseevent/{event.pk}/change/",
        f"/events/adverseevent/{event.pk}/void/",
        f"/history/events_adverseevent/{event.pk}/",
        "/events/seriousnotice/",
        f"/haemodynamics/haemodynamicreading/six-hours/{infusion.pk}/",
        "/haemodynamics/haemodynamicreading/",
        "/haemodynamics/haemodynamicfinding/",
        "/trials/participant/",
        f"/trials/participant/{patient.pk}/change/",
        "/trials/participant/add/",
        "/trials/infusion/add/",
        f"/trials/infusion/{infusion.pk}/change/",
        "/immunology/specimen/add/",
        f"/assessments/dailyassessment/days/{patient.pk}/",
        "/assessments/protocoldeviation/add/",
        "/search/?q=07",
    ]

    assert [*before, *(fault for path in paths for fault in faults_of(page, path))] == []


def test_pages_of_the_safety_officer_keep_the_usual_rules(ward: Ward, page: Page) -> None:
    event = ward.trial.adverse_events.get()
    notice = event.notices.get()
    sign_in(page, "officer")
    paths = [
        "/",
        f"/events/adverseevent/{event.pk}/change/",
        f"/events/seriousnotice/{notice.pk}/change/",
        f"/events/seriousnotice/{notice.pk}/acknowledge/",
        "/board/",
    ]

    assert [fault for path in paths for fault in faults_of(page, path)] == []


def test_the_rules_find_what_they_name(ward: Ward, page: Page) -> None:
    page.goto("/login/")
    page.evaluate(
        """() => { document.querySelector("main").innerHTML = `
        <h1 id="twice">One</h1><h4 id="twice">Jump</h4><input type="text"><button></button><a href="/"></a>
        <table><tr><td>1</td></tr></table><p aria-describedby="nothing" role="nonsense">x</p><img src="data:,">
        <p id="pale">pale</p><span tabindex="3">x</span><ul role="listbox"></ul><aside>x</aside>
        <div id="narrow"><p id="wide">wide</p></div>`;
        const style = (id, name, value) => { document.getElementById(id).style[name] = value; };
        style("pale", "color", "#aaa"); style("pale", "background", "#fff");
        style("narrow", "width", "60px"); style("narrow", "overflow", "auto"); style("wide", "width", "900px"); }"""
    )

    found = {fault.split(":")[0] for fault in page.evaluate(RULES)}

    assert found == {
        "aria-input-field-name",
        "aria-reference",
        "aria-role",
        "button-name",
        "color-contrast",
        "duplicate-id",
        "heading-order",
        "image-alt",
        "label",
        "landmark-complementary-is-top-level",
        "link-name",
        "scrollable-region-focusable",
        "tabindex",
        "table-header",
    }
