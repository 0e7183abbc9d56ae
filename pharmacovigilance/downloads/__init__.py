"""Documents of pharmacovigilance from rows: what is queried, put into words, and set."""
