"""A module for a worker whose reports have a few bytes in place of HTML and PDF, which take seconds."""

from reports.services import making
from tests.integration.reports.board_trials import json_alone

making.rendered = json_alone  # type: ignore[attr-defined]
