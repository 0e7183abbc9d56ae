"""What the tests of `reports` have too."""

from tests.integration.reports.conftest import member, trial

__all__ = ["member", "trial"]
