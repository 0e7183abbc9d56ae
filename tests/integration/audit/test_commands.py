"""`audit_head` and `verify_audit`: output, comparisons, and the exit status."""

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from accounts.models import Clearance
from accounts.services import system_user
from audit.models import Entry
from reports.choices import ReportKind
from reports.models import BoardReport, ReportSnapshot
from reports.queries.audit_heads import audit_heads, heads_in_snapshots
from safety_monitor.database_roles import application_role
from safety_monitor.protection import protect_database
from tests.factories import AT, allocate, make_enrolled, make_site, make_trial, make_user, save_row, unsealed
from tests.sealing import seal_everything
from trials.models import Trial

SEALED_ENTRIES = 3
"""Of the trial below: an allocation, and the opening in which it was made, in both logs."""

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def trial() -> Trial:
    trial = make_trial()
    allocate(make_enrolled(trial), "ACTIVE")
    seal_everything()
    return trial


def said(command: str, *arguments: str, **options: Any) -> str:
    output = io.StringIO()
    call_command(command, *arguments, stdout=output, **options)
    return output.getvalue()


@contextmanager
def as_owner(table: str) -> Iterator[Any]:
    """Triggers and row-level security off, committed."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def test_head_says_nothing_of_sealed_work_unless_asked_and_logged(trial: Trial) -> None:
    plain = json.loads(said("audit_head", trial.code))
    whole = json.loads(said("audit_head", trial.code, sealed=True))

    assert set(plain) == {"trial", "open"}
    assert plain["open"] == whole["open"]
    assert (whole["sealed"]["block"], whole["sealed"]["entries"]) == (1, SEALED_ENTRIES)
    assert Clearance.objects.latest("pk").purpose == "Print the head of the sealed chain"


def test_verify_says_what_it_looked_at_and_what_waits(trial: Trial) -> None:
    make_site(trial)

    text = said("verify_audit")
    (verdict, accounts) = json.loads(said("verify_audit", sealed=True, format="json"))
    without_rows = said("verify_audit", rows=False)

    assert f"{trial.code}: 0 findings; open chain of" in text
    assert f"{trial.code}: 0 findings; open chain of" in without_rows
    assert "1 entries not sealed yet, the oldest since" in text
    assert (verdict["trial"], verdict["findings"], verdict["chains"]["sealed"]["entries"]) == (
        trial.code,
        [],
        SEALED_ENTRIES,
    )
    assert verdict["chains"]["open"]["unsealed"] == 1
    assert accounts["trial"] == "accounts"


def test_nothing_says_how_much_was_sealed_unless_it_is_asked_for(trial: Trial) -> None:
    """Blinded people run these commands too: the number of sealed entries reveals how much sealed work was done."""
    (verdict, _accounts) = json.loads(said("verify_audit", format="json"))

    assert set(verdict["chains"]) == {"open"}
    assert "sealed chain of" not in said("verify_audit")
    assert f"sealed chain of {SEALED_ENTRIES} entries" in said("verify_audit", sealed=True)
    assert not re.search(r"\d", said("seal_audit"))


def test_a_table_that_is_followed_from_now_on_begins_with_the_rows_it_has(trial: Trial) -> None:
    """As after an upgrade.

    One row alone without an entry was written behind the trail's back, and stays a finding.
    """
    make_user("nurse", trial=trial)
    with as_owner("audit_entry") as cursor:
        cursor.execute("DELETE FROM audit_entry WHERE table_name = 'accounts_membership'")
        cursor.execute("DELETE FROM audit_entry WHERE table_name = 'trials_site' RETURNING row_id")
        make_site(trial)

    protect_database(connections["owner"], application_role=application_role())

    (entry,) = Entry.objects.filter(table_name="accounts_membership")
    assert (entry.trial_id, entry.actor_label, entry.new["role"]) == (trial.pk, "migration", "nurse")
    with pytest.raises(CommandError):
        call_command("verify_audit", trial.code, stdout=(printed := io.StringIO()))
    assert "accounts_membership" not in printed.getvalue()
    assert printed.getvalue().count("has no entry at all") == 1


def test_verify_names_each_finding_and_fails(trial: Trial, tmp_path: Path) -> None:
    with as_owner("audit_entry") as cursor:
        cursor.execute(
            "UPDATE audit_entry SET reason = 'forged' WHERE table_name = 'trials_site' RETURNING id, row_id"
        )
        entry_id, row_id = cursor.fetchone()
    output = io.StringIO()

    with pytest.raises(CommandError, match="1 findings"):
        call_command("verify_audit", trial.code, stdout=output)
    printed = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_audit", trial.code, format="json", stdout=printed)

    assert (
        f"changed: entry {entry_id} (trials_site {row_id}) in block 1 is not as it was sealed."
        in output.getvalue()
    )
    (finding,) = json.loads(printed.getvalue())[0]["findings"]
    assert (finding["entry_id"], finding["table"], finding["row_id"], finding["block"]) == (
        entry_id,
        "trials_site",
        row_id,
        1,
    )


@pytest.mark.parametrize("sealed", [False, True], ids=["open", "sealed"])
def test_a_chain_forged_as_a_whole_differs_from_the_head_kept_outside(
    trial: Trial, tmp_path: Path, sealed: bool
) -> None:
    """All is rewritten and sealed again, so that it is consistent in itself: only the stored head differs."""
    kept = tmp_path / "head.json"
    kept.write_text(said("audit_head", trial.code, sealed=True))
    make_site(trial)
    seal_everything()
    assert "0 findings" in said("verify_audit", trial.code, heads=[str(kept)])

    with as_owner("audit_block") as cursor, as_owner("audit_chain"), as_owner("audit_entry"):
        cursor.execute("DELETE FROM audit_block")
        cursor.execute("DELETE FROM audit_chain")
        cursor.execute("UPDATE audit_entry SET actor_label = 'somebody else' WHERE sealed = %s", [sealed])
        cursor.execute("UPDATE audit_sealing SET horizon = 0")
    seal_everything()

    assert "0 findings" in said("verify_audit", trial.code)
    output = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_audit", trial.code, heads=[str(kept)], stdout=output)
    assert f"head: block 1 has another hash now: the file {kept} says" in output.getvalue()


def test_heads_in_board_snapshots_are_compared_too(trial: Trial) -> None:
    report = save_row(BoardReport(trial=trial, number=1))
    with unsealed(trial):
        for kind in ReportKind:
            content = json.dumps({"provenance": {"audit_head": audit_heads(trial_id=trial.pk, kind=kind)}})
            save_row(
                ReportSnapshot(
                    trial=trial, report=report, kind=kind, content=content.encode(), sha256="0" * 64
                )
            )
        kept = {(one.where, one.sealed) for one in heads_in_snapshots(trial_id=trial.pk)}
    assert kept == {
        ("the open snapshot of report 1", False),
        ("the closed snapshot of report 1", False),
        ("the closed snapshot of report 1", True),
    }
    assert "0 findings" in said("verify_audit", trial.code)

    with as_owner("audit_block") as cursor:
        cursor.execute("UPDATE audit_block SET sha256 = repeat('0', 64) WHERE sealed")

    output = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_audit", trial.code, stdout=output)
    assert "the closed snapshot of report 1 says" in output.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "is not a mail with heads nor what `audit_head` prints"),
        ('{"open": null}', "is not a mail with heads"),
        ("Trail, open: 00", "is not a mail with heads"),
        (f"Trail, open: {'0' * 64}", "is not a mail with heads"),  # of no trial
        (f"Trial: OTHER\nTrail, open: {'0' * 64}", "holds no head of TRIAL-"),
    ],
)
def test_a_head_that_is_none_or_another_trials_is_refused(
    trial: Trial, tmp_path: Path, content: str, sentence: str
) -> None:
    kept = tmp_path / "head.json"
    kept.write_text(content)

    with pytest.raises(CommandError, match=sentence):
        call_command("verify_audit", trial.code, heads=[str(kept)])


def test_by_whom_the_seal_was_opened_to_verify_is_logged(trial: Trial) -> None:
    said("verify_audit", trial.code)

    logged = Clearance.objects.latest("pk")
    assert (logged.ground, logged.actor_id, logged.purpose) == (
        "audit",
        system_user().pk,
        "Verify the audit trail",
    )
    assert logged.opened_at > AT
