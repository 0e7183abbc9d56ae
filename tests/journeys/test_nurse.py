"""A night on the ward in a real browser: an infusion starts, checks are entered, an event is recorded."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from events.models import AdverseEvent
from haemodynamics.models import HaemodynamicReading
from tests.ward import PASSWORD, Ward, make_patient, make_term, make_ward, start
from trials.models import Infusion

WIDTHS = (360, 768, 1280)
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def ward(live_server: object) -> Ward:
    ward = make_ward()
    make_term("Acute kidney injury", [1, 3, 4, 5])
    make_term("Ventricular fibrillation", [4, 5])
    return ward


def sign_in(page: Page, name: str = "nurse") -> None:
    page.goto("/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()


def test_infusion_checks_and_a_wrong_grade_first(ward: Ward, page: Page) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=1))
    sign_in(page)

    page.get_by_role("link", name="Start: Infusion 1, 07-012").click()
    page.get_by_label("Kit number").fill("K-4711")
    page.get_by_role("button", name="The infusion has started").click()
    expect(page.locator(".messages")).to_contain_text("Started: 07-012, infusion 1.")
    assert Infusion.objects.get().kit_number == "K-4711"

    page.get_by_role("link", name="Enter: Check of infusion 1, 07-012").first.click()
    page.get_by_label("Heart rate (/min)").fill("92")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Systolic (mmHg)")).to_be_focused()
    page.get_by_label("Mean (mmHg)").fill("71")
    page.get_by_role("button", name="Record the check").click()
    expect(page.locator(".messages")).to_contain_text("recorded for 07-012")
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()
    assert HaemodynamicReading.objects.get().heart_rate_bpm == 92

    page.get_by_role("link", name="New adverse event").click()
    page.get_by_label("Participant", exact=True).select_option(label="07-012")
    page.get_by_label("What happened, in your words").fill("Kidneys failing")
    page.get_by_role("combobox", name="Term of the dictionary").fill("acute kidney")
    page.get_by_role("option", name="Acute kidney injury").click()
    expect(page.locator("[data-grade='2'] input")).to_be_disabled()
    page.locator("[data-grade='2'] input").evaluate(
        "field => { field.disabled = false; field.checked = true; }"
    )
    page.get_by_role("group", name="When did it start?").get_by_role("button", name="Now").click()
    expect(page.locator("[data-follows]")).to_contain_text("After infusion 1, by")
    page.get_by_role("button", name="Record the event").click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("2 does not exist for “Acute kidney injury”")
    expect(page.get_by_label("What happened, in your words")).to_have_value("Kidneys failing")
    assert not AdverseEvent.objects.exists()

    summary.get_by_role("link").click()
    page.locator("[data-grade='3'] input").check()
    expect(page.get_by_text("Did it result in death?")).to_be_visible()
    page.get_by_role("button", name="Record the event").click()
    expect(page.locator(".messages")).to_contain_text("Recorded: 07-012 · Acute kidney injury.")
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()
    event = AdverseEvent.objects.get()
    assert (event.grade, event.participant) == (3, patient)


def test_serious_answer_opens_what_follows(ward: Ward, page: Page) -> None:
    make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=1))
    sign_in(page)
    page.clock.install()
    page.get_by_role("link", name="New adverse event").click()

    page.get_by_text("The six questions of seriousness").click()
    page.get_by_role("group", name="Was the participant's life at risk").get_by_label("Yes").check()

    expect(page.get_by_text("The investigator signs within 24 h.")).to_be_visible()
    expect(page.get_by_role("group", name="Is it serious?").get_by_label("Yes")).to_be_checked()
    page.get_by_text("The six questions of seriousness").click()
    expect(page.get_by_text("Did it result in death?")).to_be_visible()

    page.get_by_label("Participant", exact=True).select_option(label="07-012")
    keep_what_was_typed_when_the_session_ends(page, "Kidneys failing")


def keep_what_was_typed_when_the_session_ends(page: Page, text: str) -> None:
    """The session ends before the form is sent: nothing is lost, and the form is sent once the nurse is back."""
    page.clock.fast_forward("01:05")
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("What happened, in your words").fill(text)
    page.get_by_role("button", name="Save as draft").click()
    expect(page.locator(".not-sent")).to_contain_text("You are no longer signed in as")
    expect(page.get_by_label("What happened, in your words")).to_have_value(text)

    page.context.add_cookies([cookie for cookie in cookies if cookie["name"] == "sessionid"])  # type: ignore[list-item]
    page.get_by_role("button", name="Save as draft").click()
    expect(page.locator(".messages")).to_contain_text(f"Draft kept: 07-012 · {text}.")


def test_event_with_the_keyboard_alone(ward: Ward, page: Page) -> None:
    make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=1))
    sign_in(page)
    page.goto("/events/adverseevent/add/?back=/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "#id_participant")
    page.keyboard.type("07-012")
    tab_to(page, "#id_reported_term")
    page.keyboard.type("Fibrillating")
    tab_to(page, "#id_ctcae_term_text")
    page.keyboard.type("ventricular fib")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[data-grade='1'] input")).to_be_disabled()
    tab_to(page, "#id_onset_0")
    page.evaluate(
        """text => { const data = new DataTransfer(); data.setData('text', text);
        document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true})) }""",
        "06/04/2020 03:40",
    )
    parts = [page.locator(f"#id_onset_{index}").input_value() for index in range(4)]
    assert parts == ["06", "04", "2020", "03:40"]
    tab_to(page, "button[name='_draft']")
    page.keyboard.press("Enter")

    expect(page.locator(".messages")).to_contain_text("Draft kept: 07-012 · Ventricular fibrillation.")


def tab_to(page: Page, selector: str) -> None:
    """Tab on until the element is reached; a page on which it cannot be reached fails."""
    for _press in range(80):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} cannot be reached with the keyboard")


def test_event_is_recorded_without_scripts(ward: Ward, browser: Browser, live_server: Any) -> None:
    make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=1))
    context = browser.new_context(base_url=live_server.url, locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    sign_in(page)

    page.get_by_role("link", name="New adverse event").click()
    page.get_by_label("Participant", exact=True).select_option(label="07-012")
    page.get_by_label("What happened, in your words").fill("Kidneys failing")
    page.get_by_label("Term of the dictionary").select_option(label="Acute kidney injury")
    page.locator("[data-grade='3'] input").check()
    page.get_by_role("group", name="When did it start?").get_by_label("Year").fill("2020")
    page.get_by_role("button", name="Record the event").click()

    expect(page.locator(".messages")).to_contain_text("Recorded: 07-012 · Acute kidney injury.")
    context.close()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_page_scrolls_sideways(ward: Ward, page: Page, language: str) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=1))
    infusion = start(ward, patient, 1, at=timezone.now() - timedelta(minutes=57))
    sign_in(page)
    page.set_extra_http_headers({"Accept-Language": language})
    paths = [
        "/",
        "/trials/participant/",
        f"/trials/participant/{patient.pk}/change/",
        "/events/adverseevent/add/",
        "/trials/infusion/add/",
        f"/haemodynamics/haemodynamicreading/after-infusion/{infusion.pk}/",
        f"/history/trials_participant/{patient.pk}/",
        f"/trials/participant/{patient.pk}/death/",
    ]

    wide = {}
    for path in paths:
        page.goto(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            wide[path, width] = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    assert {place: excess for place, excess in wide.items() if excess > 0} == {}


def test_everything_one_can_press_is_large_enough_and_named(ward: Ward, page: Page) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=1))
    infusion = start(ward, patient, 1, at=timezone.now() - timedelta(minutes=57))
    sign_in(page)
    paths = [
        "/",
        "/events/adverseevent/add/",
        f"/haemodynamics/haemodynamicreading/after-infusion/{infusion.pk}/",
        "/trials/participant/add/",
    ]

    faults = {}
    for path in paths:
        page.goto(path)
        faults[path] = page.evaluate(FAULTS)

    assert {path: found for path, found in faults.items() if found} == {}


FAULTS = """() => {
  const visible = element => element.offsetParent !== null && getComputedStyle(element).visibility !== 'hidden';
  const found = [];
  const pressed = '.button, summary, nav a, select, input:not([type=hidden], [type=radio], [type=checkbox])';
  for (const element of document.querySelectorAll(pressed)) {
    const counts = visible(element) && !element.matches('.is-enhanced') && !element.closest('.breadcrumbs');
    if (counts && element.getBoundingClientRect().height < 43.5) found.push('small: ' + element.outerHTML.slice(0, 80));
  }
  for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
    const labelled = (field.labels && field.labels.length) || field.getAttribute('aria-label');
    const named = labelled || field.getAttribute('aria-hidden') === 'true';
    if (!named) found.push('nameless: ' + field.outerHTML.slice(0, 80));
  }
  const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
  for (const id of ids.filter((id, index) => ids.indexOf(id) !== index)) found.push('twice: ' + id);
  if (document.querySelectorAll('h1').length !== 1) found.push('not one h1');
  if (!document.documentElement.lang) found.push('no language');
  for (const image of document.querySelectorAll('svg:not([aria-hidden]):not([aria-label])')) {
    found.push('svg without words: ' + image.outerHTML.slice(0, 60));
  }
  return found;
}"""
