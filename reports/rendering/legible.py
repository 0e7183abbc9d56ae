"""Makes every text of a report legible on paper. JSON and HTML have the text itself."""

from collections.abc import Callable, Mapping
from typing import Any

from documents.legible_text import legible

NOTE = (
    "⟨U+…⟩: signs that the fonts of this document do not have, by their Unicode numbers; the JSON and HTML documents have "
    "the signs themselves."
)


def legible_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """A report's document with every text printable; a table with replaced characters has a note."""
    whole = _every_text(document, legible)
    whole["tables"] = [
        {**table, "notes": [*table["notes"], NOTE]} if _has_numbers(table) else table
        for table in whole["tables"]
    ]
    return dict(whole)


def _has_numbers(table: Mapping[str, Any]) -> bool:
    found: list[bool] = []
    _every_text(table, lambda text: found.append("⟨U+" in text) or text)  # type: ignore[func-returns-value]
    return any(found)


def _every_text(content: Any, change: Callable[[str], str]) -> Any:
    if isinstance(content, str):
        return change(content)
    if isinstance(content, Mapping):
        return {name: _every_text(value, change) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_every_text(value, change) for value in content]
    return content
