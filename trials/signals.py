"""News of the trials app, sent inside the transaction: receivers only enqueue work for after the commit.

Each has a sweep behind it that finds the same work from the rows alone.
"""

from django.dispatch import Signal

participant_enrolled = Signal()
"""Somebody was enrolled. Sent inside the transaction by `enrol_participant` with `trial_id` (int)."""

infusion_changed = Signal()
"""An infusion was recorded, corrected or voided. Sent inside the transaction with `infusion_id` and `trial_id` (int)."""

participant_changed = Signal()
"""Status, death, dates or populations of a participant were recorded or corrected. Sent inside the transaction with
`participant_id` and `trial_id` (int)."""

allocation_changed = Signal()
"""An allocation was entered or corrected, whatever the arm. Sent inside the transaction with `trial_id` (int)."""

product_changed = Signal()
"""A dose was dispensed or voided, a batch corrected or an allocation entered or corrected, whatever the arm. Sent inside
the transaction with `trial_id` (int) and `participant_id` (int, or None when a batch may concern several)."""

other_causes_changed = Signal()
"""What was recorded of blood products or of another event that sensitises has changed, whatever the arm. Sent inside the
transaction with `trial_id` and `participant_id` (int)."""

unblinding_notices_put = Signal()
"""Notices of an unblinding stand in the outbox. Sent inside the transaction, without arguments."""
