"""Sealing the trail: every entry once, none too early, with any worker and after any kill."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection, connections, transaction

from accounts.services import system_user
from audit.models import Block, Chain, Entry, Sealing
from audit.queries.heads import chain_head
from audit.queries.verifying import check_chain, waiting_of
from audit.services import seal_entries
from audit.tasks import seal_entries as seal_task
from tests.factories import allocate, make_enrolled, make_site, make_trial, unsealed
from tests.sealing import seal_everything

transactional = pytest.mark.django_db(transaction=True)


@contextmanager
def another_connection() -> Iterator[psycopg.Connection[Any]]:
    """A second client of the application's role, on the test's database."""
    settings = connections["default"].settings_dict
    with psycopg.connect(
        dbname=settings["NAME"], user=settings["USER"], host=settings["HOST"], port=settings["PORT"] or None
    ) as client:
        yield client


def write_as(client: psycopg.Connection[Any], trial_id: int, title: str) -> None:
    """One entry of the trial, in the client's running transaction."""
    for name, value in (("actor_id", "1"), ("actor_label", "second client"), ("reason", "concurrently")):
        client.execute("SELECT set_config(%s, %s, true)", [f"safety.{name}", value])
    client.execute("UPDATE trials_trial SET title = %s WHERE id = %s", [title, trial_id])


def wait_until_settled() -> None:
    """Until no other test's transaction on this server is older than what was written here."""
    with another_connection() as client:
        mark = client.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()[0]
        client.commit()
        while (
            client.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint").fetchone()[0]
            <= mark
        ):
            client.rollback()
            time.sleep(0.02)


def sealed_ids() -> list[int]:
    return [
        entry_id
        for ids in Block.objects.order_by("id").values_list("entry_ids", flat=True)
        for entry_id in ids
    ]


@transactional
def test_a_transaction_held_open_while_later_ones_are_sealed_is_sealed_afterwards_once() -> None:
    """Its entry has the lower number and appears last: by numbers alone it would be missed, or forged ones accepted."""
    held, later = make_trial(), make_trial()
    seal_everything()
    with another_connection() as slow, another_connection() as quick:
        write_as(slow, held.pk, "held open")
        write_as(quick, later.pk, "committed first")
        quick.commit()
        early = Entry.objects.get(table_name="trials_trial", row_id=later.pk, change="UPDATE")

        before = seal_entries()
        slow.commit()
        after = seal_everything()

    late = Entry.objects.get(table_name="trials_trial", row_id=held.pk, change="UPDATE")
    assert late.pk < early.pk
    assert (before, after) == (0, 2)
    assert {late.pk, early.pk} <= set(sealed_ids())
    assert set(Counter(sealed_ids()).values()) == {1}
    assert [list(check_chain(trial_id=trial.pk, sealed=False)) for trial in (held, later)] == [[], []]


@transactional
def test_what_is_older_than_an_open_transaction_is_sealed_though_it_is_open() -> None:
    trial, other = make_trial(), make_trial()
    wait_until_settled()
    with another_connection() as slow:
        write_as(slow, other.pk, "held open")

        seal_entries()

        assert chain_head(trial_id=trial.pk, sealed=False) is not None


@transactional
def test_many_writers_and_two_sealers_at_once_leave_each_entry_in_one_block() -> None:
    trials = [make_trial() for _ in range(3)]
    stop, failures = threading.Event(), []

    def write(trial_id: int) -> None:
        with another_connection() as client:
            for turn in range(25):
                write_as(client, trial_id, f"title {turn}")
                client.commit()

    def seal() -> None:
        with another_connection() as client:
            client.autocommit = True
            while not stop.is_set():
                client.execute("SELECT audit_seal(10)")

    def kept(work: Any, *arguments: Any) -> None:
        try:
            work(*arguments)
        except Exception as error:
            failures.append(error)

    sealers = [threading.Thread(target=kept, args=(seal,)) for _ in range(2)]
    writers = [threading.Thread(target=kept, args=(write, trial.pk)) for trial in trials]
    for thread in (*sealers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in sealers:
        thread.join()
    seal_everything()

    assert failures == []
    assert sorted(sealed_ids()) == sorted(Entry.objects.values_list("pk", flat=True))
    assert [list(check_chain(trial_id=trial.pk, sealed=False)) for trial in trials] == [[]] * 3


@transactional
def test_no_write_waits_for_a_sealing_that_takes_its_time() -> None:
    trial = make_trial()
    with another_connection() as sealing, another_connection() as writer:
        sealing.execute("SELECT audit_seal(1000)")  # and its transaction stays open
        writer.execute("SET statement_timeout = '2s'")
        write_as(writer, trial.pk, "not held up")
        writer.commit()
        second = sealing_elsewhere()

    assert second is None
    assert Entry.objects.filter(table_name="trials_trial", row_id=trial.pk).count() == 2


def sealing_elsewhere() -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_seal(1000)")
        return cursor.fetchone()[0]


@transactional
def test_a_sealing_that_is_killed_leaves_everything_for_the_next() -> None:
    trial = make_trial()
    with another_connection() as dying:
        dying.execute("SELECT audit_seal(1000)")
        dying.rollback()
    assert not Block.objects.exists()

    first, second = seal_everything(), seal_everything()

    assert (first > 0, second) == (True, 0)
    assert list(check_chain(trial_id=trial.pk, sealed=False)) == []


@transactional
def test_the_task_twice_seals_once() -> None:
    trial = make_trial()

    wait_until_settled()
    seal_task()
    heads = [chain_head(trial_id=trial.pk, sealed=False)]
    seal_task()
    heads.append(chain_head(trial_id=trial.pk, sealed=False))

    assert heads[0] is not None
    assert heads[0] == heads[1]


@transactional
def test_sealed_work_leaves_the_open_chain_as_it_is() -> None:
    trial = make_trial()
    participants = [make_enrolled(trial, make_site(trial)) for _ in range(3)]
    seal_everything()
    before = chain_head(trial_id=trial.pk, sealed=False)

    for participant in participants:
        allocate(participant, "ACTIVE")
        seal_everything()

    assert chain_head(trial_id=trial.pk, sealed=False) == before
    assert chain_head(trial_id=trial.pk, sealed=True) is None  # not without a clearance
    with unsealed(trial):
        entries = Entry.objects.filter(trial_id=trial.pk, sealed=True)
        assert entries.filter(table_name="product_allocation").count() == 3
        waiting = waiting_of(trial_id=trial.pk, sealed=True).count
        assert Chain.objects.get(trial_id=trial.pk, sealed=True).entries == entries.count() - waiting
        assert list(check_chain(trial_id=trial.pk, sealed=True)) == []
    assert not Block.objects.filter(sealed=True).exists()


@transactional
def test_accounts_have_a_chain_of_their_own() -> None:
    seal_everything()
    before = Chain.objects.get(trial_id=None, sealed=False).entries  # the shipped terms
    system_user()

    seal_everything()

    assert Chain.objects.get(trial_id=None, sealed=False).entries == before + 1
    assert list(check_chain(trial_id=None, sealed=False)) == []


@transactional
def test_what_is_not_sealed_yet_is_counted_with_its_age() -> None:
    trial = make_trial()

    waiting = waiting_of(trial_id=trial.pk, sealed=False)

    written = Entry.objects.get(trial_id=trial.pk).written_at
    assert (waiting.count, waiting.oldest_at) == (1, written)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_after_a_restore_into_a_server_that_counts_transactions_anew_sealing_goes_on() -> None:
    """As after a dump: entries and horizon have the old server's numbers, far ahead of this one's."""
    trial = make_trial()
    seal_everything()
    make_site(trial)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_entry SET transaction_id = transaction_id + 4000000000")
        cursor.execute("UPDATE audit_sealing SET horizon = horizon + 4000000000")
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    make_site(trial)

    first = seal_everything()
    make_site(trial)
    second = seal_everything()

    assert (first, second) == (2, 1)
    assert sorted(sealed_ids()) == sorted(Entry.objects.values_list("pk", flat=True))
    assert list(check_chain(trial_id=trial.pk, sealed=False)) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_block SELECT * FROM audit_block",
        "INSERT INTO audit_chain (sealed, length, entries, head_sha256) VALUES (false, 1, 1, 'x')",
        "UPDATE audit_block SET sha256 = 'x'",
        "UPDATE audit_chain SET length = 0",
        "UPDATE audit_sealing SET horizon = 0",
        "DELETE FROM audit_block",
        "DELETE FROM audit_chain",
        "DELETE FROM audit_sealing",
        "TRUNCATE audit_block",
        "SELECT last_value FROM audit_entry_sealed_id_seq",
        "SELECT nextval('audit_entry_sealed_id_seq')",
        "SELECT setval('audit_entry_id_seq', 1)",
    ],
)
def test_the_applications_role_touches_neither_chains_nor_numbers(statement: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_the_setting_of_the_sealing_opens_nothing_for_the_application() -> None:
    trial = make_trial()
    allocate(make_enrolled(trial), "ACTIVE")

    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('safety.sealing', 'on', true)")
        cursor.execute("SELECT count(*) FROM audit_entry WHERE sealed")
        (seen,) = cursor.fetchone()

    assert seen == 0


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET reason = ''", "DELETE FROM audit_block", "TRUNCATE audit_entry"]
)
def test_not_even_the_owner_rewrites_the_trail_by_mistake(statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="is refused"),
        transaction.atomic(using="owner"),
        connections["owner"].cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db
def test_there_is_one_row_that_says_how_far_the_sealing_has_come() -> None:
    assert Sealing.objects.count() == 1
