"""A whole meeting of the board in the browser: opened, discussed, voted with a dissent, signed, sent and answered."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from tests.factories import make_user
from tests.integration.dsmb.meeting_steps import Board, make_board
from tests.integration.reports.board_trials import make_board_trial

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WIDTHS = (360, 768, 1280)


@pytest.fixture
def board() -> Board:
    return make_board(make_board_trial())


def signed_in(page: Page, site: str, user: User) -> Page:
    """The page with a session of that user."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    cookie = {"name": "sessionid", "value": client.session.session_key or "", "url": site}
    page.context.add_cookies([cookie])
    return page


@pytest.fixture
def further_page(browser: Browser, live_server) -> Iterator[Callable[[User], Page]]:
    """A page in a separate browser context, for all but the first person."""
    contexts = []

    def opened(user: User) -> Page:
        context = browser.new_context(base_url=live_server.url, locale="en-GB", timezone_id="Europe/Paris")
        context.set_default_timeout(15_000)
        contexts.append(context)
        return signed_in(context.new_page(), live_server.url, user)

    yield opened
    for context in contexts:
        context.close()


def overflows(page: Page) -> list[int]:
    """By how many pixels the page is wider than the window, at each width."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found.append(
            page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        )
    return found


def do(page: Page, step: str, button: str | None = None) -> None:
    """Choose a step on the meeting's page and, when it has no further question, confirm it."""
    page.get_by_role("link", name=step, exact=True).click()
    if button:
        with (
            page.expect_navigation()
        ):  # the page first checks with the server whether its person is signed in
            page.get_by_role("button", name=button).click()


def test_board_meets_votes_signs_and_is_answered(page, live_server, further_page, board):
    chair, ada = signed_in(page, live_server.url, board.chair), further_page(board.ada)
    room = f"/board/{board.trial.code}/meetings/{board.meeting.pk}/"

    chair.goto("/board/")
    chair.get_by_role("link", name=re.compile("Enter: STROMA-COV-2, meeting 1")).click()
    do(chair, "Open the meeting", "Open the meeting")
    do(chair, "Attendance")
    for name in ("Emmy", "Ada", "Grace", "Alan"):
        chair.get_by_role("group", name=name).get_by_label("Present").check()
    chair.get_by_role("button", name="Record the attendance").click()
    expect(chair.get_by_text("quorum met: 4 decide, 3 needed")).to_be_visible()

    ada.goto(room)
    do(ada, "Conflict of interest")
    ada.get_by_label("None").focus()
    ada.keyboard.press("Space")
    ada.keyboard.press("Enter")
    expect(ada.get_by_text("Your statement is recorded.")).to_be_visible()
    for kind in ("open", "closed"):
        ada.get_by_role("link", name=f"Read the {kind} report").click()
        expect(ada.get_by_text(re.compile("COPY [0-9A-F]{10} for Ada"))).to_be_visible()
        ada.go_back()
    ada.get_by_role("link", name="Comments").click()
    ada.get_by_label("About").select_option(label="Deaths")
    ada.get_by_label("Comment", exact=True).fill("More than expected in arm A?")
    ada.get_by_role("button", name="Keep the comment").click()
    expect(ada.get_by_text("More than expected in arm A?")).to_be_visible()
    assert overflows(ada) == [0, 0, 0]

    board.state_none(board.chair, board.grace, board.alan)
    chair.goto(room)
    do(chair, "Begin the closed session", "Begin the closed session")
    do(chair, "Put a motion to the vote", "Put to the vote")
    board.vote(board.grace, "continue")
    board.vote(board.alan, "continue")
    ada.goto(room)
    do(ada, "Vote")
    ada.get_by_label("Suspend enrolment").check()
    ada.get_by_label(re.compile("Dissent")).fill("I would wait for day 14.")
    ada.get_by_role("button", name="Vote").click()
    do(chair, "Vote")
    chair.get_by_label("Continue unmodified").check()
    chair.get_by_role("button", name="Vote").click()
    do(chair, "Close the vote", "Close the vote")
    expect(chair.get_by_text("I would wait for day 14.")).to_be_visible()

    do(chair, "Record the recommendation")
    chair.get_by_label(re.compile("Conditions")).fill("Weekly listing: arm B looks worse.")
    chair.get_by_role("button", name="Record the recommendation").click()
    expect(chair.get_by_role("alert")).to_contain_text("names an arm")
    chair.get_by_label(re.compile("Conditions")).fill("Weekly listing of deaths.")
    chair.get_by_role("button", name="Record the recommendation").click()
    for session in ("Open minutes", "Closed minutes"):
        do(chair, session, "Keep this version")
    do(chair, "Sign")
    chair.get_by_label("Your name as printed").fill("Emmy Noether")
    chair.get_by_label("Your password").fill("a password for tests")
    chair.get_by_role("button", name="Sign recommendation and minutes").click()
    expect(chair.get_by_text("Emmy Noether")).to_be_visible()
    assert overflows(chair) == [0, 0, 0]
    do(chair, "Send the open letter", "Send the open letter")

    sponsor = further_page(make_user("sponsor", trial=board.trial, first_name="Sam"))
    sponsor.goto("/board/")
    sponsor.get_by_role("link", name=re.compile("Open: STROMA-COV-2, meeting of")).click()
    expect(sponsor.get_by_text("Weekly listing of deaths.").first).to_be_visible()
    expect(sponsor.get_by_text("day 14")).to_have_count(0)
    with sponsor.expect_download() as letter:
        sponsor.get_by_role("link", name="Français, PDF").click()
    assert letter.value.suggested_filename.endswith("-fr.pdf")
    sponsor.get_by_role("link", name="Answer the recommendation").click()
    sponsor.get_by_label("Accepted", exact=True).check()
    sponsor.get_by_label(re.compile("What the sponsor will do")).fill("The listing begins on Monday.")
    sponsor.get_by_role("button", name="Answer").click()
    expect(sponsor.get_by_text("The listing begins on Monday.")).to_be_visible()
    assert overflows(sponsor) == [0, 0, 0]
    chair.reload()
    expect(chair.get_by_text("Answered by the sponsor")).to_be_visible()
    chair.context.add_cookies([{"name": "django_language", "value": "fr", "url": live_server.url}])
    chair.goto("/board/")
    expect(chair.get_by_text("Réponse du promoteur reçue")).to_be_visible()
    assert overflows(chair) == [0, 0, 0]
