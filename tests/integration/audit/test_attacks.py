"""Attacks with SQL that an earlier `verify_audit` did not report: each is a finding, with the everyday command."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import override_settings
from django.utils import timezone

from accounts.models import ApiToken, Clearance, Mail, User
from accounts.services import queue_mails, send_mail, system_user, unsent_mails
from audit.models import Entry
from audit.services import attributed, next_version
from dsmb.models import MeetingNotice, NoticeMessage
from events.models import CtcaeTerm
from reports.choices import MessageKind
from reports.models import BoardMessage, BoardReport, PortalNotice
from reports.queries.audit_heads import MAIL_KIND
from reports.services.heads import queue_head_mails
from tests.factories import (
    AT,
    allocate,
    make_enrolled,
    make_membership,
    make_site,
    make_token,
    make_trial,
    make_user,
    save_row,
    unsealed,
)
from tests.integration.audit.attacks import all_powers, findings, is_clean
from tests.sealing import seal_everything
from trials.models import Trial

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def trial() -> Trial:
    trial = make_trial()
    allocate(make_enrolled(trial), "ACTIVE")
    seal_everything()
    return trial


def test_nothing_is_found_before_an_attack(trial: Trial) -> None:
    assert is_clean()


def rename(trial: Trial, title: str) -> None:
    """An ordinary change, with its entry."""
    with attributed(by=system_user(), reason="typing error", at=timezone.now()):
        trial.title = title
        next_version(trial, at=timezone.now())
        trial.save()


APPENDED = """
    INSERT INTO audit_entry (id, at, written_at, actor_id, actor_label, reason, request_id, trial_id, table_name, row_id,
                             change, old, new, sealed, transaction_id)
    SELECT nextval('audit_entry_id_seq'), '2020-04-06 09:00+00', '2020-04-06 09:00+00', 1, 'nurse', 'first entry', '', %s,
           'trials_site', %s, 'INSERT', NULL, '{}', false, pg_current_xact_id()::text::bigint
"""


@pytest.mark.parametrize("is_sealed", [False, True], ids=["not sealed yet", "sealed"])
def test_an_entry_of_2020_that_is_appended_is_found(trial: Trial, is_sealed: bool) -> None:
    with all_powers() as cursor:
        cursor.execute(APPENDED, [trial.pk, make_site(trial).pk + 1000])
    if is_sealed:
        seal_everything()
        seal_everything()

    found = findings(trial.code)

    assert "written at 2020-04-06T09:00:00.000000Z, which does not fit an entry of a lower number" in found
    assert ("long before entries that were sealed before it" in found) is is_sealed


def test_an_entry_of_2020_with_a_number_that_fits_is_found_by_its_block(trial: Trial) -> None:
    """The forger takes a number that nobody used, below all others: number and time fit, its block does not."""
    with all_powers() as cursor:
        cursor.execute(APPENDED.replace("nextval('audit_entry_id_seq')", "-1"), [trial.pk, 7])
    seal_everything()

    found = findings(trial.code)

    assert "entry -1 (trials_site 7) in block 2 says that it was written at 2020-04-06" in found
    assert "which does not fit" not in found


def test_an_entry_of_the_future_is_found(trial: Trial) -> None:
    with all_powers() as cursor:
        cursor.execute(APPENDED.replace("2020", "2099"), [trial.pk, 7])
    make_site(trial)
    seal_everything()

    found = findings(trial.code, rows=False)

    assert "2099-04-06T09:00:00.000000Z, after the block was made" in found
    assert "2 findings" in found  # its time against the block's, against now, and no other entry is blamed


@pytest.mark.parametrize("late", [timedelta(minutes=50), timedelta(hours=5)])
def test_an_entry_of_a_slow_transaction_may_be_sealed_late_but_not_hours_late(
    trial: Trial, late: timedelta
) -> None:
    """Its number and its time are those of its writing; what was written later was sealed before it."""
    with all_powers() as cursor:
        cursor.execute("UPDATE audit_entry SET written_at = written_at - interval '1 day', id = -id")
        cursor.execute("DELETE FROM audit_block")
        cursor.execute("DELETE FROM audit_chain")
        cursor.execute("UPDATE audit_sealing SET horizon = 0")
    seal_everything()
    with all_powers() as cursor:
        cursor.execute(
            APPENDED.replace("nextval('audit_entry_id_seq')", "-1000000").replace(
                "'2020-04-06 09:00+00', 1, 'nurse'", "%s, 1, 'nurse'"
            ),
            [timezone.now() - timedelta(days=1) - late, trial.pk, 7],
        )
    seal_everything()

    found = findings(trial.code)

    assert ("long before entries that were sealed before it" in found) is (late > timedelta(hours=1))


def test_what_was_left_unsealed_for_days_is_no_finding(trial: Trial) -> None:
    """The worker did not run: several blocks are made of it at once, all long after the writing."""
    with all_powers("trials_site") as cursor:
        cursor.execute("DELETE FROM audit_block")
        cursor.execute("DELETE FROM audit_chain")
        cursor.execute("UPDATE audit_sealing SET horizon = 0")
        cursor.execute("UPDATE audit_entry SET written_at = written_at - interval '3 days'")
    seal_everything()
    with all_powers() as cursor:
        cursor.execute("SELECT max(number) FROM audit_block")
        (blocks,) = cursor.fetchone()

    assert blocks > 1  # of accounts and terms
    assert is_clean()


def test_the_newest_entries_removed_before_they_were_sealed_are_missed_by_their_rows(trial: Trial) -> None:
    rename(trial, "another title")
    with all_powers() as cursor:
        cursor.execute("DELETE FROM audit_entry WHERE table_name = 'trials_trial' AND change = 'UPDATE'")

    assert f"trials_trial {trial.pk} differs from its last entry" in findings(trial.code)


def test_a_trail_that_was_removed_as_a_whole_is_missed(trial: Trial) -> None:
    with all_powers() as cursor:
        for table in ("audit_block", "audit_chain", "audit_entry"):
            cursor.execute(f"DELETE FROM {table}")

    found = findings()

    assert found.count("the open chain is not there, and there is no entry to make one of") == 2
    assert f"trials_trial {trial.pk} has no entry at all" in found
    assert "accounts_user" in found


def test_chains_removed_and_the_horizon_set_back_are_missed(trial: Trial) -> None:
    """The entries stay, as if none had ever been sealed."""
    with all_powers() as cursor:
        cursor.execute("DELETE FROM audit_block")
        cursor.execute("DELETE FROM audit_chain")
        cursor.execute("UPDATE audit_sealing SET horizon = 0")
        cursor.execute("UPDATE audit_entry SET written_at = written_at - interval '2 hours'")

    found = findings(trial.code)

    assert found.count("chain is not there, though there are entries since") == 2


def test_a_new_trial_whose_entries_are_about_to_be_sealed_is_no_finding() -> None:
    assert is_clean(make_trial().code)


def test_clearances_that_are_removed_or_changed_are_found(trial: Trial) -> None:
    with unsealed(trial):
        pass
    first, *_others = Clearance.objects.filter(trial_id=trial.pk).order_by("pk")
    with all_powers("accounts_clearance") as cursor:
        cursor.execute("UPDATE accounts_clearance SET actor_id = 0 WHERE id = %s", [first.pk])
        cursor.execute("DELETE FROM accounts_clearance WHERE id > %s", [first.pk])
        gone = cursor.rowcount

    found = findings()  # one of them was of no trial

    assert gone > 0
    assert f"accounts_clearance {first.pk} differs from its last entry" in found
    assert found.count("accounts_clearance") >= 1 + gone


def every_message(trial: Trial) -> None:
    """One row of each outbox, a token, an account."""
    board = make_user("board_member", trial=trial)
    make_token(make_membership(make_user(), "auditor", trial=trial), at=timezone.now())
    report = save_row(BoardReport(trial=trial, number=1))
    notice = save_row(MeetingNotice(trial=trial, number=1, look=10, held_on=AT.date()))
    BoardMessage.objects.create(report=report, recipient=board, kind=MessageKind.REPORT_READY, created_at=AT)
    NoticeMessage.objects.create(notice=notice, recipient=board, kind="letter", created_at=AT)
    PortalNotice.objects.create(recipient=board, created_at=AT)
    queue_mails(kind=MAIL_KIND, about="a test", at=AT, to=[board], words={"trial": "T", "lines": []})


@pytest.mark.parametrize(
    ("table", "change"),
    [
        (User, "password = 'pbkdf2_sha256$1$x$y'"),
        (ApiToken, "digest = repeat('0', 64)"),
        (BoardMessage, "read_at = created_at"),
        (NoticeMessage, "sent_at = created_at"),
        (PortalNotice, "sent_at = created_at"),
        (Mail, "recipient_id = (SELECT max(id) FROM accounts_user WHERE id <> recipient_id)"),
        (CtcaeTerm, "grades = '{5}'"),
    ],
    ids=lambda value: value if isinstance(value, str) else value._meta.label,
)
def test_a_value_changed_past_the_trail_is_found(trial: Trial, table: Any, change: str) -> None:
    every_message(trial)
    assert is_clean()
    victim = table.objects.order_by("pk").last()
    name = table._meta.db_table

    with all_powers(name) as cursor:
        cursor.execute(f"UPDATE {name} SET {change} WHERE id = %s", [victim.pk])
        assert cursor.rowcount == 1

    assert f"row: {name} {victim.pk} differs from its last entry" in findings()


@pytest.mark.parametrize("table", [BoardMessage, NoticeMessage, PortalNotice, Mail, CtcaeTerm])
def test_a_row_removed_past_the_trail_is_found(trial: Trial, table: Any) -> None:
    every_message(trial)
    name, pk = table._meta.db_table, table.objects.latest("pk").pk

    with all_powers(name) as cursor:
        cursor.execute(f"DELETE FROM {name} WHERE id = %s", [pk])

    assert f"row: {name} {pk} is gone" in findings()


def test_the_trail_holds_of_secrets_a_hash_and_never_the_value(trial: Trial) -> None:
    every_message(trial)
    person, token = User.objects.exclude(password="").latest("pk"), ApiToken.objects.get()
    with attributed(by=system_user(), reason="forgotten", at=AT):
        before = person.password
        person.set_password("another password")
        person.save()

    everything = [*Entry.objects.values_list("old", flat=True), *Entry.objects.values_list("new", flat=True)]

    written = "\n".join(str(part) for part in everything)
    for secret in (before, person.password, token.digest):
        assert secret not in written
    last = Entry.objects.filter(table_name="accounts_user", row_id=person.pk).latest("pk")
    assert last.old["sha256_of_password"] != last.new["sha256_of_password"]


def test_entries_of_outboxes_are_sealed_and_draw_no_open_number(trial: Trial) -> None:
    numbers = list(Entry.objects.values_list("pk", flat=True))
    board = make_user("board_chair", trial=trial)
    opened = set(Entry.objects.values_list("pk", flat=True)) - set(numbers)

    PortalNotice.objects.create(recipient=board, created_at=AT)
    PortalNotice.objects.filter(recipient=board).update(sent_at=AT)
    make_site(trial)

    (site,) = set(Entry.objects.values_list("pk", flat=True)) - set(numbers) - opened
    assert site == max(opened) + 1
    assert not Entry.objects.filter(table_name="reports_portalnotice").exists()


def kept_mail(trial: Trial, path: Path, *, month: str = "2026-12") -> str:
    """The trial's heads in a sent mail, saved to a file by its recipient."""
    with override_settings(TRAIL_HEADS_ADDRESSES=("keeper@elsewhere.example",)):
        queue_head_mails(trial=trial, at=timezone.datetime.fromisoformat(f"{month}-01T12:00:00+00:00"))
    (mail_id, *_others) = unsent_mails()
    send_mail(mail_id=mail_id, at=timezone.now())
    message: EmailMessage = mail.outbox[-1]
    path.write_bytes(message.message().as_bytes())
    return str(path)


def reseal() -> None:
    """Everything is sealed again with the program's own code."""
    with all_powers() as cursor:
        cursor.execute("DELETE FROM audit_block")
        cursor.execute("DELETE FROM audit_chain")
        cursor.execute("UPDATE audit_sealing SET horizon = 0")
    seal_everything()


@pytest.mark.parametrize("sealed", [False, True], ids=["open", "sealed"])
def test_a_trail_that_was_changed_and_sealed_anew_differs_from_the_mail(
    trial: Trial, tmp_path: Path, sealed: bool
) -> None:
    kept = kept_mail(trial, tmp_path / "heads.eml")
    assert is_clean(heads=[kept])

    with all_powers("accounts_mail") as cursor:
        cursor.execute(
            "UPDATE audit_entry SET actor_label = 'somebody else' WHERE trial_id = %s AND sealed = %s",
            [trial.pk, sealed],
        )
        cursor.execute("DELETE FROM audit_entry WHERE table_name = 'accounts_mail'")
        cursor.execute("DELETE FROM accounts_mail")
    reseal()

    assert is_clean()  # consistent in itself: only the sent heads differ
    chain = "sealed" if sealed else "open"
    assert f"head: no block of the {chain} chain has the hash" in findings(heads=[kept])


def test_the_outbox_itself_remembers_what_left(trial: Trial, tmp_path: Path) -> None:
    """Sealing again without the mails is detected without the file."""
    kept_mail(trial, tmp_path / "heads.eml")

    reseal()

    assert f"that the mail about {trial.code} 2026-12 has as its head" in findings(trial.code)


def test_a_roll_back_to_an_older_copy_differs_from_the_mail(trial: Trial, tmp_path: Path) -> None:
    """Everything after a moment is taken away from all tables, as a restored backup does."""
    with all_powers() as cursor:
        cursor.execute("SELECT max(id) FROM audit_entry WHERE NOT sealed")
        (border,) = cursor.fetchone()
        cursor.execute("SELECT id, length, entries, head_sha256 FROM audit_chain")
        chains = cursor.fetchall()
    site = make_site(trial)
    seal_everything()
    kept = kept_mail(trial, tmp_path / "heads.eml")

    with all_powers("trials_site", "accounts_mail", "accounts_clearance") as cursor:
        cursor.execute(
            "DELETE FROM audit_block b USING audit_chain c WHERE c.id = b.chain_id AND c.trial_id IS NOT NULL "
            "AND NOT c.sealed AND b.number > 1"
        )
        for chain_id, length, entries, head in chains:
            cursor.execute(
                "UPDATE audit_chain SET length = %s, entries = %s, head_sha256 = %s WHERE id = %s AND NOT sealed "
                "AND trial_id IS NOT NULL",
                [length, entries, head, chain_id],
            )
        cursor.execute("DELETE FROM audit_entry WHERE id > %s AND NOT sealed", [border])
        cursor.execute("DELETE FROM trials_site WHERE id = %s", [site.pk])
        cursor.execute("DELETE FROM audit_entry WHERE table_name = 'accounts_mail'")
        cursor.execute(
            "DELETE FROM audit_block b USING audit_chain c WHERE c.id = b.chain_id AND c.trial_id IS NULL AND c.sealed"
        )
        cursor.execute("DELETE FROM audit_chain c WHERE c.trial_id IS NULL AND c.sealed")
        cursor.execute("DELETE FROM accounts_mail")

    assert is_clean(trial.code)
    assert "head: no block of the open chain has the hash" in findings(trial.code, heads=[kept])


def test_a_trial_that_is_gone_though_its_heads_were_kept_is_a_finding(trial: Trial, tmp_path: Path) -> None:
    kept = tmp_path / "heads.txt"
    kept.write_text(f"Dear keeper,\n> Trial: GONE-1\n> Trail, open: {'1' * 64}\n")

    assert "GONE-1: there is no such trial" in findings(heads=[str(kept)])
