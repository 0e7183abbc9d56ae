"""Reads of the reports app: the trial's records as they stood at a cut-off."""
