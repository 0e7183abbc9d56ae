"""What the marks of a figure say: each carries its number in words, as the table twin writes it, and what it is filtered by.

The words stand in the mark's own ``<title>``: browsers show it when the pointer rests there, without any script. A mark that
shows one cell of the twin carries that cell's identity, as the cell itself does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from dsmb.rendering.identity import identity_of
from dsmb.rendering.wording import arm_text

Groups = Mapping[str, str]
NO_GROUPS: Groups = {}


@dataclass(frozen=True)
class Told:
    """The words of a mark, the identity of the one cell that it shows (empty for others), and by what it is filtered:
    ``site``, ``soc``, ``class``, ``arm``, as the twin's own columns hold them.
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


def told(name: str, cell: Mapping[str, Any], text: str, groups: Groups = NO_GROUPS) -> Told:
    """A mark that shows the cell, written as the twin writes it: ``Day 14, Arm A: 6/21 (28.6 %)``."""
    return Told(f"{name}: {text}", identity_of(cell), groups)


def named(*parts: object, arm: str = "") -> str:
    """What a mark is of: the parts that are not empty, then the arm."""
    return ", ".join(str(part) for part in (*parts, arm_text(arm) if arm else "") if part not in (None, ""))


def grouped(groups: Groups) -> str:
    """What filters on screen know an element by, as attributes."""
    return "".join(f' data-{name}="{escape(value)}"' for name, value in groups.items())
