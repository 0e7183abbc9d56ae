"""News of the board's own app."""

from django.dispatch import Signal

sealed_report_asked = Signal()
"""The chair or the statistician asked for a sealed report. Sent inside the transaction with `trial_id` (int)."""

report_owed = Signal()
"""A report was asked for, and its row is written. Sent inside the transaction with `report_id` (int)."""
