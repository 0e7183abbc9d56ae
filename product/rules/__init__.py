"""Rules on doses, deviations and unblinding."""
