"""Sentences of rules that a door translates: the English text, and from what it was made."""

from collections.abc import Mapping
from typing import Any


class RuleText(str):
    """English text with its template and its params, so that a door can say it in the reader's language."""

    template: str
    params: Mapping[str, Any]

    def __new__(cls, template: str, params: Mapping[str, Any] | None = None) -> "RuleText":
        """The text, filled in."""
        text = super().__new__(cls, template % params if params else template)
        text.template, text.params = template, params or {}
        return text

    def __mod__(self, params: Any) -> "RuleText":
        """The same sentence with its places filled."""
        return RuleText(self.template, params)


def gettext(text: str) -> RuleText:
    """Mark a sentence for translation; nothing is translated here."""
    return RuleText(text)
