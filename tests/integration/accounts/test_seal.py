"""The seal in the database: without a clearance no rows, for any client in any way."""

from contextlib import suppress

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from accounts.choices import ClearanceGround
from accounts.models import Clearance, OpeningLogEntry, SealedError
from accounts.services import cleared, system_user
from audit.models import Block, Chain, Entry
from product.models import Allocation
from tests.factories import AT, allocate, make_enrolled, make_trial, unsealed
from tests.sealing import seal_everything
from trials.models import Trial

pytestmark = pytest.mark.django_db


def raw_count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


@pytest.fixture
def trial() -> Trial:
    trial = make_trial()
    allocate(make_enrolled(trial), "ACTIVE")
    return trial


def test_orm_without_clearance_is_refused_loudly(trial: Trial) -> None:
    with pytest.raises(SealedError):
        Allocation.objects.count()


def test_raw_sql_without_clearance_gets_no_rows(trial: Trial) -> None:
    assert raw_count("product_allocation") == 0


def test_clearance_opens_its_own_trial_only(trial: Trial) -> None:
    other = make_trial()

    with unsealed(trial):
        own = raw_count("product_allocation")
    with unsealed(other):
        foreign = raw_count("product_allocation")

    assert (own, foreign) == (1, 0)


def test_clearance_for_one_participant_opens_that_one(trial: Trial) -> None:
    other = allocate(make_enrolled(trial), "PLACEBO")

    with cleared(
        ground=ClearanceGround.UNBLINDING,
        by=system_user(),
        trial_id=trial.pk,
        participant_id=other.participant_id,
        purpose="platelet refractoriness",
        at=AT,
    ):
        arms = list(Allocation.objects.values_list("arm_code", flat=True))

    assert arms == ["PLACEBO"]


def test_clearance_is_logged_with_its_purpose_and_without_the_arm(trial: Trial) -> None:
    with unsealed(trial):
        pass

    logged = Clearance.objects.latest("pk")
    assert (logged.trial_id, logged.purpose) == (trial.pk, "made for a test")
    assert "ACTIVE" not in str(logged.__dict__)


def logged_since(number: int) -> list[tuple[str, int, int]]:
    """Purpose, trial and transaction of the entries of the log of openings after this many."""
    entries = OpeningLogEntry.objects.order_by("pk").values_list("purpose", "trial_id", "transaction_id")
    return list(entries)[number:]


def opened_and_rolled_back(trial: Trial) -> Clearance:
    """The clearance of a block that ends with an error, as a refused request does."""
    seen: list[Clearance] = []
    with suppress(ZeroDivisionError), transaction.atomic(), unsealed(trial):
        seen.append(Clearance.objects.latest("pk"))
        raise ZeroDivisionError
    return seen[0]


def test_opening_that_is_rolled_back_stays_in_the_log_of_openings(trial: Trial) -> None:
    before = OpeningLogEntry.objects.count()

    opened = opened_and_rolled_back(trial)

    assert not Clearance.objects.filter(pk=opened.pk).exists()
    assert logged_since(before) == [("made for a test", trial.pk, opened.transaction_id)]


def test_opening_is_logged_before_anything_can_be_read(trial: Trial) -> None:
    before = OpeningLogEntry.objects.count()

    with unsealed(trial):
        seen = len(logged_since(before))

    assert seen == 1


def test_nothing_opens_when_the_log_of_openings_cannot_be_written(trial: Trial) -> None:
    connection.settings_dict["NAME"], kept = "no_such_database", connection.settings_dict["NAME"]
    try:
        with pytest.raises(psycopg.OperationalError), transaction.atomic(), unsealed(trial):
            raw_count("product_allocation")
    finally:
        connection.settings_dict["NAME"] = kept
    assert raw_count("product_allocation") == 0


def test_application_role_can_neither_write_nor_change_the_log_of_openings(trial: Trial) -> None:
    with unsealed(trial):
        pass
    for statement in (
        "INSERT INTO accounts_openinglogentry (ground) VALUES ('role')",
        "UPDATE accounts_openinglogentry SET purpose = 'another'",
        "DELETE FROM accounts_openinglogentry",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_clearance_without_a_purpose_is_refused(trial: Trial) -> None:
    opening = cleared(ground=ClearanceGround.ROLE, by=system_user(), trial_id=trial.pk, purpose=" ", at=AT)

    with pytest.raises(DatabaseError, match="purpose"), transaction.atomic(), opening:
        pass


def test_nested_clearances_hand_back_the_outer_one(trial: Trial) -> None:
    other = make_trial()

    with unsealed(trial):
        with unsealed(other):
            inside = raw_count("product_allocation")
        after = raw_count("product_allocation")

    assert (inside, after) == (0, 1)


def test_the_setting_alone_opens_nothing(trial: Trial) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('safety.clearance', '999999', true)")

    assert raw_count("product_allocation") == 0


def test_a_forged_clearance_in_a_temporary_table_opens_nothing(trial: Trial) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE accounts_clearance ON COMMIT DROP AS SELECT 1::bigint AS id, "
            f"{trial.pk}::bigint AS trial_id, NULL::bigint AS participant_id, "
            "pg_current_xact_id()::text::bigint AS transaction_id"
        )
        cursor.execute("GRANT ALL ON pg_temp.accounts_clearance TO PUBLIC")
        cursor.execute("SELECT set_config('safety.clearance', '1', true)")

    assert raw_count("product_allocation") == 0


def test_audit_entries_of_sealed_rows_are_sealed_too(trial: Trial) -> None:
    assert not Entry.objects.filter(table_name="product_allocation").exists()

    with unsealed(trial):
        assert Entry.objects.filter(table_name="product_allocation").count() == 1


def test_clearances_cannot_be_written_or_taken_back_by_hand(trial: Trial) -> None:
    for statement in ("DELETE FROM accounts_clearance", "UPDATE accounts_clearance SET purpose = 'x'"):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_application_role_owns_nothing_and_passes_no_seal() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        owned = cursor.fetchone()[0]
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        (powerful,) = cursor.fetchone()

    assert (owned, powerful) == (0, False)


def test_clearance_for_one_participant_opens_his_part_of_the_trail_alone(trial: Trial) -> None:
    other = allocate(make_enrolled(trial), "PLACEBO")

    with cleared(
        ground=ClearanceGround.UNBLINDING,
        by=system_user(),
        trial_id=trial.pk,
        participant_id=other.participant_id,
        purpose="platelet refractoriness",
        at=AT,
    ) as opening:
        seen = Entry.objects.filter(sealed=True).order_by("id").values_list("table_name", "row_id")
        entries = list(seen)

    assert sorted(table for table, _row in entries) == [
        "accounts_clearance",
        "accounts_openinglogentry",
        "product_allocation",
    ]
    assert {("product_allocation", other.pk), ("accounts_clearance", opening.pk)} <= set(entries)


@pytest.mark.django_db(transaction=True)
def test_clearance_for_one_participant_opens_no_chain_and_no_block() -> None:
    """A block has numbers and hashes of all entries; only a clearance for the whole trial opens it."""
    trial = make_trial()
    other = allocate(make_enrolled(trial), "PLACEBO")
    allocate(make_enrolled(trial), "UC_MSC")
    seal_everything()

    def seen(participant_id: int | None) -> tuple[int, int, int]:
        asked = {
            "ground": ClearanceGround.UNBLINDING,
            "by": system_user(),
            "purpose": "anaphylaxis",
            "at": AT,
        }
        with cleared(trial_id=trial.pk, participant_id=participant_id, **asked):
            return tuple(model.objects.filter(sealed=True).count() for model in (Entry, Chain, Block))

    assert seen(other.participant_id) == (3, 0, 0)  # the allocation, and this opening itself, twice
    entries, chains, blocks = seen(None)
    openings = Clearance.objects.count() + OpeningLogEntry.objects.count()
    assert (entries, chains) == (2 + openings, 1)
    assert blocks
    assert (Chain.objects.filter(sealed=True).count(), Block.objects.filter(sealed=True).count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_clearance_ends_with_its_transaction_on_the_same_connection() -> None:
    trial = make_trial()
    allocate(make_enrolled(trial), "ACTIVE")

    with unsealed(trial):
        clearance = Clearance.objects.latest("pk")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('safety.clearance', %s, false)", [str(clearance.pk)])
        carried_over = raw_count("product_allocation")

    assert carried_over == 0


def test_describing_a_sealed_resource_needs_no_clearance() -> None:
    assert not Allocation.objects.none().exists()
