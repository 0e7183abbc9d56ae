"""Background work of the board's app: ids in, one service call; safe to run twice, safe to be killed."""

from celery import shared_task
from django.utils import timezone

from audit.services import seal_entries
from dsmb.services.failing import give_up_dead_attempts
from dsmb.services.heads import owe_heads
from dsmb.services.looks import owe_looks, unfinished_reports
from dsmb.services.messages import send_message as send_one_message
from dsmb.services.messages import send_notice as send_one_notice
from dsmb.services.messages import send_notice_message as send_one_notice_message
from dsmb.services.messages import unsent_messages, unsent_notice_messages, unsent_notices
from dsmb.services.occasions import owe_occasions
from dsmb.services.reminders import owe_reminders
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
    from dsmb.services.making import make_report as make_one_report

    if make_one_report(report_id=report_id, at=timezone.now()):
        send_messages.delay()


@shared_task
def help_with_report(report_id: int, attempt: int) -> None:
    """A report is frozen: make what nobody makes yet of it; then have its messages sent."""
    from dsmb.services.making import help_with_report as help_with_one_report

    if help_with_one_report(report_id=report_id, attempt=attempt, at=timezone.now()):
        send_messages.delay()


@shared_task
def send_messages() -> None:
    """Have everything sent that waits in the outbox: a task each, so that one bad address holds up nobody."""
    for message_id in unsent_messages():
        send_message.delay(message_id)
    for notice_id in unsent_notices():
        send_notice.delay(notice_id)
    for message_id in unsent_notice_messages():
        send_notice_message.delay(message_id)


@shared_task
def send_message(message_id: int) -> None:
    """Send one message, unless it has left."""
    send_one_message(message_id=message_id, at=timezone.now())


@shared_task
def send_notice(notice_id: int) -> None:
    """Send one notice that something waits in the portal, unless it has left."""
    send_one_notice(notice_id=notice_id, at=timezone.now())


@shared_task
def check_boundaries(trial_id: int) -> None:
    """Something that a boundary counts was recorded: check all of the trial's, and make what is owed to the board.

    The same steps whatever is found; nothing is returned, since the log of a worker shows what a task returns. Notices
    leave with the next sweep, within a minute: sent from here they would be queued anew by every event of a backlog.
    """
    # Here and not above: scipy and the rendering cost every process that only sends tasks 3 s and 100 MB.
    from dsmb.services.boundaries import check_boundaries as check_every_boundary
    from dsmb.services.sealed_making import make_sealed_reports

    at = timezone.now()
    check_every_boundary(trial_id=trial_id, at=at)
    make_sealed_reports(trial_id=trial_id, at=at)


@shared_task
def sweep_boundaries() -> None:
    """Every ten minutes: find from the rows alone whatever a lost message would have had checked."""
    from dsmb.services.boundaries import trials_to_check

    for trial_id in trials_to_check(at=timezone.now()):
        check_boundaries.delay(trial_id)


@shared_task
def send_notice_message(message_id: int) -> None:
    """Send one message about a letter of the board, unless it has left."""
    send_one_notice_message(message_id=message_id, at=timezone.now())


@shared_task
def remind() -> None:
    """Put the reminders that are owed into the outbox, and have them sent."""
    if owe_reminders(at=timezone.now()):
        send_messages.delay()


@shared_task
def send_heads() -> None:
    """Each hour: seal what is written, and put the mails with the heads of the trail into the outbox. A trial that fails
    holds up no other.
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
    """Each minute: find from the rows alone whatever a lost message would have set going. Each trial alone, so that one
    that fails holds up no other.
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
    send_messages.delay()
    if failed:
        raise failed[0]
