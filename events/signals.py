"""Signals of the events app."""

from django.dispatch import Signal

serious_event_recorded = Signal()
"""An event is serious, now or since a correction. Sent inside the transaction with `event_id` (int)."""

adverse_event_changed = Signal()
"""Any adverse event was recorded, drafted, corrected or voided, serious or not.

Sent inside the transaction with `trial_id` (int).
"""
