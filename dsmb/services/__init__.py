"""Writes of the board's app: meetings, votes, minutes, letters, messages."""
