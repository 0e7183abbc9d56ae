"""Reads of the board's app: the trial's records as they stood at a cut-off, and what the portal lists."""
