"""A real browser on the live site.

An error in its console fails the test, and so does a request to another site.
"""

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.plugins.shared_rows import GROUND

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OWN_SCHEMES = ("data:", "blob:", "about:")
PATIENCE_MILLISECONDS = 15_000


def chromium() -> str:
    """The program of a Chromium-based browser: $CHROMIUM, else one on PATH."""
    named = os.environ.get("CHROMIUM")
    for candidate in (named,) if named else PROGRAMS:
        if found := shutil.which(candidate):
            return found
    pytest.fail(
        "Chromium is missing: install it (Debian: apt-get install chromium), or set CHROMIUM to the program of a "
        "Chromium-based browser."
    )


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """One headless Chromium per test process.

    Playwright keeps an event loop running, which Django must tolerate.
    """
    from playwright.sync_api import sync_playwright  # half a second, and most runs open no page

    program = chromium()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    arguments = ["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"]
    # Without a display: a process that emulates a graphics card takes a tenth of a journey's time.
    arguments += ["--disable-gpu", "--disable-software-rasterizer"]
    if os.getuid() == 0:
        arguments.append("--no-sandbox")  # Chromium's sandbox refuses to run as root
    GROUND.clear()  # while the loop runs, Django uses another connection; rows are rolled back separately
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=arguments)
        yield started
        GROUND.clear()
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def browser_faults() -> list[str]:
    """The errors of the browser. A test that provokes an error clears it afterwards."""
    return []


@pytest.fixture
def page(browser: "Browser", live_server: Any, browser_faults: list[str]) -> "Iterator[Page]":
    """An empty page; relative addresses are the live site's.

    Paris time, because a nurse's browser is not in UTC.
    """
    context = browser.new_context(
        base_url=live_server.url,
        locale="en-GB",
        timezone_id="Europe/Paris",
        viewport={"width": 1280, "height": 900},
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    opened = context.new_page()
    _listen(opened, live_server.url, browser_faults)
    yield opened
    context.close()
    assert not browser_faults


def _listen(opened: "Page", site: str, faults: list[str]) -> None:
    def note_console(message: "ConsoleMessage") -> None:
        if message.type == "error":
            faults.append(f"console: {message.text}")

    def note_request(request: "Request") -> None:
        if not request.url.startswith((site, *OWN_SCHEMES)):
            faults.append(f"request to elsewhere: {request.url}")

    opened.on("console", note_console)
    opened.on("pageerror", lambda error: faults.append(f"script: {error}"))
    opened.on("request", note_request)
