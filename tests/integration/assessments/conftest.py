"""The fixtures of the tests of `trials`."""

from tests.integration.trials.conftest import content, nurse, site, trial, unit

__all__ = ["content", "nurse", "site", "trial", "unit"]
