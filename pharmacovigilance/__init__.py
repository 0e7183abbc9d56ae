"""Pharmacovigilance: safety cases, assessments, obligations, and messages to authorities."""
