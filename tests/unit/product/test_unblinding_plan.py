"""The protocol's optional table `[unblinding]`: left out, given, wrong."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from trials.rules.protocol import ProtocolError, parse_protocol

SHIPPED = Path(__file__).resolve().parents[3] / "protocols" / "stroma-cov-2.toml"
GIVEN = {"request_minutes": 20, "source": "trial manual, section 9"}


def content(**changes: Any) -> dict[str, Any]:
    return tomllib.loads(SHIPPED.read_text()) | changes


def test_file_without_the_table_still_loads_with_an_hour_and_says_whose_choice_it_is() -> None:
    plan = parse_protocol(content()).unblinding

    assert plan.request_minutes == 60
    assert plan.source.startswith("own choice")


@pytest.mark.parametrize("minutes", [1, 20, 1440])
def test_minutes_are_the_protocols(minutes: int) -> None:
    plan = parse_protocol(content(unblinding={**GIVEN, "request_minutes": minutes})).unblinding

    assert (plan.request_minutes, plan.source) == (minutes, "trial manual, section 9")


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({**GIVEN, "request_minutes": 0}, "unblinding.request_minutes"),
        ({**GIVEN, "request_minutes": 1441}, "unblinding.request_minutes"),
        ({**GIVEN, "request_minutes": "20"}, "unblinding.request_minutes"),
        ({"request_minutes": 20}, "unblinding.source"),
        ({**GIVEN, "minutes": 5}, "unblinding.minutes"),
    ],
)
def test_wrong_table_is_refused_by_its_key(table: dict[str, Any], key: str) -> None:
    with pytest.raises(ProtocolError, match=key):
        parse_protocol(content(unblinding=table))
