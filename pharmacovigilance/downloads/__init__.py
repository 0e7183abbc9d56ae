"""Documents of pharmacovigilance, made from rows: queries, words, and typesetting."""
