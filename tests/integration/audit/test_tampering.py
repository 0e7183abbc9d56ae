"""A rewrite of the trail with all powers of the database is detected, and the changed entries are named.

One trial is written, sealed and committed for all tests here; each tampers as the owner of the tables, with triggers
and row-level security off, in a transaction of its own that is rolled back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.test.testcases import TransactionTestCase

from accounts.services import system_user
from audit.models import FIRST_SEALED_ID, Block, Chain, Entry
from audit.queries.heads import chain_head
from audit.queries.rows import check_rows
from audit.queries.verifying import TrailFinding, check_chain, waiting_of
from audit.services import attributed, next_version
from product.models import Allocation
from tests.factories import AT, allocate, make_enrolled, make_site, make_trial, unsealed
from tests.plugins.shared_rows import GROUND
from tests.sealing import seal_everything
from trials.models import Trial

OWNER = "owner"
FOLLOWED = (
    "audit_entry",
    "audit_block",
    "audit_chain",
    "trials_trial",
    "trials_participant",
    "product_allocation",
)
OPENINGS = ("accounts_clearance", "accounts_openinglogentry")
"""Tables with records of the opening of sealed rows, which every reading of sealed entries writes."""
CHAINS = pytest.mark.parametrize("sealed", [False, True], ids=["open", "sealed"])


@dataclass(frozen=True)
class Sealed:
    """The trial, and the ids of its sealed-in entries by chain."""

    trial: Trial
    other: Trial
    ids: dict[bool, list[int]]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Sealed]:
    """Three blocks in either chain, committed."""
    with django_db_blocker.unblock():
        GROUND.clear()
        trial, other = make_trial(), make_trial()
        for _ in range(3):
            _write(trial)
            seal_everything()
        with unsealed(trial):
            ids = {
                kind: list(
                    Entry.objects.filter(trial_id=trial.pk, sealed=kind)
                    .exclude(table_name__in=OPENINGS)
                    .order_by("id")
                    .values_list("id", flat=True)
                )
                for kind in (False, True)
            }
        yield Sealed(trial, other, ids)
        TransactionTestCase._fixture_teardown(None)


@pytest.fixture(autouse=True)
def _open(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def _write(trial: Trial) -> None:
    """Two sealed and some open entries, an update among each."""
    participant = make_enrolled(trial, make_site(trial))
    allocate(participant, "ACTIVE")
    later = AT + timedelta(hours=1)
    with attributed(by=system_user(), reason="typing error", at=later), unsealed(trial):
        trial.title += "."
        next_version(trial, at=later)
        trial.save()
        allocation = Allocation.objects.get(participant=participant)
        allocation.arm_code = "PLACEBO"
        next_version(allocation, at=later)
        allocation.save()


@contextmanager
def all_powers() -> Iterator[Any]:
    """A cursor of the owner's with triggers and row-level security off; everything is taken back."""
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        for table in FOLLOWED:
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        transaction.set_rollback(True, using=OWNER)


def found(world: Sealed, *, sealed: bool) -> list[TrailFinding]:
    return list(check_chain(trial_id=world.trial.pk, sealed=sealed, using=OWNER))


def named(findings: list[TrailFinding]) -> set[tuple[str, int | None]]:
    return {(one.kind, one.entry_id if one.entry_id is not None else one.block) for one in findings}


@CHAINS
def test_an_untouched_trail_verifies(world: Sealed, sealed: bool) -> None:
    with all_powers() as cursor:
        findings = found(world, sealed=sealed)
        chain = Chain.objects.using(OWNER).get(trial_id=world.trial.pk, sealed=sealed)
        cursor.execute(
            "SELECT count(*) FROM audit_entry WHERE trial_id = %s AND table_name = ANY(%s)",
            [world.trial.pk, list(OPENINGS)],
        )
        openings = cursor.fetchone()[0] - waiting_of(trial_id=world.trial.pk, sealed=True, using=OWNER).count

    assert findings == []
    assert (chain.length, chain.entries) == (3, len(world.ids[sealed]) + (openings if sealed else 0))
    assert len(world.ids[sealed]) >= 6


@CHAINS
@pytest.mark.parametrize(
    "change",
    [
        "reason = 'another reason'",
        "actor_label = 'somebody else'",
        "at = at + interval '1 microsecond'",
        "written_at = written_at - interval '1 day'",
        "request_id = 'r'",
        "row_id = row_id + 1000",
        "table_name = 'trials_site'",
        "old = NULL",
        "new = new || '{\"version\": 7}'",
        "change = 'INSERT'",
        "sealed = NOT sealed",
    ],
)
def test_a_changed_value_is_found_and_named(world: Sealed, sealed: bool, change: str) -> None:
    victim = world.ids[sealed][-1]  # an update
    with all_powers() as cursor:
        cursor.execute(f"UPDATE audit_entry SET {change} WHERE id = %s", [victim])
        findings = found(world, sealed=sealed)

    assert ("changed", victim) in named(findings)
    assert {one.block for one in findings if one.kind == "changed"} == {3}


@CHAINS
def test_an_entry_moved_to_another_trial_is_found_in_both(world: Sealed, sealed: bool) -> None:
    victim = world.ids[sealed][1]
    with all_powers() as cursor:
        cursor.execute("UPDATE audit_entry SET trial_id = %s WHERE id = %s", [world.other.pk, victim])
        here = found(world, sealed=sealed)
        there = list(check_chain(trial_id=world.other.pk, sealed=sealed, using=OWNER))

    assert ("changed", victim) in named(here)
    assert ("inserted", victim) in named(there)


@CHAINS
@pytest.mark.parametrize("place", [0, 2, -1], ids=["first", "middle", "tail"])
def test_a_removed_entry_is_found_and_named(world: Sealed, sealed: bool, place: int) -> None:
    victim = world.ids[sealed][place]
    with all_powers() as cursor:
        cursor.execute("DELETE FROM audit_entry WHERE id = %s", [victim])
        findings = found(world, sealed=sealed)

    assert ("removed", victim) in named(findings)


COPY = """
    INSERT INTO audit_entry (id, at, written_at, actor_id, actor_label, reason, request_id, trial_id, table_name, row_id,
                             change, old, new, sealed, transaction_id)
    SELECT {id}, at, written_at, actor_id, actor_label, 'put in', request_id, trial_id, table_name, row_id,
           'UPDATE', new, new || '{{"title": "forged", "arm_code": "forged"}}', sealed, {transaction}
    FROM audit_entry WHERE id = %s RETURNING id
"""


@CHAINS
@pytest.mark.parametrize("number", ["-5", "(SELECT max(id) + 7 FROM audit_entry)"], ids=["low", "high"])
def test_an_entry_put_in_with_the_time_of_others_is_found(world: Sealed, sealed: bool, number: str) -> None:
    with all_powers() as cursor:
        cursor.execute(COPY.format(id=number, transaction="transaction_id"), [world.ids[sealed][0]])
        (forged,) = cursor.fetchone()
        findings = found(world, sealed=sealed)

    assert ("inserted", forged) in named(findings)


@CHAINS
def test_an_entry_put_in_as_if_new_does_not_fit_the_others_of_its_row(world: Sealed, sealed: bool) -> None:
    with all_powers() as cursor:
        own = "pg_current_xact_id()::text::bigint"
        forging = COPY.format(
            id="(SELECT max(id) + 7 FROM audit_entry WHERE sealed = e.sealed)", transaction=own
        )
        cursor.execute(
            forging.replace("FROM audit_entry WHERE id", "FROM audit_entry e WHERE id"),
            [world.ids[sealed][0]],
        )
        (forged,) = cursor.fetchone()
        rows = list(check_rows(trial_id=world.trial.pk, trial_code=world.trial.code, using=OWNER))
        findings = [*found(world, sealed=sealed), *rows]

    assert forged in {one.entry_id for one in findings if one.kind in ("continuity", "row")}


@CHAINS
def test_exchanged_contents_are_named_with_their_partner(world: Sealed, sealed: bool) -> None:
    one, other = world.ids[sealed][-2:]
    with all_powers() as cursor:
        cursor.execute("UPDATE audit_entry SET id = -1 WHERE id = %s", [one])
        cursor.execute("UPDATE audit_entry SET id = %s WHERE id = %s", [one, other])
        cursor.execute("UPDATE audit_entry SET id = %s WHERE id = -1", [other])
        findings = found(world, sealed=sealed)

    assert {("reordered", one), ("reordered", other)} <= named(findings)


@CHAINS
@pytest.mark.parametrize(
    "change",
    [
        "made_at = made_at + interval '1 second'",
        "sha256 = repeat('0', 64)",
        "previous_sha256 = repeat('0', 64)",
        "entry_ids = entry_ids[2:], entry_sha256 = entry_sha256[2:]",
        "entry_sha256[1] = entry_sha256[2]",
        "number = 9",
    ],
)
def test_a_changed_block_is_found(world: Sealed, sealed: bool, change: str) -> None:
    with all_powers() as cursor:
        cursor.execute(f"UPDATE audit_block SET {change} WHERE {_block(world, sealed, 2)}")
        findings = found(world, sealed=sealed)

    assert ("block", 2) in named(findings)


@CHAINS
def test_a_changed_entry_with_its_block_made_to_fit_breaks_the_chain(world: Sealed, sealed: bool) -> None:
    """The attacker changes an entry, its hash and its block's hash: the next block still has the old one."""
    with all_powers() as cursor:
        block = Block.objects.using(OWNER).get(trial_id=world.trial.pk, sealed=sealed, number=2)
        victim = block.entry_ids[0]
        cursor.execute("UPDATE audit_entry SET reason = 'forged' WHERE id = %s", [victim])
        cursor.execute(
            "UPDATE audit_block SET entry_sha256[1] = (SELECT sha256(convert_to(audit_canonical(e), 'UTF8')) "
            f"FROM audit_entry e WHERE id = %s), sha256 = repeat('1', 64) WHERE {_block(world, sealed, 2)}",
            [victim],
        )
        findings = found(world, sealed=sealed)

    assert {("block", 2), ("block", 3)} <= named(findings)


@CHAINS
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_removed_block_is_found(world: Sealed, sealed: bool, number: int) -> None:
    with all_powers() as cursor:
        cursor.execute(f"DELETE FROM audit_block WHERE {_block(world, sealed, number)}")
        findings = found(world, sealed=sealed)

    assert ("block", number) in named(findings)
    assert {one.entry_id for one in findings if one.kind == "inserted"} != set()


@CHAINS
def test_a_block_put_in_at_the_end_is_found(world: Sealed, sealed: bool) -> None:
    with all_powers() as cursor:
        cursor.execute(
            "INSERT INTO audit_block (chain_id, trial_id, sealed, number, made_at, first_entry_id, last_entry_id, "
            "entry_ids, entry_sha256, previous_sha256, sha256) SELECT chain_id, trial_id, sealed, 4, made_at, 0, 0, "
            f"'{{}}', '{{}}', sha256, repeat('2', 64) FROM audit_block WHERE {_block(world, sealed, 3)}"
        )
        findings = found(world, sealed=sealed)

    assert named(findings) == {("block", 4)}


@CHAINS
def test_tail_and_last_block_and_length_removed_together_differ_from_the_kept_head(
    world: Sealed, sealed: bool
) -> None:
    """Removing the end consistently leaves a shorter valid chain.

    Only a head stored elsewhere reveals it, or the rows.
    """
    with all_powers() as cursor:
        kept = chain_head(trial_id=world.trial.pk, sealed=sealed, using=OWNER)
        last = Block.objects.using(OWNER).get(trial_id=world.trial.pk, sealed=sealed, number=3)
        cursor.execute("DELETE FROM audit_entry WHERE id = ANY (%s)", [last.entry_ids])
        cursor.execute(f"DELETE FROM audit_block WHERE {_block(world, sealed, 3)}")
        cursor.execute(
            "UPDATE audit_chain SET length = 2, head_sha256 = %s WHERE trial_id = %s AND sealed = %s",
            [last.previous_sha256, world.trial.pk, sealed],
        )
        findings = found(world, sealed=sealed)
        now = chain_head(trial_id=world.trial.pk, sealed=sealed, using=OWNER)
        rows = list(check_rows(trial_id=world.trial.pk, trial_code=world.trial.code, using=OWNER))

    assert findings == []
    assert now != kept
    assert {one.kind for one in rows} == {"row"}


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE trials_participant SET code = code || 'x' WHERE trial_id = %s", "trials_participant"),
        ("DELETE FROM product_allocation WHERE trial_id = %s", "product_allocation"),
        ("UPDATE trials_trial SET title = 'quietly' WHERE id = %s", "trials_trial"),
    ],
)
def test_rows_written_with_the_triggers_off_are_named(world: Sealed, statement: str, table: str) -> None:
    with all_powers() as cursor:
        cursor.execute(statement, [world.trial.pk])
        rows = list(check_rows(trial_id=world.trial.pk, trial_code=world.trial.code, using=OWNER))

    assert {(one.kind, one.table) for one in rows} == {("row", table)}


def test_rows_of_an_untouched_trial_are_what_the_trail_says(world: Sealed) -> None:
    with all_powers():
        of_trial = list(check_rows(trial_id=world.trial.pk, trial_code=world.trial.code, using=OWNER))
        of_accounts = list(check_rows(trial_id=None, trial_code="", using=OWNER))

    assert (of_trial, of_accounts) == ([], [])


def test_open_numbers_have_no_gap_where_sealed_entries_were_written(world: Sealed) -> None:
    opened, sealed = world.ids[False], world.ids[True]

    assert max(opened) < FIRST_SEALED_ID <= min(sealed)
    # Transactions of earlier tests that were taken back have used numbers; from the trial's first entry on none was.
    written = Entry.objects.filter(id__gte=min(opened)).order_by("id")
    numbers = list(written.values_list("id", flat=True))
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_what_waits_is_told_with_its_age(world: Sealed) -> None:
    with all_powers():
        assert waiting_of(trial_id=world.trial.pk, sealed=False, using=OWNER).count == 0


def _block(world: Sealed, sealed: bool, number: int) -> str:
    return f"trial_id = {world.trial.pk} AND sealed = {sealed} AND number = {number}"
