"""Contents of protocol files, changed in one place, for tests."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trials.rules.protocol import (
    ProtocolError,
    parse_protocol,
    protocol_content,
)

PROTOCOLS = Path(__file__).resolve().parents[3] / "protocols"


STROMA = protocol_content((PROTOCOLS / "stroma-cov-2.toml").read_bytes())


PILOT = protocol_content((PROTOCOLS / "cdisc-pilot.toml").read_bytes())


Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> dict[str, Any]:
    content = copy.deepcopy(STROMA)
    change(content)
    return content


def put(path: str, value: object) -> Change:
    """Set the value at a dotted path; list items are counted from 0."""
    *parents, last = (int(part) if part.isdigit() else part for part in path.split("."))

    def change(content: Any) -> None:
        for part in parents:
            content = content[part]
        content[last] = value

    return change


def drop(path: str) -> Change:
    *parents, last = (int(part) if part.isdigit() else part for part in path.split("."))

    def change(content: Any) -> None:
        for part in parents:
            content = content[part]
        del content[last]

    return change


def problems(content: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(ProtocolError) as refused:
        parse_protocol(content)
    return {problem.key: str(problem) for problem in refused.value.problems}


MISSING = "is missing"
