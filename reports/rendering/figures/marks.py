"""What the marks of a figure say: each carries its number in words, as the table twin writes it, and what it is filtered by.

The words stand in the mark's own ``<title>``: browsers show it when the pointer rests there, without any script. A mark that
shows one cell of the twin carries that cell's identity, as the cell itself does.
"""

from collections.abc import Mapping
from typing import Any

from documents.tooltips import NO_GROUPS, Groups, Told
from reports.rendering.identity import figure_identity
from reports.rendering.wording import arm_text


def told(name: str, cell: Mapping[str, Any], text: str, groups: Groups = NO_GROUPS) -> Told:
    """A mark that shows the cell, written as the twin writes it: ``Day 14, Arm A: 6/21 (28.6 %)``."""
    return Told(f"{name}: {text}", figure_identity(cell), groups)


def named(*parts: object, arm: str = "") -> str:
    """What a mark is of: the parts that are not empty, then the arm."""
    return ", ".join(str(part) for part in (*parts, arm_text(arm) if arm else "") if part not in (None, ""))
