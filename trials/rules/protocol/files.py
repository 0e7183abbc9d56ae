"""From the bytes of a protocol file to its content."""

import tomllib
from typing import Any

from trials.rules.protocol.problems import KeyProblem, ProtocolError


def protocol_content(data: bytes) -> dict[str, Any]:
    """The tables of a TOML file; raises ProtocolError with line and column when it is not TOML."""
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProtocolError([KeyProblem("file", str(error), "must be TOML in UTF-8")]) from error
