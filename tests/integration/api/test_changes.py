"""The feed of changes misses nothing, also under concurrent writes, and shows no more than the lists."""

import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from audit.queries.changes import changed_since
from events.models import AdverseEvent
from events.services.adverse_events import void_adverse_event
from tests.factories import allocate, make_user
from tests.integration.events.event_requests import LIST, PLAIN, client_of, post
from tests.integration.events.event_rows import LATER, REASON, Ward, make_term, make_ward
from tests.integration.events.event_steps import correct, record
from tests.sealing import seal_everything, settle

pytestmark = pytest.mark.django_db(transaction=True)
FEED = "/api/v1/changes/"


@pytest.fixture
def ward() -> Ward:
    make_term()
    return make_ward()


def follow(client: Client, after: str | None = None, **query: Any) -> tuple[list[dict[str, Any]], str | None]:
    """Everything behind the cursor, answer by answer, and the last cursor."""
    found: list[dict[str, Any]] = []
    while True:
        asked = query if after is None else {**query, "after": after}
        answer = client.get(FEED, asked)
        assert answer.status_code == 200, answer.content
        body = answer.json()
        found += body["results"]
        if not body["results"]:
            return found, body["next"] or after
        after = body["next"]


def in_a_thread(act: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_change_that_is_committed_late_is_found_by_whoever_goes_on(ward: Ward) -> None:
    """The list "changed since the last response" misses exactly this event.

    The events are of two participants: those of one are written one after the other.
    """
    other = make_ward(ward.trial)
    reader = client_of(make_user("pharmacovigilance", trial=ward.trial))
    settle()
    _, before = follow(reader)
    written, may_commit = threading.Event(), threading.Event()
    slow: list[int] = []
    in_time: list[bool] = []

    def write_slowly() -> None:
        with transaction.atomic():
            slow.append(record(ward).pk)
            written.set()
            in_time.append(may_commit.wait(20))

    writer = in_a_thread(write_slowly)
    written.wait(20)
    quick = record(other).pk
    first, cursor = follow(reader, before)
    asked_at = datetime.now(tz=UTC)
    may_commit.set()
    writer.join()
    settle()

    then, _ = follow(reader, cursor)

    seen = [row["id"] for row in (*first, *then) if row["kind"] == "adverse-events"]
    assert in_time == [True]
    assert sorted(seen) == sorted([slow[0], quick])
    assert slow[0] in changed_since(AdverseEvent.objects.all(), since=asked_at).values_list("pk", flat=True)


def test_six_writers_at_once_and_a_reader_who_never_stops_miss_nothing(ward: Ward) -> None:
    reader = client_of(make_user("pharmacovigilance", trial=ward.trial))
    chance = random.Random(20200406)
    pauses = [[chance.random() / 50 for _ in range(5)] for _ in range(6)]

    def write(own: list[float]) -> None:
        for pause in own:
            with transaction.atomic():
                record(ward)
                time.sleep(pause)

    writers = [in_a_thread(lambda own=own: write(own)) for own in pauses]
    seen: list[int] = []
    cursor: str | None = None
    while any(writer.is_alive() for writer in writers):
        found, cursor = follow(reader, cursor, limit=7)
        seen += [row["id"] for row in found if row["kind"] == "adverse-events"]
    settle()
    found, _ = follow(reader, cursor)
    seen += [row["id"] for row in found if row["kind"] == "adverse-events"]

    assert sorted(seen) == sorted(AdverseEvent.objects.values_list("pk", flat=True))
    assert len(seen) == 30


def test_feed_says_created_corrected_downgraded_and_voided(ward: Ward) -> None:
    reader = client_of(make_user("pharmacovigilance", trial=ward.trial))
    event = record(ward, serious=True, hospitalisation=True)
    event = correct(event, ward, reported_term="very low")
    event = correct(event, ward, serious=False, hospitalisation=False, lowering="error")
    void_adverse_event(event=event, by=ward.nurse, at=LATER, reason=REASON)
    settle()

    found, _ = follow(reader)

    own = [row for row in found if row["kind"] == "adverse-events"]
    assert [(row["change"], row["version"]) for row in own] == [
        ("created", 1),
        ("corrected", 2),
        ("downgraded", 3),
        ("voided", 4),
    ]
    assert client_of(ward.nurse).get(f"{LIST}{own[-1]['id']}/").status_code == 200


def test_nurse_of_another_site_sees_neither_event_nor_participant(ward: Ward) -> None:
    other = make_ward(ward.trial)
    record(ward)
    mine = record(other)
    settle()

    found, _ = follow(client_of(other.nurse))

    assert {row["id"] for row in found if row["kind"] == "adverse-events"} == {mine.pk}
    assert {row["id"] for row in found if row["kind"] == "participants"} == {other.participant.pk}


def test_cursor_does_not_move_when_something_sealed_is_written(ward: Ward) -> None:
    reader = client_of(make_user("pharmacovigilance", trial=ward.trial))
    settle()
    _, before = follow(reader)
    allocate(ward.participant, "UC_MSC")
    settle()

    found, after = follow(reader, before)

    assert (found, after) == ([], before)


def test_sealed_records_are_not_in_the_feed_even_of_those_who_may_read_them(ward: Ward) -> None:
    allocate(ward.participant, "UC_MSC")
    settle()

    found, _ = follow(client_of(make_user("unblinded_statistician", trial=ward.trial)))

    assert {row["kind"] for row in found} <= {
        "trials", "sites", "participants", "infusions", "adverse-events", "haemodynamic-readings",
        "haemodynamic-findings", "specimens", "dsmb-reports", "daily-assessments", "protocol-deviations",
        "unblindings", "inadvertent-unblindings", "board-recommendations",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"after": "abc"}, "After: “abc” is no cursor of this feed; start again without it."),
        ({"after": "-1"}, "After: “-1” is no cursor of this feed; start again without it."),
        ({"after": "9" * 30}, f"After: “{'9' * 30}” is no cursor of this feed; start again without it."),
        ({"limit": "0"}, "Limit: “0” is not a whole number from 1 to 1000."),
        ({"limit": "many"}, "Limit: “many” is not a whole number from 1 to 1000."),
        ({"since": "2020"}, "since: not a parameter of this list."),
    ],
)
def test_wrong_parameter_is_refused_by_name(ward: Ward, query: dict[str, str], sentence: str) -> None:
    answer = client_of(ward.nurse).get(FEED, query)

    assert answer.status_code == 400
    assert sentence.lower() in answer.json()["detail"].lower()


def test_feed_without_a_token_is_refused() -> None:
    assert Client().get(FEED).status_code == 401


def test_row_sealed_before_the_moment_has_not_changed_since(ward: Ward) -> None:
    post(client_of(ward.nurse), LIST, {**PLAIN, "participant": ward.participant.code})
    seal_everything()
    since = datetime.now(tz=UTC)
    later = record(ward)

    rows = changed_since(AdverseEvent.objects.all(), since=since)

    assert list(rows.values_list("pk", flat=True)) == [later.pk]
