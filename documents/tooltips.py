"""Tooltips of the marks of a drawing, and the data attributes for the filters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

Groups = Mapping[str, str]


NO_GROUPS: Groups = {}


@dataclass(frozen=True)
class Tooltip:
    """The text of a mark, the id of its one cell (empty for others), and its filter attributes.

    The filters are ``site``, ``soc``, ``class``, ``arm``, as the twin's own columns hold them.
    """

    words: str = ""
    key: str = ""
    groups: Groups = field(default_factory=dict)

    @property
    def attributes(self) -> str:
        """The attributes of an SVG element, each preceded by a space."""
        kind = ' class="mark"' if self.words else ""
        key = f' data-key="{escape(self.key)}"' if self.key else ""
        return f"{kind}{key}{grouped(self.groups)}"

    @property
    def title(self) -> str:
        """The ``<title>``, the first child of an element; empty without text."""
        return f"<title>{escape(self.words)}</title>" if self.words else ""

    def element(self, name: str, attributes: str) -> str:
        """A whole element with these attributes besides its own."""
        inner = f">{self.title}</{name}>" if self.words else "/>"
        return f"<{name} {attributes}{self.attributes}{inner}"


NO_TOOLTIP = Tooltip()


def grouped(groups: Groups) -> str:
    """The attributes that the filters of the page use."""
    return "".join(f' data-{name}="{escape(value)}"' for name, value in groups.items())
