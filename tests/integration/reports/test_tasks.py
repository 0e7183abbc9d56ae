"""Real transactions, a real broker and real workers: three looks give three reports, after deaths and duplicates."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections

from accounts.services import system_user
from reports import tasks
from reports.choices import ReportState
from reports.models import LEASE, BoardReport, ReportDocument
from reports.services.claiming import claim_report
from reports.services.looks import create_due_reports
from tests.factories import make_participant, make_trial, save_row, unsealed
from tests.integration.reports.board_trials import LATER, enrol_many, make_board_trial
from trials.models import Participant, ProtocolVersion, Trial
from trials.rules.protocol import ProtocolError
from trials.services import enrol_participant

SECONDS_TO_MAKE_THREE = 120.0
DOCUMENTS_OF_A_REPORT = 6
PLAINLY = ("tests.integration.reports.plain_worker",)


def enrol(participant: Participant) -> None:
    now = datetime.now(UTC)
    at = now.replace(second=0, microsecond=0) - timedelta(minutes=1)
    enrol_participant(
        participant=participant, enrolled_at=at, by=system_user(), at=now, reason="enrolled in a test"
    )


def enrol_alone(participant: Participant) -> None:
    """In a separate thread, with a separate connection."""
    try:
        enrol(participant)
    finally:
        connections.close_all()


def make_screened(trial: Trial, count: int) -> list[Participant]:
    site = trial.sites.order_by("code").first()
    consented = datetime.now(UTC) - timedelta(hours=2)
    return [
        make_participant(
            trial, site, consented_at=consented, age_years=60, screened_date=consented.date(),
        )
        for _ in range(count)
    ]  # fmt: skip


def wait_for(condition: Callable[[], bool], *, seconds: float = SECONDS_TO_MAKE_THREE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail("It did not happen in time.")
        time.sleep(0.2)


def ready(trial: Trial) -> list[int | None]:
    reports = BoardReport.objects.filter(trial=trial, state=ReportState.READY)
    return list(reports.order_by("look").values_list("look", flat=True))


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_fifty_enrolments_from_eight_threads_give_exactly_three_reports(start_worker):
    trial = make_board_trial()
    people = make_screened(trial, 50)
    start_worker()
    start_worker()

    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(enrol_alone, people))
    wait_for(lambda: ready(trial) == [10, 20, 40])
    tasks.sweep.delay()
    tasks.find_looks.delay(trial.pk)
    time.sleep(1)

    assert sorted(Participant.objects.values_list("enrolment_number", flat=True)) == list(range(1, 51))
    assert BoardReport.objects.count() == 3
    with unsealed(trial):
        assert ReportDocument.objects.count() == 3 * DOCUMENTS_OF_A_REPORT


@pytest.mark.django_db(transaction=True)
def test_broker_that_is_away_loses_no_report(broker, start_worker):
    trial = make_board_trial(looks=[2])
    people = make_screened(trial, 2)
    broker.stop()

    for person in people:
        enrol(person)

    assert Participant.objects.enrolled().count() == 2
    assert not BoardReport.objects.exists()
    broker.start()
    start_worker()
    tasks.sweep.delay()
    wait_for(lambda: ready(trial) == [2])


@pytest.mark.django_db(transaction=True)
def test_report_of_a_worker_that_died_is_found_by_the_sweep(start_worker):
    start_worker(include=PLAINLY)
    trial = make_board_trial()
    enrol_many(trial, 10)
    (report,) = create_due_reports(trial_id=trial.pk, at=LATER)
    claim_report(report_id=report.pk, at=datetime.now(UTC) - LEASE)

    tasks.sweep.delay()

    wait_for(lambda: ready(trial) == [10])
    assert BoardReport.objects.get(pk=report.pk).attempt == 2


@pytest.mark.django_db
def test_find_looks_run_twice_writes_once():
    trial = make_board_trial()
    enrol_many(trial, 20)

    tasks.find_looks(trial.pk)
    tasks.find_looks(trial.pk)

    assert sorted(BoardReport.objects.values_list("look", flat=True)) == [10, 20]


@pytest.mark.django_db
def test_trial_that_cannot_be_read_holds_up_no_other():
    unreadable = {"label": "1", "effective_date": date(2020, 1, 1), "content": {}, "content_sha256": "0" * 64}
    save_row(ProtocolVersion(trial=make_trial(), **unreadable))
    trial = make_board_trial()
    enrol_many(trial, 10)

    with pytest.raises(ProtocolError):
        tasks.sweep()

    assert BoardReport.objects.filter(trial=trial, look=10).exists()
