"""The report's figures, each with a table of the same content."""
