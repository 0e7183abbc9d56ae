"""Signals of the reports app, sent inside the transaction: receivers only enqueue work for after the commit."""

from django.dispatch import Signal

sealed_report_asked = Signal()
"""The chair or the statistician requested a sealed report. Sent inside the transaction with `trial_id` (int)."""


report_owed = Signal()
"""A report's row was created. Sent inside the transaction with `report_id` (int)."""


report_ready = Signal()
"""A report can be read. Sent by a task after commit with `report_id` (int)."""
