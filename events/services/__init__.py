"""Writes about events: each authorised, attributed, in one transaction."""
