"""Signals of the board's app."""
