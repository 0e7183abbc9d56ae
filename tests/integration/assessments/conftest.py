"""What the tests of `trials` have too."""

from tests.integration.trials.conftest import content, nurse, site, trial, unit

__all__ = ["content", "nurse", "site", "trial", "unit"]
