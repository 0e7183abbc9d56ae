"""News of the board's own app."""
