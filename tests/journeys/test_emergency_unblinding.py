"""Two investigators at a bedside, in a real browser: from the participant's page to the arm and away from it."""

import pytest
from playwright.sync_api import Error, Page, expect

from product.models import ArmDisclosure, Unblinding
from tests.unblinded_wards import ACTIVE_LABEL, Emergency, make_emergency
from tests.ward import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def scene(live_server: object) -> Emergency:
    return make_emergency()


def test_two_people_unblind_a_participant_and_the_browser_keeps_nothing(scene: Emergency, page: Page) -> None:
    page.goto(f"/trials/participant/{scene.patient.pk}/change/")
    page.get_by_label("User name").fill("investigator")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    page.get_by_role("link", name="Emergency unblinding").click()
    page.get_by_label("Treatment now depends").check()
    page.get_by_label("In a few words").fill("Anaphylaxis: what was given?")
    expect(page.get_by_label("Whom did you try to reach?")).to_be_hidden()
    page.get_by_label("User name of the second person").fill("second")
    page.get_by_label("Password of the second person").fill(PASSWORD)
    page.get_by_label("Your password").fill("a slip of the hand")
    page.get_by_role("button", name="Ask for the arm").click()
    expect(page.get_by_role("alert")).to_contain_text("this is not your password")

    page.get_by_label("Password of the second person").fill(PASSWORD)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Ask for the arm").click()
    expect(page.locator(".arm-name")).to_have_text(ACTIVE_LABEL)
    assert ACTIVE_LABEL not in page.title() + page.url

    page.get_by_role("link", name="hide it").click()
    expect(page.get_by_text("Blind broken in an emergency")).to_be_visible()
    expect(page.get_by_text(ACTIVE_LABEL)).to_have_count(0)
    # The browser has cached nothing: it would have to send the form again, and asks first.
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()
    expect(page.locator("body")).not_to_contain_text(ACTIVE_LABEL)
    assert (Unblinding.objects.get().confirmed_by, ArmDisclosure.objects.count()) == (scene.second, 1)
