"""Pharmacovigilance: safety cases, assessments, obligations, and the messages that leave for an authority."""
