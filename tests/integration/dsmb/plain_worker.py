"""Named among the modules that a worker loads: its reports have a few bytes in place of HTML and PDF, which take seconds."""

from dsmb.services import making
from tests.integration.dsmb.board_trials import json_alone

making.rendered = json_alone
