"""Signals of the accounts app."""

from django.dispatch import Signal

mails_queued = Signal()
"""Mails are in the outbox. Sent inside the transaction, without arguments."""
