"""Individual case safety reports as ICH E2B(R3) messages: read, written, checked.

Pure: no ORM, no clock, no settings.

`data/elements.csv` is the table on which reading and writing are based; `data/rules_*.csv` are the conformance rules.
"""
