"""Signals of the haemodynamics app, sent inside the transaction: receivers only enqueue work for after the commit."""

from django.dispatch import Signal

haemodynamic_finding_raised = Signal()
"""A criterion was met after an infusion. Sent inside the transaction with `finding_id` (int)."""
