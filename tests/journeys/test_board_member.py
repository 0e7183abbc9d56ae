"""A member of the board gets a mail about a report, signs in, reads it, downloads the PDF, and sees its readers."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from reports.choices import ReportFormat
from reports.documents import rendered
from reports.rendering.document import Document, json_bytes
from reports.services import making
from tests.factories import make_user, restart_numbers
from tests.integration.reports.board_trials import (
    enrol_many,
    make_board_trial,
    make_look,
    report_event,
    treat,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NARROWEST, NARROW, WIDE = 360, 768, 1280
CODING = (
    ("Renal and urinary disorders", "Acute kidney injury"),
    ("Cardiac disorders", "Atrial fibrillation"),
)


_drawn: dict[bytes, Mapping[ReportFormat, bytes]] = {}


def drawn_once(document: Document) -> Mapping[ReportFormat, bytes]:
    """The report of every test here is the same, but each test has a database of its own: drawing takes seconds."""
    key = json_bytes(document)
    if key not in _drawn:
        _drawn[key] = rendered(document)
    return _drawn[key]


@pytest.fixture
def look_at_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look at ten enrolled of a small trial, made."""
    monkeypatch.setattr(making, "rendered", drawn_once)
    restart_numbers()
    trial = make_board_trial()
    make_user(
        "board_member", trial=trial, username="ada", first_name="Ada", last_name="Lovelace", is_staff=True
    )
    make_user("data_manager", trial=trial, username="dan", is_staff=True)
    for number, person in enumerate(enrol_many(trial, 10)):
        treat(person)
        soc, term = CODING[number % 2]
        report_event(
            person,
            serious=number % 3 == 0,
            severity="SEVERE",
            grade=3,
            dictionary_soc=soc,
            dictionary_term=term,
        )
    make_look(trial)


def sign_in(page: Page, username: str) -> None:
    page.goto("/board/")
    page.get_by_label(re.compile("user", re.IGNORECASE)).fill(username)
    page.get_by_label(re.compile("password", re.IGNORECASE)).fill("a password for tests")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Board reports")).to_be_visible()


def overflow_of(page: Page, width: int) -> int:
    """By how many pixels the page is wider than the window."""
    page.set_viewport_size({"width": width, "height": 900})
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_member_reads_the_closed_report_and_keeps_it(page, look_at_ten, tmp_path):
    sign_in(page, "ada")

    page.get_by_role("link", name="Open: STROMA-COV-2, look at 10").click()
    page.get_by_role("link", name="Read (Closed)").click()

    expect(page.get_by_role("note")).to_contain_text("CLOSED")
    for question in (
        "Are more people dying?",
        "Are more having serious events?",
        "Does anything happen around the infusions?",
        "Are people being immunised?",
    ):
        expect(page.get_by_role("heading", name=question).first).to_be_visible()
    expect(page.get_by_role("heading", name="What differs between the arms")).to_be_visible()
    read_the_figures(page)
    assert [overflow_of(page, width) for width in (NARROWEST, NARROW, WIDE)] == [0, 0, 0]
    lanes, swimmer = page.locator("#table-timeline"), page.locator("#figure-swimmer-block")
    expect(lanes.get_by_role("table")).to_be_hidden()
    lanes.locator("summary").press("Enter")
    page.locator("summary", has_text="Figure: Participants over time").press("Enter")
    lanes.get_by_label("Arm").select_option("A")
    expect(lanes.get_by_role("status")).to_have_text("5 of 10 lines shown")
    expect(swimmer.get_by_role("combobox", name="Arm")).to_have_value("A")
    expect(swimmer.locator("svg text").filter(has_text=re.compile("· B$")).first).to_be_hidden()
    page.emulate_media(media="print")
    expect(swimmer.locator("svg text").filter(has_text=re.compile("· B$")).first).to_be_visible()
    expect(lanes.get_by_role("row").nth(10)).to_be_visible()
    page.emulate_media(media="screen")

    page.go_back()
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF (Closed)").click()
    kept = tmp_path / download.value.suggested_filename
    download.value.save_as(kept)
    assert re.fullmatch(r"STROMA-COV-2-look-10-v1-closed-copy-[0-9A-F]{10}[.]pdf", kept.name)
    assert Path(kept).read_bytes().startswith(b"%PDF-1.7")

    page.reload()
    expect(
        page.get_by_role("region", name="Who has read it").get_by_role("row", name="Ada Lovelace")
    ).to_be_visible()


def read_the_figures(page: Page) -> None:
    """By pointer, by keyboard, filtered by class together with the table."""
    block = page.locator("#figure-terms-block")
    figure = block.get_by_role("group", name=re.compile("Adverse events by term"))
    words = page.locator(".tip")
    kidneys = "Acute kidney injury (Renal and urinary disorders), Arm"
    figure.get_by_role("img", name=re.compile(re.escape(kidneys))).first.hover()
    expect(words).to_contain_text(re.compile(re.escape(kidneys) + r" [AB]: \d/5"))
    page.keyboard.press("Escape")
    expect(words).to_be_hidden()

    block.get_by_role("combobox", name="Class").focus()
    page.keyboard.type("Card")
    expect(block.get_by_role("status")).to_have_text("3 of 6 marks shown")
    expect(figure.get_by_role("img", name=re.compile("Acute kidney"))).to_have_count(0)
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    expect(words).to_contain_text(
        re.compile(r"Atrial fibrillation \(Cardiac disorders\), A − B: .* points, p ")
    )
    table = page.locator("#table-ae_by_soc_term")
    table.locator("summary").press("Enter")
    expect(table.get_by_role("combobox", name="Class")).to_have_value("Cardiac disorders")
    expect(table.get_by_role("rowheader", name="Acute kidney injury")).to_be_hidden()


def test_reader_of_the_open_report_finds_no_way_to_the_closed_one(page, look_at_ten):
    sign_in(page, "dan")

    page.get_by_role("link", name="Open: STROMA-COV-2, look at 10").click()

    expect(page.get_by_role("link", name="Read (Open)")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Closed"))).to_have_count(0)
    page.get_by_role("link", name="Read (Open)").click()
    expect(page.get_by_role("note")).to_contain_text("OPEN")
    expect(page.get_by_text(re.compile("Arm [AB]"))).to_have_count(0)


def test_portal_fits_a_telephone(page, look_at_ten):
    sign_in(page, "ada")

    assert overflow_of(page, NARROWEST) == 0
    page.get_by_role("link", name="Open: STROMA-COV-2, look at 10").click()
    assert overflow_of(page, NARROWEST) == 0
