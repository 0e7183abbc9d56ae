"""What the board's app does when lower apps have news: it sends a task, and nothing else."""

from typing import Any

from django.dispatch import receiver

from dsmb.tasks import send_messages
from reports.signals import report_ready


@receiver(report_ready, dispatch_uid="dsmb_send_messages_about_a_report")
def send_messages_about_a_report(**_: Any) -> None:
    """Have the outbox sent. The report is kept by then, and the sweep sends what a lost task leaves."""
    send_messages.apply_async(retry=False)
