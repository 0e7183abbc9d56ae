"""Statistics of the board reports: a plain package, without Django and without settings."""
