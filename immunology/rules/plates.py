"""Which stored sera are run on one plate: every serum of a participant stands beside the others, the baseline first.

The same rule for every participant of every arm, from logistics alone: a plate that was chosen from calls would tell
them. Comparing two sera needs the same lot and, best, the same run (ratio of paired sera in one run: Leipzig).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

ROWS, COLUMNS = "ABCDEFGH", 12
WELLS = tuple(f"{row}{column}" for column in range(1, COLUMNS + 1) for row in ROWS)
"""The 96 wells of a plate, column by column."""
CONTROL_WELLS = {"A1": "NC", "B1": "PC"}
"""Where the controls stand: the first two wells."""


@dataclass(frozen=True)
class StoredSerum:
    """One tube in the freezer: its code, of whom, the planned day, and the order in which it was taken."""

    code: str
    participant: str
    planned_day: int | None
    order: int


@dataclass(frozen=True)
class PlateWell:
    """One well: a control, or a serum; `partner` is the code of the baseline serum that it is compared with."""

    well: str
    content: str
    participant: str = ""
    partner: str = ""


Plate = tuple[PlateWell, ...]


def plan_plates(sera: Iterable[StoredSerum]) -> tuple[Plate, ...]:
    """Plates with all sera of a participant on one of them.

    A participant with one serum is planned too: who has no second one yet must not stand out.
    """
    by_person = [
        tuple(found)
        for _, found in groupby(
            sorted(sera, key=lambda one: (one.participant, one.order)), key=lambda one: one.participant
        )
    ]
    free = len(WELLS) - len(CONTROL_WELLS)
    plates: list[list[StoredSerum]] = [[]]
    for group in (chunk for found in by_person for chunk in _chunks(found, free)):
        if len(plates[-1]) + len(group) > free:
            plates.append([])
        plates[-1] += group
    return tuple(_plate(sera) for sera in plates if sera)


def _chunks(sera: Sequence[StoredSerum], most: int) -> list[Sequence[StoredSerum]]:
    """More sera of one person than a plate has: on every further plate the baseline stands again."""
    if len(sera) <= most:
        return [sera]
    baseline, rest, step = sera[0], sera[1:], most - 1
    return [(baseline, *rest[start : start + step]) for start in range(0, len(rest), step)]


def _plate(sera: Sequence[StoredSerum]) -> Plate:
    controls = [PlateWell(well, content) for well, content in CONTROL_WELLS.items()]
    wells = (well for well in WELLS if well not in CONTROL_WELLS)
    baseline: dict[str, str] = {}
    filled = []
    for well, serum in zip(wells, sera, strict=False):
        first = baseline.setdefault(serum.participant, serum.code)
        partner = "" if first == serum.code else first
        filled.append(PlateWell(well, serum.code, serum.participant, partner))
    return (*controls, *filled)
