"""A target's MFI in the last serum before and in the sera after, on a logarithmic axis with the band of assay variation."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from documents.inks import RULE
from documents.svg import Canvas, Scale, upright
from documents.tooltips import Tooltip
from immunology.rendering.pictures import (
    HIGHEST_SHOWN_MFI,
    LOWEST_SHOWN_MFI,
    MFI_TICKS,
    SealedPicture,
    mfi_text,
)

PANEL, HEIGHT, TOP, BOTTOM = 150.0, 230.0, 24.0, 190.0
SLOPE_MARKS = ("o", "s", "D", "^", "v", "P")


@dataclass(frozen=True)
class PairedTarget:
    """One target: the last MFI before and the last after t0, whether they are comparable.

    The fold of its assay, its class.
    """

    specificity: str
    before: float | None
    after: float | None
    is_comparable: bool
    fold: float
    classification: str
    before_limit: str = ""
    after_limit: str = ""


def draw_paired_slopes(targets: Sequence[PairedTarget], *, name: str, figure_id: str) -> SealedPicture:
    """One panel per target.

    Inside the grey band the change is no more than the assay varies. A dashed line joins values that cannot be
    compared.
    """
    title = _("Before and after, %(name)s") % {"name": name}
    note = _(
        "The band is the baseline divided and multiplied by the fold from which a change is more than variation. Dashed: "
        "not comparable."
    )
    drawn = [one for one in targets if one.before is not None and one.after is not None]
    columns = (
        _("Target"),
        _("MFI before"),
        _("MFI last"),
        _("Fold"),
        _("Limit"),
        _("Comparable"),
        _("Class"),
    )
    svg = _panels(drawn, title, note, figure_id) if drawn else ""
    return SealedPicture(title, svg, columns, [_line(one) for one in targets], note)


def _line(one: PairedTarget) -> tuple[str, ...]:
    ratio = "–" if one.before is None or one.after is None else f"{one.after / max(one.before, 1.0):.2f}"
    return (
        one.specificity,
        mfi_text(one.before, one.before_limit),
        mfi_text(one.after, one.after_limit),
        ratio,
        f"{one.fold:.2f}",
        _("yes") if one.is_comparable else _("no"),
        one.classification,
    )


def _panels(targets: Sequence[PairedTarget], title: str, note: str, figure_id: str) -> str:
    canvas = Canvas(44 + PANEL * len(targets), HEIGHT)
    mfi = Scale(LOWEST_SHOWN_MFI, HIGHEST_SHOWN_MFI, BOTTOM, TOP, is_log=True)
    upright(canvas, mfi, MFI_TICKS, 40, 44 + PANEL * len(targets) - 8)
    for place, one in enumerate(targets):
        _panel(canvas, one, 44 + PANEL * place, SLOPE_MARKS[place % len(SLOPE_MARKS)], mfi)
    return canvas.svg(figure_id=figure_id, title=title, description=note)


def _panel(canvas: Canvas, one: PairedTarget, x: float, mark: str, mfi: Scale) -> None:
    before, after = (max(value or 0.0, LOWEST_SHOWN_MFI) for value in (one.before, one.after))
    left, right = x + 20, x + PANEL - 30
    low, high = mfi.at(before / one.fold), mfi.at(before * one.fold)
    canvas.rectangle((left, high), (right - left, low - high), fill="#eeeeee", edge=RULE)
    ends = ((left, mfi.at(before)), (right, mfi.at(after)))
    words = f"{one.specificity}: {mfi_text(one.before, one.before_limit)} → {mfi_text(one.after, one.after_limit)}"
    with canvas.group(Tooltip(f"{words}, {one.classification}")):
        canvas.path(ends, width=1.4, dash="" if one.is_comparable else "4 3")
        for end in ends:
            canvas.mark(mark, end, size=3.2)
    canvas.text(one.specificity, (x + PANEL / 2 - 8, BOTTOM + 12), size=6.5, anchor="middle")
    canvas.text(one.classification, (x + PANEL / 2 - 8, BOTTOM + 24), size=5.5, anchor="middle")
