"""A report made by two hands: each part once, nothing handed out before both are there, whoever dies or comes late."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from accounts.services import system_user
from dsmb.queries.discussion import sections_of
from reports.choices import ReportFormat, ReportKind, ReportState
from reports.models import LEASE, BoardMessage, BoardReport, ReportDocument
from reports.services import making
from reports.services.claiming import Claim, OutdatedAttemptError, claim_report
from reports.services.looks import owe_looks
from reports.services.making import freeze_report, help_with_report, keep_documents, make_report
from reports.services.reading import open_document
from tests.factories import make_user, unsealed
from tests.integration.reports.board_trials import LATER, enrol_many
from tests.plugins.groundwork import groundwork
from trials.models import Trial

MOMENT = timedelta(seconds=3)


@groundwork
def owed(trial: Trial) -> BoardReport:
    enrol_many(trial, 10)
    (report,) = owe_looks(trial_id=trial.pk, at=LATER)
    return report


@pytest.fixture(autouse=True)
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """A few bytes in place of each document, and what they were rendered from: the rendering has tests of its own."""
    seen: list[bytes] = []

    def plainly(snapshot: bytes) -> dict[ReportFormat, bytes]:
        seen.append(snapshot)
        return {form: b"%s no. %d" % (form.encode(), len(seen)) for form in ReportFormat}

    monkeypatch.setattr(making, "render_documents", plainly)
    return seen


def frozen(report: BoardReport) -> Claim:
    """Claimed and frozen by somebody who is then heard of no more."""
    claim = claim_report(report_id=report.pk, at=LATER)
    assert claim is not None
    freeze_report(claim=claim, at=LATER)
    return claim


def help_with(report: BoardReport, *, attempt: int = 1) -> bool:
    return help_with_report(report_id=report.pk, attempt=attempt, at=LATER + MOMENT)


def kept(report: BoardReport) -> dict[str, set[bytes]]:
    """The kept documents by kind."""
    found: dict[str, set[bytes]] = {}
    with unsealed(report.trial):
        for kind, content in ReportDocument.objects.filter(report=report).values_list("kind", "content"):
            found.setdefault(kind, set()).add(bytes(content))
    return found


def plain(kind: ReportKind) -> dict[ReportKind, dict[ReportFormat, bytes]]:
    return {kind: {form: f"{kind} {form}".encode() for form in ReportFormat}}


@contextmanager
def in_hand(claim: Claim, kind: ReportKind) -> Iterator[None]:
    """Another process is at this part until the block ends: then it is gone, whatever it has made."""
    name = f"board report {claim.report.pk}, attempt {claim.attempt}, {kind.value}"
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        yield


def test_helper_makes_both_parts_when_nobody_else_does(owed, rendered):
    frozen(owed)

    assert help_with(owed)

    owed.refresh_from_db()
    assert (owed.state, owed.attempt, owed.ready_at) == (ReportState.READY, 1, LATER)
    assert [b'"kind":"closed"' in snapshot for snapshot in rendered] == [False, True]


def test_helper_leaves_the_part_that_is_in_hand(owed, rendered):
    claim = frozen(owed)

    with in_hand(claim, ReportKind.CLOSED):
        assert not help_with(owed)

    assert set(kept(owed)) == {ReportKind.OPEN}
    owed.refresh_from_db()
    assert owed.state == ReportState.FROZEN
    assert not BoardMessage.objects.exists()


def test_part_of_a_hand_that_died_is_made_by_whoever_comes_next(owed, rendered):
    claim = frozen(owed)
    with in_hand(claim, ReportKind.CLOSED):
        help_with(owed)

    assert help_with(owed)

    assert len(rendered) == 2
    assert set(kept(owed)) == set(ReportKind)


def test_part_in_the_hand_of_a_former_attempt_holds_nobody_up(owed):
    claim = frozen(owed)

    with in_hand(claim, ReportKind.CLOSED):
        assert make_report(report_id=owed.pk, at=LATER + LEASE)

    owed.refresh_from_db()
    assert (owed.state, owed.attempt) == (ReportState.READY, 2)


def test_maker_makes_both_parts_without_any_helper(owed, rendered):
    assert make_report(report_id=owed.pk, at=LATER)

    assert [b'"kind":"closed"' in snapshot for snapshot in rendered] == [True, False]


def test_nothing_is_handed_out_while_a_part_is_missing(owed):
    claim = frozen(owed)
    assert not keep_documents(claim=claim, documents=plain(ReportKind.CLOSED), at=LATER)

    for kind in ReportKind:
        with pytest.raises(ReportDocument.DoesNotExist):
            open_document(report=owed, kind=kind, report_format=ReportFormat.PDF, by=system_user(), at=LATER)
    with unsealed(owed.trial):
        assert sections_of(owed) == {}


def test_last_part_says_ready_and_puts_the_messages(owed):
    member = make_user("board_member", trial=owed.trial)
    claim = frozen(owed)
    keep_documents(claim=claim, documents=plain(ReportKind.OPEN), at=LATER)
    assert not BoardMessage.objects.exists()

    assert keep_documents(claim=claim, documents=plain(ReportKind.CLOSED), at=LATER)

    owed.refresh_from_db()
    assert owed.state == ReportState.READY
    assert list(BoardMessage.objects.values_list("recipient", flat=True)) == [member.pk]


def test_part_that_two_have_made_is_kept_once(owed):
    claim = frozen(owed)
    keep_documents(claim=claim, documents=plain(ReportKind.OPEN), at=LATER)
    before = kept(owed)

    again = {ReportKind.OPEN: dict.fromkeys(ReportFormat, b"made twice")}
    assert not keep_documents(claim=claim, documents=again, at=LATER)

    assert kept(owed) == before


def test_part_of_an_attempt_that_was_overtaken_is_refused(owed):
    claim = frozen(owed)
    keep_documents(claim=claim, documents=plain(ReportKind.OPEN), at=LATER)
    claim_report(report_id=owed.pk, at=LATER + LEASE)

    with pytest.raises(OutdatedAttemptError):
        keep_documents(claim=claim, documents=plain(ReportKind.CLOSED), at=LATER)

    assert set(kept(owed)) == {ReportKind.OPEN}
    assert not help_with(owed, attempt=1)


def test_next_attempt_keeps_the_part_that_the_former_has_kept(owed):
    keep_documents(claim=frozen(owed), documents=plain(ReportKind.OPEN), at=LATER)

    assert make_report(report_id=owed.pk, at=LATER + LEASE)

    assert kept(owed)[ReportKind.OPEN] == set(plain(ReportKind.OPEN)[ReportKind.OPEN].values())


def test_helper_that_comes_when_all_is_done_does_nothing(owed, rendered):
    make_report(report_id=owed.pk, at=LATER)
    made = len(rendered)

    assert not help_with(owed)

    assert len(rendered) == made


def test_help_is_called_once_the_frozen_data_are_committed(owed, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        frozen(owed)

    assert len(callbacks) == 1
