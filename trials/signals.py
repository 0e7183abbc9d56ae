"""News of the trials app. Each is sent after commit, and each has a sweep behind it that finds the same work from rows."""

from django.dispatch import Signal

participant_enrolled = Signal()
"""Somebody was enrolled. Sent inside the transaction by `enrol_participant` with `trial_id` (int)."""

infusion_changed = Signal()
"""An infusion was recorded, corrected or voided. Sent inside the transaction with `infusion_id` (int)."""
