"""The trail in the database: every write in every way, with actor and reason or not at all."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, ProgrammingError, connection, connections, transaction

from accounts.services import system_user
from audit.models import Entry
from audit.services import attributed, next_version
from tests.factories import AT, make_participant, make_site, make_trial, make_user
from tests.plugins.shared_rows import shared_rows
from trials.models import ProtocolVersion, Site, Trial

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


@shared_rows
def trial() -> Trial:
    return make_trial(title="First title")


def entries_of(row: Trial) -> list[Entry]:
    return list(Entry.objects.of_row(table="trials_trial", row_id=row.pk).order_by("pk"))


def test_insert_is_written_down_with_who_when_and_why(trial: Trial) -> None:
    (entry,) = entries_of(trial)

    assert (entry.change, entry.actor_label, entry.reason, entry.at) == (
        "INSERT",
        "system",
        "made for a test",
        AT,
    )
    assert (entry.old, entry.new["title"]) == (None, "First title")


def test_update_keeps_the_row_before_and_after(trial: Trial) -> None:
    nurse = make_user(username="nurse-07")
    trial.title = "Second title"
    next_version(trial, at=LATER)

    with attributed(by=nurse, reason="typing error", at=LATER):
        trial.save()

    entry = entries_of(trial)[-1]
    assert (entry.old["title"], entry.new["title"]) == ("First title", "Second title")
    assert (entry.actor_label, entry.reason, entry.new["version"]) == ("nurse-07", "typing error", 2)


def test_bulk_and_raw_writes_are_written_down_too(trial: Trial) -> None:
    with attributed(by=system_user(), reason="in bulk", at=LATER):
        sites = [
            Site(trial=trial, code=code, name=code, timezone="UTC", recorded_at=AT, changed_at=AT)
            for code in ("A", "B", "C")
        ]
        Site.objects.bulk_create(sites)
        Site.objects.filter(trial=trial).update(name="Renamed")
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE trials_site SET name = 'By hand' WHERE code = 'A' AND trial_id = %s", [trial.pk]
            )

    written = Entry.objects.filter(table_name="trials_site", trial_id=trial.pk, reason="in bulk")
    assert [written.filter(change=change).count() for change in ("INSERT", "UPDATE")] == [3, 4]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trials_site SET name = 'By hand' WHERE trial_id = {trial}",
        (
            "INSERT INTO trials_site (trial_id, code, name, timezone, country, recorded_at, changed_at, version) "
            "SELECT {trial}, 'N', 'New', 'UTC', '', now(), now(), 1"
        ),
        (
            "INSERT INTO trials_site (trial_id, code, name, timezone, country, recorded_at, changed_at, version) "
            "SELECT trial_id, code, name, timezone, '', now(), now(), 1 FROM trials_site WHERE trial_id = {trial} "
            "ON CONFLICT (trial_id, code) DO UPDATE SET name = 'Upserted'"
        ),
        (
            "WITH renamed AS (UPDATE trials_site SET name = 'In a CTE' WHERE trial_id = {trial} RETURNING id) "
            "SELECT count(*) FROM renamed"
        ),
        (
            "MERGE INTO trials_site s USING (SELECT {trial} AS trial) t ON s.trial_id = t.trial "
            "WHEN MATCHED THEN UPDATE SET name = 'Merged'"
        ),
        "DO $$ BEGIN UPDATE trials_site SET name = 'In a block' WHERE trial_id = {trial}; END $$",
    ],
)
def test_every_way_of_writing_is_written_down(trial: Trial, statement: str) -> None:
    make_site(trial)
    written = Entry.objects.filter(table_name="trials_site", reason="by SQL")

    with attributed(by=system_user(), reason="by SQL", at=LATER), connection.cursor() as cursor:
        cursor.execute(statement.format(trial=trial.pk))

    assert [entry.trial_id for entry in written] == [trial.pk]


def test_rows_copied_in_are_written_down(trial: Trial) -> None:
    with attributed(by=system_user(), reason="copied", at=LATER), connection.cursor() as cursor:
        copying = "COPY trials_site (trial_id, code, name, timezone, country, recorded_at, changed_at, version) FROM STDIN"
        with cursor.copy(copying) as copy:
            for code in ("A", "B"):
                copy.write_row((trial.pk, code, code, "UTC", "", AT, AT, 1))

    assert Entry.objects.filter(table_name="trials_site", reason="copied").count() == 2


def test_moments_are_kept_in_utc_whatever_the_session_says(trial: Trial) -> None:
    with attributed(by=system_user(), reason="elsewhere", at=LATER), connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'Asia/Tokyo'")
        cursor.execute("UPDATE trials_trial SET title = 'From Tokyo' WHERE id = %s", [trial.pk])
        cursor.execute("SET LOCAL timezone = 'UTC'")

    assert entries_of(trial)[-1].new["recorded_at"] == "2020-04-06T09:00:00+00:00"


def test_a_trials_own_row_stands_in_its_trail(trial: Trial) -> None:
    assert [entry.trial_id for entry in entries_of(trial)] == [trial.pk]


@pytest.mark.parametrize("name", ["audit_entry", "pg_trigger"])
def test_a_temporary_table_does_not_swallow_the_trail(trial: Trial, name: str) -> None:
    """Temporary tables come first on PostgreSQL's search path unless a function says otherwise."""
    with attributed(by=system_user(), reason="swallowed?", at=LATER), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {name} (LIKE public.audit_entry) ON COMMIT DROP")
        cursor.execute(f"GRANT ALL ON pg_temp.{name} TO PUBLIC")
        cursor.execute("UPDATE trials_trial SET title = 'Quietly' WHERE id = %s", [trial.pk])
        cursor.execute("SELECT count(*) FROM public.audit_entry WHERE reason = 'swallowed?'")
        (kept,) = cursor.fetchone()

    assert kept == 1


def test_update_that_changes_nothing_writes_nothing(trial: Trial) -> None:
    with attributed(by=system_user(), reason="again", at=LATER):
        Trial.objects.filter(pk=trial.pk).update(title="First title")

    assert len(entries_of(trial)) == 1


def test_write_without_who_and_why_is_refused_by_the_database(trial: Trial) -> None:
    with pytest.raises(DatabaseError, match="who and why"), transaction.atomic():
        Trial.objects.filter(pk=trial.pk).update(title="Unsigned")


def test_blank_reason_is_refused(trial: Trial) -> None:
    with pytest.raises(ValidationError, match="Reason"), attributed(by=system_user(), reason="  ", at=AT):
        pass


def test_attribution_ends_with_its_block(trial: Trial) -> None:
    with attributed(by=system_user(), reason="inside", at=AT):
        pass

    with pytest.raises(DatabaseError, match="who and why"), transaction.atomic():
        Trial.objects.filter(pk=trial.pk).update(title="Outside")


def test_inner_attribution_speaks_for_its_own_writes(trial: Trial) -> None:
    with attributed(by=system_user(), reason="outer", at=AT):
        with attributed(by=make_user(username="inner"), reason="inner", at=AT):
            Trial.objects.filter(pk=trial.pk).update(title="By the inner")
        Trial.objects.filter(pk=trial.pk).update(title="By the outer")

    assert [entry.reason for entry in entries_of(trial)[-2:]] == ["inner", "outer"]


def test_nothing_clinical_is_deleted(trial: Trial) -> None:
    participant = make_participant(trial)

    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM trials_participant WHERE id = %s", [participant.pk])


@pytest.mark.django_db(databases=["default", "owner"])
def test_not_even_the_owner_of_the_tables_deletes(trial: Trial) -> None:
    with (
        pytest.raises(DatabaseError, match="nothing clinical is deleted"),
        transaction.atomic(using="owner"),
        connections["owner"].cursor() as cursor,
    ):
        cursor.execute("DELETE FROM trials_participant")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET reason = 'another'",
        "DELETE FROM audit_entry",
        "INSERT INTO audit_entry SELECT * FROM audit_entry",
        "TRUNCATE audit_entry",
        "ALTER TABLE trials_trial DISABLE TRIGGER audit_update",
        "DROP TRIGGER audit_update ON trials_trial",
        "ALTER FUNCTION audit_on_update() OWNER TO CURRENT_USER",
        "CREATE OR REPLACE FUNCTION audit_on_insert() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "SELECT audit_on_insert()",
        "SET session_authorization = safety_owner",
        "COPY audit_entry FROM '/dev/null'",
        "SET session_replication_role = replica",
    ],
)
def test_the_trail_cannot_be_touched(trial: Trial, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", ["trials_participant", "trials_protocolversion", "accounts_membership"])
@pytest.mark.django_db(databases=["default", "owner"])
def test_tables_are_emptied_by_nobody(trial: Trial, table: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")
    with (
        pytest.raises(DatabaseError, match="TRUNCATE is refused"),
        transaction.atomic(using="owner"),
        connections["owner"].cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_append_only_rows_cannot_be_changed(trial: Trial) -> None:
    version = ProtocolVersion(
        trial=trial,
        label="1",
        effective_date=AT.date(),
        content={},
        content_sha256="0" * 64,
        recorded_at=AT,
        changed_at=AT,
    )
    with attributed(by=system_user(), reason="loaded", at=AT):
        version.save()

    with (
        pytest.raises(ProgrammingError),
        attributed(by=system_user(), reason="edited", at=LATER),
    ):
        ProtocolVersion.objects.filter(pk=version.pk).update(label="2")
