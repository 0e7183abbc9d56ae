"""Base classes of forms, admin pages and the HTTP API. Nothing in it is specific to trials."""
