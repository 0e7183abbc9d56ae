"""Pages and worklist follow the protocol's own hours: here 4 h and 48 h after an infusion.

And the site's own clock.
"""

import copy
import re
import tomllib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.services import system_user
from haemodynamics.services import record_reading
from tests.factories import make_enrolled, make_infusion, make_user
from tests.ward import OPENED_AT, ROOT
from trials.models import Infusion, Site
from trials.services import load_protocol
from worklist.pages.scope import scope_of
from worklist.pages.sections import worklist_of

pytestmark = pytest.mark.django_db
STROMA = tomllib.loads((ROOT / "protocols" / "stroma-cov-2.toml").read_text())


def content_of(hours: int, **site: Any) -> dict[str, Any]:
    """The shipped protocol with checks, criteria and windows of so many hours."""
    content = copy.deepcopy(STROMA)
    plan = content["haemodynamics"]
    plan["window_hours"] = plan["late_window_hours"] = hours
    plan["checks"] = [
        {"minutes": minutes, "tolerance_minutes": 15} for minutes in (-15, hours * 30, hours * 60)
    ]
    for criterion in plan["criteria"]:
        criterion["window_hours"] = hours
    content["sites"][0].update(site)
    return content


def ward_of(hours: int, *, started_before: timedelta, **site: Any) -> tuple[Infusion, Client]:
    content = content_of(hours, **site)
    trial = load_protocol(content=content, by=system_user(), at=OPENED_AT, reason="made for a test").trial
    place = Site.objects.get(trial=trial, code=content["sites"][0]["code"])
    nurse = make_user("nurse", trial=trial, site=place, username="nurse")
    infusion = make_infusion(make_enrolled(trial, place), started_at=timezone.now() - started_before)
    client = Client()
    client.force_login(nurse)
    return infusion, client


def read(infusion: Infusion, hours: float) -> None:
    assert infusion.started_at is not None
    values = {"taken_at": infusion.started_at + timedelta(hours=hours), "heart_rate_bpm": 80}
    record_reading(
        participant=infusion.participant, values=values, by=system_user(), at=timezone.now(), reason="read"
    )


def page_of(client: Client, infusion: Infusion) -> Any:
    return client.get(f"/haemodynamics/haemodynamicreading/after-infusion/{infusion.pk}/")


@pytest.mark.parametrize(
    ("hours", "inside", "outside"), [(4, (3.9, 4.4), (5, 24)), (48, (30, 47, 48), (49, 60))]
)
def test_page_shows_the_hours_of_the_protocol(
    hours: int, inside: tuple[float, ...], outside: tuple[float, ...]
) -> None:
    infusion, client = ward_of(hours, started_before=timedelta(days=4))
    for at in (*inside, *outside):
        read(infusion, at)

    page = page_of(client, infusion)

    text = page.content.decode()
    assert len(page.context["rows"]) == len(inside)
    assert f"window {hours} h" in text
    assert page.context["picture"].x_ticks[-1].label == f"{hours} h"
    assert "six hours" not in text.lower()


@pytest.mark.parametrize(
    ("hours", "ago", "is_asked"),
    [(4, 3.0, True), (4, 8.0, True), (4, 9.0, False), (48, 47.0, True), (48, 95.0, True), (48, 98.0, False)],
)
def test_worklist_asks_for_missed_checks_as_long_as_the_protocol_watches(
    hours: int, ago: float, is_asked: bool
) -> None:
    infusion, _client = ward_of(hours, started_before=timedelta(hours=ago))
    nurse = make_user("nurse", trial=infusion.trial, site=infusion.participant.site)

    place = scope_of(nurse, at=timezone.now())

    assert place is not None
    titles = [str(item.title) for section in worklist_of(nurse, place).sections for item in section.items]
    assert ("Check of infusion 1" in titles) is is_asked


def test_ward_pages_speak_the_time_of_the_site_and_study_days_the_trials() -> None:
    ago = timezone.now() - datetime(2020, 4, 7, 15, 30, tzinfo=UTC)
    infusion, client = ward_of(6, started_before=ago, timezone="Pacific/Auckland")

    page = page_of(client, infusion)
    listed = client.get("/trials/infusion/").content.decode()

    assert "08 Apr 2020 03:30" in page.content.decode()  # 17:30 of the day before in Paris
    assert 'data-zone="Pacific/Auckland"' in page.content.decode()
    assert re.findall(r'class="field-day_shown">([^<]*)<', listed) == ["D1"]


def test_time_typed_at_a_site_is_the_sites() -> None:
    infusion, client = ward_of(6, started_before=timedelta(days=2), timezone="Pacific/Auckland")
    entry = {"taken_at_day": "08", "taken_at_month": "04", "taken_at_year": "2020", "taken_at_time": "03:30"}

    client.post(
        f"/haemodynamics/haemodynamicreading/after-infusion/{infusion.pk}/", {"heart_rate_bpm": "80", **entry}
    )

    reading = infusion.participant.haemodynamic_readings.get()
    assert reading.taken_at.isoformat() == "2020-04-07T15:30:00+00:00"


def test_somebody_of_the_whole_trial_reads_the_trials_time() -> None:
    infusion, _client = ward_of(6, started_before=timedelta(hours=3), timezone="Pacific/Auckland")
    client = Client()
    client.force_login(make_user("data_manager", trial=infusion.trial))

    assert 'data-zone="Europe/Paris"' in page_of(client, infusion).content.decode()
