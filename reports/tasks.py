"""Background work of the reports app: ids in, one service call; safe to run twice, safe to be killed."""

from celery import shared_task
from django.utils import timezone

from audit.services import seal_entries
from reports.services.failing import give_up_dead_attempts
from reports.services.heads import queue_head_mails
from reports.services.looks import create_due_reports, unfinished_reports
from reports.services.report_triggers import create_triggered_reports
from reports.signals import report_ready
from trials.models import ProtocolVersion, Trial


@shared_task
def find_looks(trial_id: int) -> None:
    """A participant was enrolled: create the due looks, and make them."""
    for report in create_due_reports(trial_id=trial_id, at=timezone.now()):
        make_report.delay(report.pk)


@shared_task
def make_report(report_id: int) -> None:
    """Make one report, unless it is ready or a worker is making it; then send its messages."""
    # Imported here: pandas, scipy and typst cost every process that only sends tasks 3 s and 100 MB.
    from reports.services.making import make_report as make_one_report  # noqa: PLC0415

    if make_one_report(report_id=report_id, at=timezone.now()):
        report_ready.send(sender=None, report_id=report_id)


@shared_task
def check_boundaries(trial_id: int) -> None:
    """A record that a boundary counts has changed: check all boundaries of the trial, and make the board's reports.

    The same steps for every result; nothing is returned, because a worker's log shows the result of a task. Notices are
    sent by the next sweep, within a minute: sent from here, every event of a backlog would queue them again.
    """
    # Imported here: scipy and the rendering cost every process that only sends tasks 3 s and 100 MB.
    from reports.services.boundaries import check_boundaries as check_every_boundary  # noqa: PLC0415
    from reports.services.sealed_making import make_sealed_reports  # noqa: PLC0415

    at = timezone.now()
    check_every_boundary(trial_id=trial_id, at=at)
    make_sealed_reports(trial_id=trial_id, at=at)


@shared_task
def sweep_boundaries() -> None:
    """Every ten minutes: find checks in the rows whose messages were lost."""
    from reports.services.boundaries import trials_to_check  # noqa: PLC0415

    for trial_id in trials_to_check(at=timezone.now()):
        check_boundaries.delay(trial_id)


@shared_task
def send_heads() -> None:
    """Each hour: seal new entries, and put the mails with the heads of the trail into the outbox.

    A failure in one trial does not block the others.
    """
    seal_entries()
    failed: list[Exception] = []
    for trial in Trial.objects.order_by("pk"):
        try:
            queue_head_mails(trial=trial, at=timezone.now())
        except Exception as error:
            failed.append(error)
    if failed:
        raise failed[0]


@shared_task
def sweep() -> None:
    """Each minute: find work in the rows whose messages were lost.

    Each trial is handled separately, so that a failure in one does not block the others.
    """
    at = timezone.now()
    failed: list[Exception] = []
    known = ProtocolVersion.objects.order_by("trial_id").values_list("trial_id", flat=True).distinct()
    for trial_id in known:
        try:
            create_due_reports(trial_id=trial_id, at=at)
            create_triggered_reports(trial_id=trial_id, at=at)
        except Exception as error:
            failed.append(error)
    give_up_dead_attempts(at=at)
    for report_id in unfinished_reports(at=at):
        make_report.delay(report_id)
    if failed:
        raise failed[0]
