"""Decisions of pharmacovigilance. Pure: no ORM, no clock, no settings."""
