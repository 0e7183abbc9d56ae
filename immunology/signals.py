"""Signals of the immunology app, sent inside the transaction: receivers only enqueue work for after the commit."""

from django.dispatch import Signal

specimen_voided = Signal()
"""A tube was voided, with or without results.

Sent with `trial_id` and `participant_id` (int). The sweep of findings finds lost messages.
"""
