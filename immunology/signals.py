"""Signals of the immunology app, sent inside the transaction: receivers only enqueue work for after the commit."""

from django.dispatch import Signal

specimen_voided = Signal()
"""A tube was voided, whether anything was measured in it or not.

Sent with `trial_id` and `participant_id` (int). Behind it stands the sweep of findings.
"""
