"""Participants against the antigens of one donor: a letter and a pattern say the class of every cell."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from documents.inks import INK
from documents.svg import Canvas
from documents.tooltips import Tooltip
from immunology.rendering.pictures import SealedPicture
from immunology.rules.codes import (
    DE_NOVO_CODES,
    INDETERMINATE_CODES,
    NOT_EVALUABLE_CODES,
    PREFORMED_CODES,
)

CELL, ROW, LEFT, TOP = 42.0, 18.0, 110.0, 70.0
Cells = Mapping[tuple[str, str], str]
"""Class by participant's code and target."""


def draw_antigen_map(cells: Cells, *, donor: str, figure_id: str) -> SealedPicture:
    """P pre-formed, N de novo, ? indeterminate, – not evaluable, a dot negative; a missing cell is empty."""
    people, targets = (sorted({key[place] for key in cells}) for place in (0, 1))
    title = _("Participants and antigens of donor %(donor)s") % {"donor": donor}
    note = _("P: pre-formed, N: de novo, ?: indeterminate, –: not evaluable, a dot: negative.")
    rows = [(person, *(cells.get((person, target), "") for target in targets)) for person in people]
    svg = _grid(cells, people, targets, title, note, figure_id) if cells else ""
    return SealedPicture(title, svg, (_("Participant"), *targets), rows, note)


def letter_of(code: str) -> str:
    """The sign of a class on the map."""
    signs = (
        (PREFORMED_CODES, "P"),
        (DE_NOVO_CODES, "N"),
        (INDETERMINATE_CODES, "?"),
        (NOT_EVALUABLE_CODES, "–"),
    )
    return next((sign for codes, sign in signs if code in codes), "·")


FILLS = {"P": "#bdbdbd", "N": "#5f5f5f", "?": "#e8e8e8"}


def _grid(
    cells: Cells, people: Sequence[str], targets: Sequence[str], title: str, note: str, figure_id: str
) -> str:
    canvas = Canvas(LEFT + CELL * len(targets) + 10, TOP + ROW * len(people) + 10)
    for place, target in enumerate(targets):
        canvas.text_upwards(target, (LEFT + CELL * (place + 0.5), TOP - 34), size=6.5)
    for line, person in enumerate(people):
        y = TOP + ROW * line
        canvas.text(person, (LEFT - 6, y + ROW / 2), size=7, anchor="end")
        for place, target in enumerate(targets):
            code = cells.get((person, target), "")
            if code:
                _cell(canvas, (LEFT + CELL * place, y), code, f"{person}, {target}: {code}")
    return canvas.svg(figure_id=figure_id, title=title, description=note)


def _cell(canvas: Canvas, corner: tuple[float, float], code: str, words: str) -> None:
    sign = letter_of(code)
    size = (CELL - 2, ROW - 2)
    canvas.rectangle(corner, size, fill=FILLS.get(sign, "white"), edge=INK, tooltip=Tooltip(words))
    colour = "white" if sign == "N" else INK
    middle = (corner[0] + size[0] / 2, corner[1] + size[1] / 2)
    canvas.text(sign, middle, size=9, anchor="middle", bold=True, colour=colour)
