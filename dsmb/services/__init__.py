"""Writes of the board's app: looks that are owed, reports that are made, documents that are handed out, messages."""
