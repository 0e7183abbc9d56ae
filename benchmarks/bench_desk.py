"""How fast the pages and lists of the event desk answer in a large trial.

    .venv/bin/python benchmarks/bench_desk.py [--largest 1000000]

Works in a database of its own on the project's embedded server, dropped at the end. Each size is a trial of 20 sites with a
hundredth as many participants as events; one participant in ten is still followed, and a fifth of the events has no
signature. Rows are written past the trail, which would take minutes. Prints for each question the 95th percentile of its
answers in milliseconds, that percentile as a multiple of a yardstick from the same process, and its number of queries. The
yardstick is one event read by its key with psycopg; for the first page of the API's list it is psycopg and json for the same
rows. Exit status 1 when an answer at the largest size takes more than the target.
"""

import argparse
import json
import os
import sys
import time
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "devserver.settings")

from bench_large_reports import EVENTS, PEOPLE, TABLES  # noqa: E402  (the path comes first)
from own_site import own_site  # noqa: E402

TARGET_MILLISECONDS = 300.0
TARGET_API_RATIO = 5.0
EVENTS_PER_PARTICIPANT = 100
ASKED = 20
SITES = 20
SPREAD = """
    WITH places AS (SELECT array_agg(id ORDER BY code) AS ids FROM trials_site WHERE trial_id = %(trial)s)
    UPDATE trials_participant p SET site_id = places.ids[1 + p.id %% array_length(places.ids, 1)],
        status = CASE WHEN p.enrolment_number %% 10 = 0 THEN 'enrolled' ELSE 'completed' END
    FROM places WHERE p.trial_id = %(trial)s
"""
SIGNED = """
    UPDATE events_adverseevent
    SET signed_by = 'Dr Bench', signed_at = '2020-04-21 10:00Z', sponsor_informed_at = '2020-04-20 11:00Z',
        source = 'entry', changed_at = changed_at + number * interval '1 minute' + participant_id * interval '1 second',
        recorded_at = recorded_at + number * interval '1 minute' + participant_id * interval '1 second'
    WHERE trial_id = %(trial)s AND (participant_id + number) %% 5 > 0
"""
FIRST_HUNDRED = """
    SELECT e.*, p.code, s.code, t.code, t.term, t.soc
    FROM events_adverseevent e JOIN trials_participant p ON p.id = e.participant_id JOIN trials_site s ON s.id = p.site_id
    JOIN events_ctcaeterm t ON t.id = e.ctcae_term_id
    WHERE e.trial_id = %s ORDER BY e.onset_earliest_at DESC, e.id DESC LIMIT 100
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--largest", type=int, default=1_000_000)
    given = parser.parse_args()
    with own_site("bench_desk"):
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", database="owner", interactive=False, verbosity=0)
        found: dict[str, tuple[float, float, int]] = {}
        for size in [10**k for k in range(4, 8) if 10**k <= given.largest]:
            found = measured(filled(size))
            print(f"\n{size} events", flush=True)
            for name, (milliseconds, ratio, queries) in found.items():
                print(f"{name:<34}{milliseconds:>9.1f} ms {ratio:>8.1f} x {queries:>5} queries", flush=True)
    print(f"targets: {TARGET_MILLISECONDS:.0f} ms; first page of the API's list {TARGET_API_RATIO:.0f} x")
    slow = any(milliseconds > TARGET_MILLISECONDS for milliseconds, _ratio, _queries in found.values())
    return int(slow or found["API, first 100 events"][1] > TARGET_API_RATIO)


def filled(events: int) -> str:
    """The code of a new trial with so many events."""
    from django.db import connections

    from accounts.services import system_user
    from trials.services import load_protocol

    content = tomllib.loads((ROOT / "protocols" / "stroma-cov-2.toml").read_text())
    code = f"DESK-{events}"
    sites = [
        {**content["sites"][0], "code": f"{number:02}", "name": f"Unit {number}"} for number in range(SITES)
    ]
    loaded = load_protocol(
        content={**content, "code": code, "sites": sites},
        by=system_user(),
        at=datetime(2020, 4, 1, tzinfo=UTC),
        reason="measured",
    )
    trial = loaded.trial
    values = {
        "trial": trial.pk, "site": trial.sites.earliest("code").pk,
        "people": events // EVENTS_PER_PARTICIPANT, "each": EVENTS_PER_PARTICIPANT,
    }  # fmt: skip
    with connections["owner"].cursor() as owner:
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in (PEOPLE, SPREAD, EVENTS, SIGNED):
            owner.execute(statement, values)
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            owner.execute(f"VACUUM {table}")
        owner.execute("ANALYZE")
    return code


def measured(trial_code: str) -> dict[str, tuple[float, float, int]]:
    """For each question: 95th percentile in milliseconds, its multiple of the yardstick, and the number of queries."""
    from django.db import connection
    from django.test import Client

    from accounts.choices import Role
    from events.models import AdverseEvent
    from trials.models import Trial

    trial = Trial.objects.get(code=trial_code)
    event = AdverseEvent.objects.filter(trial=trial).latest("pk")
    nurse, reader = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    nurse.force_login(person(trial, Role.NURSE, event.participant.site.code))
    reader.force_login(person(trial, Role.DATA_MANAGER, ""))
    page = f"/events/adverseevent/{event.pk}/change/"
    api = "/api/v1/adverse-events/"
    questions: dict[str, tuple[Client, str]] = {
        "nurse's first page": (nurse, "/"),
        "an event's page": (nurse, page),
        "empty event form": (nurse, "/events/adverseevent/add/"),
        "list of events": (nurse, "/events/adverseevent/"),
        "search for a participant": (nurse, f"/search/?q={event.participant.code}"),
        "search in the list of events": (nurse, f"/events/adverseevent/?q={event.participant.code}"),
        "participant's page": (nurse, f"/trials/participant/{event.participant_id}/change/"),
        "data manager's first page": (reader, "/"),
        "API, by time of record": (reader, f"{api}?ordering=-recorded_at&page_size=100"),
        "API, of one term": (reader, f"{api}?term={event.ctcae_term.code}&page_size=100"),
        "API, changed since": (reader, f"{api}?updated_since=2020-04-20T10:00:00Z&page_size=100"),
        "API, first 100 events": (reader, f"{api}?page_size=100"),
    }
    by_key = percentile(lambda: _one(connection, event.pk))
    hundred = percentile(lambda: _hundred(connection, trial.pk))
    found = {}
    for name, (client, address) in questions.items():
        queries = _queries(client, address)
        slowest = percentile(lambda c=client, a=address: c.get(a))  # type: ignore[misc]
        found[name] = (slowest, slowest / (hundred if "first 100" in name else by_key), queries)
    return found


def person(trial: Any, role: str, site_code: str) -> Any:
    """An account with one role in the trial."""
    from accounts.models import User
    from accounts.services import grant_membership, save_account, system_user

    written = {"by": system_user(), "at": datetime.now(UTC), "reason": "measured"}
    name = f"{role}-{trial.pk}"
    user = User(username=name, email=f"{name}@example.org")
    user.set_unusable_password()
    save_account(user=user, **written)
    grant_membership(user=user, role=role, trial_code=trial.code, site_code=site_code, **written)
    return user


def percentile(ask: Callable[[], Any]) -> float:
    """The 95th percentile of the asked times, in milliseconds, after two to warm up."""
    ask(), ask()
    times = []
    for _turn in range(ASKED):
        begun = time.perf_counter()
        ask()
        times.append(time.perf_counter() - begun)
    return sorted(times)[int(ASKED * 0.95) - 1] * 1000


def _queries(client: Any, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")
    return len(queries)


def _one(connection: Any, event_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM events_adverseevent WHERE id = %s", [event_id])
        cursor.fetchone()


def _hundred(connection: Any, trial_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(FIRST_HUNDRED, [trial_id])
        return json.dumps(cursor.fetchall(), default=str)


if __name__ == "__main__":
    sys.exit(main())
