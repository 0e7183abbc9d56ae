"""Signals of the assessments app, sent inside the transaction: receivers only enqueue work for after the commit."""

from django.dispatch import Signal

laboratory_result_changed = Signal()
"""A laboratory result was recorded, corrected or voided. Sent inside the transaction with `participant_id` (int)."""

other_causes_changed = Signal()
"""The recorded blood products or other sensitising events have changed, in whatever arm.

Sent inside the transaction with `trial_id` and `participant_id` (int).
"""
