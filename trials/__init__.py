"""Protocols, sites, participants, consent, locks and infusions."""
