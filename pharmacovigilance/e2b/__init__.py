"""Individual case safety reports as ICH E2B(R3) messages: read, written, checked. Pure: no ORM, no clock, no settings.

`data/elements.csv` is the one table from which reading and writing follow; `data/rules_*.csv` are the conformance rules.
"""
