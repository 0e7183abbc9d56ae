"""Storms: during enrolments and records over HTTP, every part of a site is struck.

Afterwards nothing may be missing.

One short storm runs with every change. `make test-long` runs a hundred (`STORMS=3 STORM_SEED=7` runs three, from seed 7
on), and shows that a storm fails when the sweep, the lock or the lease is removed from the code.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connections

from audit.tasks import seal_entries
from reports import tasks
from reports.models import LEASE
from tests.factories import make_participant, make_token, make_user
from tests.integration.reports.board_trials import make_board_trial
from tests.plugins.workers import Broker
from tests.sealing import seal_everything
from tests.storm import weather
from tests.storm.aftermath import is_calm, wrongs
from tests.storm.site import StormSite, start_client
from tests.storm.steps import STEPS

FIRST_SEED = int(os.environ.get("STORM_SEED", "1"))
SEEDS = range(FIRST_SEED, FIRST_SEED + int(os.environ.get("STORMS", "100")))
SECONDS_BETWEEN_SWEEPS = 1.0
"""The site's own tick is a minute, which is too long for a storm."""


SECONDS_TO_WORK = 480.0
"""Afterwards a client gives up and reports it, and the storm fails."""
ATTEMPTS_EACH = 4
"""A report's own; one after a worker with two processes was killed.

One when the clock is stepped, and one at the end. Each strike may end one more.
"""
SHOWN_BY = {  # and not by another cause, such as a slow machine
    "sweep": "reports: ",
    "lock": "ran into a constraint",
    "lease": "reports were begun ",
}


@dataclass(frozen=True)
class Work:
    """The work of the clients."""

    clients: int
    participants: int
    events_each: int
    looks: list[int]

    @property
    def acknowledgements(self) -> int:
        return self.participants * (1 + self.events_each)


WHOLE = Work(clients=8, participants=50, events_each=10, looks=[10, 20, 40])
SHORT = Work(clients=3, participants=6, events_each=3, looks=[4])


class Storm:
    """One storm from the first request to the end of recovery."""

    def __init__(self, site: StormSite, work: Work, *, seed: int, calm_seconds: float = 240) -> None:
        self.site, self.work, self.seed, self.calm_seconds = site, work, seed, calm_seconds
        self.trial = make_board_trial(looks=work.looks)
        for number in range(2):
            make_user("board_member", trial=self.trial, email=f"member{number}@example.org")
        # Otherwise a report may be frozen before anything is sealed: other tests' open transactions delay the sealing.
        seal_everything()
        self.is_over = threading.Event()

    def run(self, strikes: list[weather.Strike]) -> list[str]:
        """Every error afterwards."""
        self.site.start()
        sweeper = threading.Thread(target=self._sweep, daemon=True)
        clients = self._send_clients()
        sweeper.start()
        weather.rage(self.site, strikes, self._share_done, lambda: all(c.poll() is not None for c in clients))
        self._wait(lambda: all(client.poll() is not None for client in clients), SECONDS_TO_WORK)
        self._calm()
        self.is_over.set()
        sweeper.join()
        failed = [f"client {i}: {self.site.log(f'client{i}')}" for i, c in enumerate(clients) if c.returncode]
        logs = self.site.log("web") + self.site.log("worker")
        now = datetime.now(UTC)
        most_attempts = len(self.work.looks) * ATTEMPTS_EACH + len(strikes)
        wrong = wrongs(
            self.trial, self.work.looks, self._acknowledged(), logs, now, most_attempts=most_attempts
        )
        return failed + wrong

    def _calm(self) -> None:
        """Everything runs again; the leases of dead workers are over at once by the clock."""
        self.site.clear()
        self.site.strike("clock", f"{(LEASE + timedelta(minutes=1)).total_seconds():.0f}")
        self._wait(lambda: is_calm(self.trial, self.work.looks), self.calm_seconds)
        self.site.strike("clock", "0")

    def _wait(self, condition: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition() and time.monotonic() < deadline:
            time.sleep(0.2)

    def _sweep(self) -> None:
        """Do the work of beat, more often; a dead broker loses a tick, as in production."""
        while not self.is_over.wait(SECONDS_BETWEEN_SWEEPS):
            with suppress(tasks.sweep.OperationalError):
                tasks.sweep.delay()
                seal_entries.delay()

    def _send_clients(self) -> list:
        return [self._send_client(number) for number in range(self.work.clients)]

    def _send_client(self, number: int):
        folder = self.site.folder
        work = {
            "port": self.site.port, "seed": self.seed * 100 + number, "seconds": SECONDS_TO_WORK,
            "events_each": self.work.events_each, "token": self._token(number),
            "participants": self._participants(number),
        }  # fmt: skip
        path = folder / f"client{number}.json"
        path.write_text(json.dumps(work))
        return start_client(path, folder / f"client{number}.done", folder / f"client{number}.log")

    def _token(self, number: int) -> str:
        nurse = make_user("nurse", trial=self.trial, site=self._site(number))
        return make_token(nurse.memberships.get(), at=datetime.now(UTC) - timedelta(days=1))

    def _participants(self, number: int) -> list[dict[str, object]]:
        """Every n-th participant is this client's."""
        return [self._participant(i) for i in range(number, self.work.participants, self.work.clients)]

    def _participant(self, i: int) -> dict[str, object]:
        before = datetime.now(UTC) - timedelta(days=1)
        row = make_participant(
            self.trial, self._site(i % self.work.clients), code=f"S-{i:03d}", age_years=60,
            consented_at=before, screened_date=before.date(),
        )  # fmt: skip
        enrolled_at = (before + timedelta(hours=1)).isoformat()
        onset = before.astimezone(ZoneInfo(self.trial.timezone)).date().isoformat()
        return {"id": row.pk, "code": row.code, "enrolled_at": enrolled_at, "onset": onset}

    def _site(self, number: int):
        return self.trial.sites.order_by("code")[number]

    def _acknowledged(self) -> list[dict]:
        paths = self.site.folder.glob("client*.done")
        return [json.loads(line) for path in paths for line in path.read_text().splitlines()]

    def _share_done(self) -> float:
        return len(self._acknowledged()) / self.work.acknowledgements


StartSite = Callable[..., StormSite]


@pytest.fixture
def storm_site(broker: Broker, tmp_path: Path) -> Iterator[StartSite]:
    """Makes the site of a storm; it is stopped at the end."""
    sites: list[StormSite] = []

    def make(without: str = "") -> StormSite:
        sites.append(StormSite(tmp_path, broker, without))
        return sites[-1]

    yield make
    for site in sites:
        site.stop()
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_a_short_storm_loses_nothing_and_doubles_nothing(storm_site: StartSite) -> None:
    storm = Storm(storm_site(), SHORT, seed=1)

    assert storm.run(weather.storm(1, STEPS[2:4])) == []


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_storm_loses_nothing_and_doubles_nothing(storm_site: StartSite, seed: int) -> None:
    storm = Storm(storm_site(), WHOLE, seed=seed)

    assert storm.run(weather.storm(seed)) == []


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("without", ["sweep", "lock", "lease"])
def test_a_storm_without_a_protection_is_red(storm_site: StartSite, without: str) -> None:
    storm = Storm(storm_site(without), WHOLE, seed=1, calm_seconds=45)

    found = storm.run(weather.broker_away_throughout() if without == "sweep" else weather.storm(1))

    assert any(SHOWN_BY[without] in wrong for wrong in found), found
