"""`manage.py make_screenshots`: the pictures of README and documentation, from the running demonstration.

To make them again, start the site (`make run`), then run this command. It needs the browser of the tests.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from accounts.choices import Role
from haemodynamics.models import HaemodynamicFinding
from reports.models import BoardReport
from trials.models import Infusion, Participant

LARGEST_BYTES = 300_000
"""No picture is larger (design: pages)."""
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Shot:
    """One picture: its file, the role, the page, and the part of the page."""

    name: str
    role: Role
    path: Callable[[], str]
    height: int = 860
    prepare: Callable[[Any], None] | None = None


def monitoring_page() -> str:
    """The hours after an infusion with a finding; else after the latest one that has ended."""
    found = HaemodynamicFinding.objects.order_by("first_hit_at").values_list("infusion", flat=True).first()
    ended = (
        Infusion.objects.given().exclude(ended_at=None).order_by("-started_at").values_list("pk", flat=True)
    )
    return reverse("admin:haemodynamics_haemodynamicreading_after_infusion", args=[found or ended.first()])


def fill_in_event(page: Any) -> None:
    """An event half entered: the grades of its term are open, and the page lists the next steps."""
    page.select_option("#id_participant", index=1)
    page.fill("#id_reported_term", "Kidneys failing")
    page.fill("#id_ctcae_term_text", "acute kidney")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.check("[data-grade='3'] input")
    page.check("input[name='serious'][value='True']")
    page.evaluate("window.scrollTo(0, 0)")


def board_page() -> str:
    """The closed report of the latest look, version 1, on screen."""
    row = (
        BoardReport.objects.filter(state="ready", look__isnull=False, corrects=None).order_by("-look").first()
    )
    if row is None:
        raise CommandError("No report is ready yet: wait for the worker, then try again.")
    return reverse("board:document", args=[row.pk, "closed", "html"])


def ask_for_an_arm() -> str:
    """The page that requests an emergency unblinding; nothing is sent."""
    latest = (
        Participant.objects.enrolled()
        .order_by("trial", "-enrolment_number")
        .values_list("pk", flat=True)
        .first()
    )
    return reverse("admin:trials_participant_unblind", args=[latest])


def fill_in_emergency(page: Any) -> None:
    """A request half entered, with a second person present."""
    page.check("input[name='category'][value='transfusion_or_hla']")
    page.fill("#id_reason_text", "Platelet refractoriness, needs matched units")
    page.evaluate("window.scrollTo(0, 0)")


def enter_the_first_meeting(page: Any) -> None:
    """From the portal to the decided meeting; its number is sealed."""
    page.locator(".board-entry a[href*='/meetings/']").last.click()
    page.wait_for_load_state()


SHOTS = (
    Shot("worklist", Role.NURSE, lambda: "/", height=820),
    Shot(
        "event",
        Role.NURSE,
        lambda: reverse("admin:events_adverseevent_add"),
        height=1180,
        prepare=fill_in_event,
    ),
    Shot("after-infusion", Role.PHARMACOVIGILANCE, monitoring_page, height=1120),
    Shot("unblinding", Role.INVESTIGATOR, ask_for_an_arm, height=1120, prepare=fill_in_emergency),
    Shot("board", Role.BOARD_MEMBER, board_page, height=1100),
    Shot("portal", Role.BOARD_MEMBER, lambda: reverse("board:index"), height=760),
    Shot(
        "meeting",
        Role.BOARD_CHAIR,
        lambda: reverse("board:index"),
        height=1100,
        prepare=enter_the_first_meeting,
    ),
)


class Command(BaseCommand):
    help = "Take the pictures of README and documentation from the running demonstration."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--site", default=settings.SITE_URL, help="where the site answers")
        parser.add_argument("--output", type=Path, default=settings.BASE_DIR / "docs" / "screens")
        parser.add_argument("--only", nargs="*", help="names of the pictures to take")

    def handle(self, *_args: Any, **options: Any) -> None:
        logins = logins_of(settings.VAR_DIR / "demo-logins.txt")
        shots = [shot for shot in SHOTS if not options["only"] or shot.name in options["only"]]
        planned = [(shot, shot.path()) for shot in shots]
        options["output"].mkdir(parents=True, exist_ok=True)
        for name, size in take(planned, logins, options["site"], options["output"]):
            self.stdout.write(f"{name}.png: {size // 1000} kB")


def logins_of(path: Path) -> dict[str, tuple[str, str]]:
    """User name and password by the role's English name, from the file that `seed_demo` wrote."""
    if not path.exists():
        raise CommandError(f"{path} is missing: the pictures are taken from the demonstration (`make run`).")
    rows = [
        line.rsplit(maxsplit=2)
        for line in path.read_text().splitlines()
        if line and not line.startswith("First")
    ]
    return {role.strip(): (name, password) for role, name, password in rows}


def take(
    planned: list[tuple[Shot, str]], logins: dict[str, tuple[str, str]], site: str, output: Path
) -> list[tuple[str, int]]:
    """Sign in as each role, take its pictures, and print their sizes."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise CommandError("Chromium is missing: install it, or set CHROMIUM to the program.")
    sizes = []
    with sync_playwright() as playwright:
        arguments = ["--disable-background-networking", *(["--no-sandbox"] if os.getuid() == 0 else [])]
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        for shot, path in planned:
            page = browser.new_page(viewport={"width": 1200, "height": shot.height}, locale="en-GB")
            sign_in(page, site, *logins[str(shot.role.label)])
            page.goto(site + path)
            if shot.prepare:
                shot.prepare(page)
            target = output / f"{shot.name}.png"
            page.screenshot(path=target)
            page.context.close()
            sizes.append((shot.name, checked_size(target)))
        browser.close()
    return sizes


def sign_in(page: Any, site: str, name: str, password: str) -> None:
    page.goto(f"{site}/login/")
    page.fill("#id_username", name)
    page.fill("#id_password", password)
    page.click("#login-form button[type=submit]")
    page.wait_for_load_state()


def checked_size(path: Path) -> int:
    """The size of a picture in bytes; one above the limit is refused."""
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        raise CommandError(
            f"{path.name}: {size} bytes, at most {LARGEST_BYTES} are agreed; show less of the page."
        )
    return size
