"""The beads of one serum and class, the highest first, beside the cut-offs and controls."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from documents.inks import GREY, INK
from documents.svg import Canvas, Scale, upright
from documents.tooltips import Tooltip
from immunology.rendering.pictures import (
    CALL_MARKS,
    HIGHEST_SHOWN_MFI,
    LOWEST_SHOWN_MFI,
    MFI_TICKS,
    SealedPicture,
    mfi_text,
)

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720.0, 260.0, 48.0, 690.0, 26.0, 214.0


@dataclass(frozen=True)
class LadderBead:
    """One bead: what it carries, its MFI, its call, and whether it stands for an antigen of the donor."""

    specificity: str
    mfi: float | None
    call: str
    is_donor_specific: bool
    limit: str = ""


@dataclass(frozen=True)
class LadderLines:
    """The cut-offs, the controls and the threshold, which is `None` for a class that it has no evidence for."""

    lo: float
    hi: float
    negative_control: float | None
    positive_control: float | None
    threshold: float | None


def draw_ladder(
    beads: Sequence[LadderBead], lines: LadderLines, *, name: str, hla_class: str, figure_id: str
) -> SealedPicture:
    """Bars of every bead; those that stand for a donor's antigen are filled and starred.

    Missing values are in the table alone.
    """
    ordered = sorted(beads, key=lambda bead: (-(bead.mfi or -1.0), bead.specificity))
    drawn = [bead for bead in ordered if bead.mfi is not None]
    title = _("Beads of %(name)s, class %(hla_class)s") % {"name": name, "hla_class": hla_class}
    note = _("Filled and starred: stands for an antigen of the donor. Shapes: triangle positive, diamond grey, circle "
             "negative, cross invalid.")  # fmt: skip
    svg = _drawing(drawn, lines, title, note, figure_id) if drawn else ""
    return SealedPicture(title, svg, _columns(), [_row(bead) for bead in ordered], note)


def _columns() -> tuple[str, ...]:
    return (_("Specificity"), _("MFI"), _("Call"), _("Antigen of the donor"))


def _row(bead: LadderBead) -> tuple[str, ...]:
    return (
        bead.specificity,
        mfi_text(bead.mfi, bead.limit),
        bead.call,
        _("yes") if bead.is_donor_specific else _("no"),
    )


def _drawing(beads: Sequence[LadderBead], lines: LadderLines, title: str, note: str, figure_id: str) -> str:
    canvas = Canvas(WIDTH, HEIGHT)
    mfi = Scale(LOWEST_SHOWN_MFI, HIGHEST_SHOWN_MFI, BOTTOM, TOP, is_log=True)
    upright(canvas, mfi, MFI_TICKS, LEFT, RIGHT)
    step = (RIGHT - LEFT) / len(beads)
    for place, bead in enumerate(beads):
        _bar(canvas, bead, LEFT + step * place, step, mfi)
    for words, value, dash in _levels(lines):
        y = mfi.at(max(value, LOWEST_SHOWN_MFI))
        canvas.line((LEFT, y), (RIGHT, y), dash=dash, width=0.9)
        canvas.text(words, (RIGHT + 2, y), size=6)
    return canvas.svg(figure_id=figure_id, title=title, description=note)


def _levels(lines: LadderLines) -> list[tuple[str, float, str]]:
    levels: list[tuple[str, float | None, str]] = [
        ("lo", lines.lo, "2 3"),
        ("hi", lines.hi, "6 2"),
        ("NC", lines.negative_control, "1 2"),
        ("PC", lines.positive_control, "1 4"),
        (f"{lines.threshold or 0:g}", lines.threshold, ""),
    ]
    return [(words, value, dash) for words, value, dash in levels if value is not None]


def _bar(canvas: Canvas, bead: LadderBead, x: float, step: float, mfi: Scale) -> None:
    top = mfi.at(max(bead.mfi or 0.0, LOWEST_SHOWN_MFI))
    told = Tooltip(f"{bead.specificity}: {mfi_text(bead.mfi, bead.limit)} MFI, {bead.call}")
    fill = GREY if bead.is_donor_specific else "white"
    canvas.rectangle((x + step * 0.1, top), (step * 0.8, BOTTOM - top), fill=fill, edge=INK, tooltip=told)
    canvas.mark(CALL_MARKS.get(bead.call, "x"), (x + step / 2, top), size=min(2.4, step / 2))
    if bead.is_donor_specific:
        canvas.text("*", (x + step / 2, top - 8), size=9, anchor="middle", bold=True)
        canvas.text_upwards(bead.specificity, (x + step / 2, BOTTOM + 22), size=6)
