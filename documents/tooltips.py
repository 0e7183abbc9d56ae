"""What the marks of a drawing say under the pointer, and by what they are filtered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

Groups = Mapping[str, str]


NO_GROUPS: Groups = {}


@dataclass(frozen=True)
class Told:
    """The words of a mark, the one cell that it shows (empty for others), and by what it is filtered.

    The filters are ``site``, ``soc``, ``class``, ``arm``, as the twin's own columns hold them.
    """

    words: str = ""
    key: str = ""
    groups: Groups = field(default_factory=dict)

    @property
    def attributes(self) -> str:
        """As attributes of an element, each with a space before it."""
        kind = ' class="mark"' if self.words else ""
        key = f' data-key="{escape(self.key)}"' if self.key else ""
        return f"{kind}{key}{grouped(self.groups)}"

    @property
    def title(self) -> str:
        """As the first thing inside an element; empty without words."""
        return f"<title>{escape(self.words)}</title>" if self.words else ""

    def element(self, name: str, attributes: str) -> str:
        """A whole element with these attributes besides its own."""
        inner = f">{self.title}</{name}>" if self.words else "/>"
        return f"<{name} {attributes}{self.attributes}{inner}"


SILENT = Told()


def grouped(groups: Groups) -> str:
    """What filters on screen know an element by, as attributes."""
    return "".join(f' data-{name}="{escape(value)}"' for name, value in groups.items())
