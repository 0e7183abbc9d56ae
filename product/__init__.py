"""Allocation, arm letters, batches, donors, doses and unblinding: under seal."""
