"""A clearance is valid in its transaction only: no other transaction on the connection can use it.

Each test commits, as a pooled connection does between two requests, and tries one way of reusing a clearance.
"""

from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from psycopg_pool import ConnectionPool

from accounts.models import Clearance, SealedError
from accounts.services import cleared, system_user
from audit.models import Entry
from product.models import Allocation
from tests.factories import AT, allocate, make_enrolled, make_trial, unsealed
from tests.plugins.databases import pointed_to
from trials.models import Trial

COUNT = "SELECT count(*) FROM product_allocation"
SETTING = "SELECT set_config('safety.clearance', %s, false)"


def count() -> int:
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        return int(cursor.fetchone()[0])


@pytest.fixture(scope="module")
def trial(clone_database: Callable[[str], str], django_db_blocker: Any) -> Iterator[Trial]:
    """Committed rows in a database of the module's own: no test here changes them."""
    with django_db_blocker.unblock(), pointed_to(clone_database("connections")):
        trial = make_trial()
        allocate(make_enrolled(trial), "ACTIVE")
        yield trial


@pytest.fixture
def pool(trial: Trial) -> Iterator[ConnectionPool[Any]]:
    """One connection to the test's database, reused again and again, as by the site's pool."""
    entry = connection.settings_dict
    place = {
        "dbname": entry["NAME"],
        "user": entry["USER"],
        "password": entry["PASSWORD"],
        "host": entry["HOST"],
    }
    pooled = ConnectionPool(
        kwargs={**place, "port": entry["PORT"] or None}, min_size=1, max_size=1, open=True
    )
    yield pooled
    pooled.close()


def open_by_hand(cursor: Any, trial: Trial) -> int:
    """The application's SQL for opening the seal."""
    opening = "SELECT id FROM accounts_open_clearance('import', %s, %s, NULL, 'made for a test', '', now())"
    cursor.execute(opening, [system_user().pk, trial.pk])
    return int(cursor.fetchone()[0])


def test_a_connection_from_the_pool_does_not_bring_the_last_ones_clearance(
    trial: Trial, pool: ConnectionPool[Any]
) -> None:
    with pool.connection() as first:
        number = open_by_hand(first.cursor(), trial)
        backend, inside = first.info.backend_pid, first.execute(COUNT).fetchone()
    with pool.connection() as second:
        second.execute(SETTING, [str(number)])
        carried = second.execute(COUNT).fetchone()

        assert second.info.backend_pid == backend, "another connection proves nothing"

    assert (inside, carried) == ((1,), (0,))


def test_a_setting_left_on_the_session_opens_nothing_in_a_later_transaction(trial: Trial) -> None:
    with unsealed(trial), connection.cursor() as cursor:
        number = str(Clearance.objects.latest("pk").pk)
        cursor.execute(SETTING, [number])
    with connection.cursor() as cursor:
        cursor.execute(SETTING, [number])

    assert count() == 0
    with transaction.atomic():
        assert count() == 0


def test_autocommit_opens_for_its_own_statement_alone(trial: Trial) -> None:
    with connection.cursor() as cursor:
        open_by_hand(cursor, trial)

    assert count() == 0


def fail_after_counting(trial: Trial, counted: list[int]) -> None:
    with unsealed(trial):
        counted.append(count())
        raise RuntimeError


def test_a_savepoint_that_is_taken_back_takes_its_clearance_along(trial: Trial) -> None:
    counted: list[int] = []

    with transaction.atomic():
        with pytest.raises(RuntimeError):
            fail_after_counting(trial, counted)
        counted.append(count())

    assert counted == [1, 0]


def test_a_rolled_back_transaction_leaves_neither_clearance_nor_log(trial: Trial) -> None:
    logged, counted = Clearance.objects.count(), []

    with pytest.raises(RuntimeError):
        fail_after_counting(trial, counted)

    assert counted == [1]
    assert (Clearance.objects.count(), count()) == (logged, 0)


def test_a_statement_prepared_inside_finds_nothing_outside(trial: Trial) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PREPARE counted AS {COUNT}")
    with unsealed(trial), connection.cursor() as cursor:
        cursor.execute("EXECUTE counted")
        inside = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute("EXECUTE counted")
        outside = cursor.fetchone()
        cursor.execute("DEALLOCATE counted")

    assert (inside, outside) == ((1,), (0,))


def test_a_cursor_of_the_server_does_not_outlive_the_transaction(trial: Trial) -> None:
    with unsealed(trial), connection.cursor() as cursor:
        cursor.execute("DECLARE kept CURSOR FOR SELECT arm_code FROM product_allocation")
        cursor.execute("FETCH 0 FROM kept")

    with pytest.raises(DatabaseError, match="kept"), connection.cursor() as cursor:
        cursor.execute("FETCH ALL FROM kept")


def test_a_cursor_opened_before_the_clearance_stays_empty(trial: Trial) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DECLARE early CURSOR FOR SELECT arm_code FROM product_allocation")
        cursor.execute("FETCH 1 FROM early")
        before = cursor.fetchall()
        with unsealed(trial):
            cursor.execute("FETCH ALL FROM early")
            later = cursor.fetchall()

    assert (before, later) == ([], [])


@pytest.mark.parametrize("role", ["safety_owner", "postgres", "pg_read_all_data"])
def test_the_application_cannot_become_somebody_else(trial: Trial, role: str) -> None:
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")

    assert count() == 0


def test_resetting_the_role_opens_nothing(trial: Trial) -> None:
    with unsealed(trial), connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION AUTHORIZATION DEFAULT")

    assert count() == 0


def count_without_row_security() -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL row_security = off")
        return count()


def test_row_security_cannot_be_switched_off(trial: Trial) -> None:
    """PostgreSQL then refuses the statement instead of answering without the policy."""
    with pytest.raises(DatabaseError, match="row-level security"):
        count_without_row_security()


def in_a_thread(ask: Callable[[], Any]) -> Any:
    told: list[Any] = []

    def run() -> None:
        try:
            told.append(ask())
        except Exception as error:
            told.append(type(error))
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    thread.join()
    return told[0]


def test_another_thread_has_neither_the_clearance_nor_its_transaction(trial: Trial) -> None:
    with unsealed(trial):
        raw, asked = in_a_thread(count), in_a_thread(Allocation.objects.none().model.objects.count)
        inside = count()

    assert (inside, raw, asked) == (1, 0, SealedError)


def test_a_thread_that_takes_the_connection_over_starts_closed(trial: Trial) -> None:
    """The block has ended by then; the connection is the same, the transaction is another."""
    with unsealed(trial):
        pass
    shared = connections["default"]
    shared.inc_thread_sharing()

    def asked_over_it() -> int:
        with shared.cursor() as cursor:
            cursor.execute(COUNT)
            return int(cursor.fetchone()[0])

    try:
        assert in_a_thread(asked_over_it) == 0
    finally:
        shared.dec_thread_sharing()


def test_the_log_of_an_opening_is_complete_and_holds_no_arm(trial: Trial) -> None:
    (person,) = trial.participants.all()
    with cleared(
        ground="unblinding",
        by=system_user(),
        trial_id=trial.pk,
        participant_id=person.pk,
        purpose="transplant work-up",
        at=AT,
        request_id="r-1",
    ):
        pass

    row = Clearance.objects.values().latest("pk")
    number, transaction_id = row.pop("id"), row.pop("transaction_id")
    assert row == {
        "ground": "unblinding",
        "actor_id": system_user().pk,
        "trial_id": trial.pk,
        "participant_id": person.pk,
        "purpose": "transplant work-up",
        "request_id": "r-1",
        "opened_at": AT,
    }
    assert number > 0
    assert transaction_id > 0
    assert not Entry.objects.filter(table_name="accounts_clearance").exists()
