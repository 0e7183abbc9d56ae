"""Adverse events and their dictionaries."""
