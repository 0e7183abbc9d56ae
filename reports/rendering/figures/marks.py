"""The tooltips of a figure's marks: each has its number in words, as the table writes it, and its filter attributes.

The words are in the mark's own ``<title>``: browsers display it under the pointer, without any script. A mark that
shows one cell of the table has that cell's identity, as the cell itself does.
"""

from collections.abc import Mapping
from typing import Any

from documents.tooltips import NO_GROUPS, Groups, Tooltip
from reports.rendering.identity import figure_identity
from reports.rendering.wording import arm_text


def cell_tooltip(name: str, cell: Mapping[str, Any], text: str, groups: Groups = NO_GROUPS) -> Tooltip:
    """A mark of the cell, with the text of the table: ``Day 14, Arm A: 6/21 (28.6 %)``."""
    return Tooltip(f"{name}: {text}", figure_identity(cell), groups)


def mark_name(*parts: object, arm: str = "") -> str:
    """The name of a mark: the parts that are not empty, then the arm."""
    return ", ".join(str(part) for part in (*parts, arm_text(arm) if arm else "") if part not in (None, ""))
