"""Signals of the product app, sent inside the transaction: receivers only enqueue work for after the commit."""

from django.dispatch import Signal

allocation_changed = Signal()
"""An allocation was entered or corrected, whatever the arm.

Sent inside the transaction with `trial_id` (int).
"""


product_changed = Signal()
"""A dose was dispensed or voided, a batch corrected or an allocation entered or corrected, whatever the arm.

Sent inside the transaction with `trial_id` (int) and `participant_id` (int, or None when a batch may concern several).
"""


unblinding_notices_put = Signal()
"""Notices of an unblinding are in the outbox. Sent inside the transaction, without arguments."""
