"""The fixtures of the tests of `reports`."""

from tests.integration.reports.conftest import member, trial

__all__ = ["member", "trial"]
