"""A developer reads the API's documentation, under the site's strict content security policy."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_documentation_lists_the_operations_and_breaks_no_policy(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/api/v1/docs/")

    # The `page` fixture fails on anything that the console complains of.
    expect(page.get_by_text("/api/v1/adverse-events/", exact=True).first).to_be_visible(timeout=20_000)
