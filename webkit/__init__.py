"""Base classes of forms, admin pages and the HTTP API. No word of the trial in it."""
