"""Background work of the reports app: ids in, one service call; safe to run twice, safe to be killed."""

from celery import shared_task
from django.utils import timezone

from audit.services import seal_entries
from reports.services.failing import give_up_dead_attempts
from reports.services.heads import owe_heads
from reports.services.looks import owe_looks, unfinished_reports
from reports.services.occasions import owe_occasions
from reports.signals import report_ready
from trials.models import ProtocolVersion, Trial


@shared_task
def find_looks(trial_id: int) -> None:
    """Somebody was enrolled: write down the looks that are owed, and have them made."""
    for report in owe_looks(trial_id=trial_id, at=timezone.now()):
        make_report.delay(report.pk)


@shared_task
def make_report(report_id: int) -> None:
    """Make one report, unless it is ready or somebody is at it; then have its messages sent."""
    # Here and not above: pandas, scipy and typst cost every process that only sends tasks 3 s and 100 MB.
    from reports.services.making import make_report as make_one_report  # noqa: PLC0415

    if make_one_report(report_id=report_id, at=timezone.now()):
        report_ready.send(sender=None, report_id=report_id)


@shared_task
def check_boundaries(trial_id: int) -> None:
    """Something that a boundary counts was recorded: check all of the trial's, and make what is owed to the board.

    The same steps whatever is found; nothing is returned, since the log of a worker shows what a task returns. Notices
    leave with the next sweep, within a minute: sent from here they would be queued anew by every event of a backlog.
    """
    # Here and not above: scipy and the rendering cost every process that only sends tasks 3 s and 100 MB.
    from reports.services.boundaries import check_boundaries as check_every_boundary  # noqa: PLC0415
    from reports.services.sealed_making import make_sealed_reports  # noqa: PLC0415

    at = timezone.now()
    check_every_boundary(trial_id=trial_id, at=at)
    make_sealed_reports(trial_id=trial_id, at=at)


@shared_task
def sweep_boundaries() -> None:
    """Every ten minutes: find from the rows alone whatever a lost message would have had checked."""
    from reports.services.boundaries import trials_to_check  # noqa: PLC0415

    for trial_id in trials_to_check(at=timezone.now()):
        check_boundaries.delay(trial_id)


@shared_task
def send_heads() -> None:
    """Each hour: seal what is written, and put the mails with the heads of the trail into the outbox.

    A trial that fails holds up no other.
    """
    seal_entries()
    failed: list[Exception] = []
    for trial in Trial.objects.order_by("pk"):
        try:
            owe_heads(trial=trial, at=timezone.now())
        except Exception as error:
            failed.append(error)
    if failed:
        raise failed[0]


@shared_task
def sweep() -> None:
    """Each minute: find from the rows alone whatever a lost message would have set going.

    Each trial alone, so that one that fails holds up no other.
    """
    at = timezone.now()
    failed: list[Exception] = []
    known = ProtocolVersion.objects.order_by("trial_id").values_list("trial_id", flat=True).distinct()
    for trial_id in known:
        try:
            owe_looks(trial_id=trial_id, at=at)
            owe_occasions(trial_id=trial_id, at=at)
        except Exception as error:
            failed.append(error)
    give_up_dead_attempts(at=at)
    for report_id in unfinished_reports(at=at):
        make_report.delay(report_id)
    if failed:
        raise failed[0]
