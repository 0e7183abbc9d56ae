"""Receivers of the board's app. Each sends a task and does nothing else."""

from typing import Any

from django.dispatch import receiver

from dsmb.tasks import send_messages
from reports.signals import report_ready


@receiver(report_ready, dispatch_uid="dsmb_send_messages_about_a_report")
def send_messages_about_a_report(**_: Any) -> None:
    """Send the outbox. The report is stored by then, and the sweep sends messages of a lost task."""
    send_messages.apply_async(retry=False)
