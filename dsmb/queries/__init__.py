"""Queries of the board's app, for the portal."""
