"""The box of the dictionary's term in a real browser: only an explicit choice codes an event."""

from datetime import timedelta
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.services import system_user
from events.models import AdverseEvent, UnfoundWord
from events.services.vocabulary import load_shipped_terms
from tests.journeys.test_nurse import sign_in
from tests.ward import Ward, make_patient, make_ward

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

BOX = "#id_ctcae_term_text"
LIST = "#id_ctcae_term"


@pytest.fixture
def ward(live_server: object) -> Ward:
    load_shipped_terms(by=system_user(), at=timezone.now())
    ward = make_ward()
    make_patient(ward, "07-012", enrolled_at=timezone.now() - timedelta(days=1))
    return ward


def start_event(page: Page) -> None:
    sign_in(page)
    page.get_by_role("link", name="New adverse event").click()
    page.get_by_label("Participant", exact=True).select_option(label="07-012")
    page.get_by_label("What happened, in your words").fill("as the ward wrote it")


def chosen(page: Page) -> str:
    return str(page.locator(LIST).evaluate("list => list.value ? list.selectedOptions[0].text : ''"))


def test_text_that_is_left_in_the_box_codes_nothing_and_stays_visible(ward: Ward, page: Page) -> None:
    start_event(page)
    for typed in ("ACR", "UTI", "embolism", "neutropenia"):
        page.locator(BOX).fill("")
        page.locator(BOX).press_sequentially(typed)
        page.keyboard.press("Tab")

        assert chosen(page) == ""
        expect(page.locator(BOX)).to_have_value(typed)
        expect(page.locator(".combo-uncoded")).to_have_text(f"“{typed}” is not coded yet")

    page.locator(BOX).fill("ACR")
    page.keyboard.press("Enter")
    assert chosen(page) == ""


def test_uncoded_text_is_refused_with_what_was_typed_and_a_draft_says_so(ward: Ward, page: Page) -> None:
    start_event(page)
    page.locator(BOX).fill("embolism")
    page.get_by_role("group", name="When did it start?").get_by_role("button", name="Now").click()
    page.get_by_role("button", name="Record the event").click()

    expect(page.get_by_role("alert")).to_contain_text("Term of the dictionary: “embolism” is not coded yet")
    expect(page.locator(BOX)).to_have_value("embolism")
    expect(page.locator(".combo-uncoded")).to_be_visible()
    assert not AdverseEvent.objects.exists()

    page.get_by_role("button", name="Save as draft").click()
    expect(page.locator(".messages")).to_contain_text("“embolism” is not coded yet")
    assert AdverseEvent.objects.get().ctcae_term is None


def test_explicit_choices_code(ward: Ward, page: Page) -> None:
    start_event(page)

    page.locator(BOX).press_sequentially("febrile neutr")
    page.get_by_role("option", name="Febrile neutropenia").click()
    assert chosen(page) == "Febrile neutropenia"

    page.locator(BOX).press_sequentially("x")
    page.keyboard.press("Tab")
    assert chosen(page) == ""

    page.locator(BOX).fill("urinary tract inf")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(BOX)).to_have_value("Urinary tract infection")  # the keys wait for the server's list
    assert chosen(page) == "Urinary tract infection"

    page.locator(BOX).fill("fever")
    page.keyboard.press("Tab")
    assert chosen(page) == "Fever"
    expect(page.locator(BOX)).to_have_value("Fever")

    page.locator(BOX).fill("fev")
    page.keyboard.press("Escape")
    assert chosen(page) == "Fever"


def test_a_french_word_without_its_accents_finds_the_term(ward: Ward, page: Page) -> None:
    start_event(page)
    page.context.add_cookies(
        [{"name": settings.LANGUAGE_COOKIE_NAME, "value": "fr", "url": urljoin(page.url, "/")}]
    )
    page.reload()

    page.locator(BOX).press_sequentially("fievre")
    first = page.locator(".combo-list [role='option']").first
    expect(first).to_contain_text("fièvre → Fever")
    expect(first).to_contain_text("Fièvre (notre libellé)")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator(BOX)).to_have_value("Fever")
    assert chosen(page) == "Fever"
    expect(page.locator("[data-own-label]")).to_have_text("Fièvre (notre libellé)")
    expect(page.locator("[data-grade='4']")).to_contain_text("Vie en danger")


def test_a_word_that_finds_nothing_is_counted_when_the_box_is_left(ward: Ward, page: Page) -> None:
    start_event(page)

    page.locator(BOX).press_sequentially("zonkage")
    expect(page.locator(".combo-empty")).to_be_visible()
    with page.expect_response(lambda answer: "/unfound/" in answer.url) as answer:
        page.keyboard.press("Tab")

    assert answer.value.status == 204
    assert list(UnfoundWord.objects.values_list("word", flat=True)) == ["zonkage"]


def test_a_lowered_grade_asks_why_on_the_page(ward: Ward, page: Page) -> None:
    start_event(page)
    page.locator(BOX).fill("fever")
    page.keyboard.press("Tab")
    page.locator("[data-grade='3'] input").check()
    page.get_by_role("group", name="When did it start?").get_by_role("button", name="Now").click()
    page.get_by_role("button", name="Record the event").click()
    expect(page.locator(".messages")).to_contain_text("Recorded")
    event = AdverseEvent.objects.get()

    page.goto(f"/events/adverseevent/{event.pk}/change/")
    question = page.get_by_role("group", name="Why is it less than before")
    expect(question).to_be_hidden()
    page.locator("[data-grade='2'] input").check()
    expect(question).to_be_visible()
    question.get_by_label("It was so bad at its worst").check()
    page.get_by_label("Reason for the change").fill("better today")
    page.get_by_role("button", name="Save the change").click()

    expect(page.locator(".messages")).to_contain_text("Changed")
    event.refresh_from_db()
    assert (event.grade, event.present_grade) == (3, 2)
