"""The report's figures, each with a table as its twin."""
