"""Authentication of the HTTP API: bearer tokens."""
