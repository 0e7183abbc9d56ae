"""Signals of the trials app, sent inside the transaction: receivers only enqueue work for after the commit.

Each has a sweep that finds the same work from the rows.
"""

from django.dispatch import Signal

participant_enrolled = Signal()
"""A participant was enrolled. Sent inside the transaction by `enrol_participant` with `trial_id` (int)."""

infusion_changed = Signal()
"""An infusion was recorded, corrected or voided.

Sent inside the transaction with `infusion_id` and `trial_id` (int).
"""

participant_changed = Signal()
"""Status, death, dates or populations of a participant were recorded or corrected.

Sent inside the transaction with `participant_id` and `trial_id` (int).
"""

protocol_loaded = Signal()
"""A new protocol version was kept.

Sent inside the transaction with `trial_id` (int), `by`, `at` and `reason`: the letters of coded arms are drawn in the
same transaction, so that no trial is ever without them.
"""
