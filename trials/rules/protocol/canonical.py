"""The canonical text and SHA-256 of a protocol version, independent of the format it was read from."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any


def canonical_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content in JSON's own types: dates as ISO text, whole decimals as integers, others as numbers."""
    return {str(key): _plain(value) for key, value in content.items()}


def canonical_json(content: Mapping[str, Any]) -> str:
    """The content as JSON with sorted keys and no spaces: the same text from TOML and from the database."""
    return json.dumps(canonical_content(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content_sha256(content: Mapping[str, Any]) -> str:
    """SHA-256, hexadecimal, of the canonical JSON in UTF-8."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return canonical_content(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | Decimal):
        return int(value) if value == value // 1 else float(value)
    return value
