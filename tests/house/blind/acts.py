"""What unblinded people do in a state before the blinded ask: what is dispensed, received, typed, measured and said differs from
draw to draw. It fills whatever the process remembers, as in production, and what the log, the mail and the queue had of it is
compared like an answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from django.http import HttpResponse

from accounts.choices import Role
from accounts.rules import UNBLINDED_ROLES
from accounts.services import system_user
from dsmb.models import BoardReport
from dsmb.services import statements
from tests.addresses import Address, addresses
from tests.house.blind.answers import Answer, heard
from tests.house.blind.asking import places_of
from tests.house.blind.cast import NOW, Cast
from tests.house.blind.cast.base import ACTIVE, BATCHES, CELLS, STRONG, TYPED, VIABILITY
from tests.house.blind.comparing import sign_in
from tests.house.blind.reaching import Question
from tests.house.blind.writing import ApiWrite, PageWrite, Story
from tests.house.test_permission_matrix import COLUMNS, written
from trials.services import record_product_deviation

WRITERS = [role for role in COLUMNS if role in UNBLINDED_ROLES] + [Role.HLA_LABORATORY]
"""Whose writes are sealed."""
DRAWN: Mapping[str, Sequence[str]] = {
    "arm_code": (),
    "batch": (),
    "reference_batch": (),
    "choice": (),
    "code": ("UCK7Q8", "PLH3M9"),
    "donor_code": TYPED,
    "cells_million": [str(value) for value in CELLS],
    "viability_percent": [str(value) for value in VIABILITY],
    "mfi": [value for drawn in STRONG.values() for value in drawn],
    "specificity": ("A*02:01", "B*07:02", "A*24:02"),
    "text": ("Quassia: Arm A", "Quassia: Arm B"),
    "description": [f"Thawed too slowly: {batch}." for batches in BATCHES.values() for batch in batches],
}
"""Of which fields of their forms the values are drawn: of those without values here, by chance among the page's choices."""


def act(cast: Cast) -> Answer:
    """Everything that they do, once; returns what others could have noticed of it."""
    def do_all() -> HttpResponse:
        for role in WRITERS:
            asker = sign_in(cast.users[role])
            for story in stories(cast, role):
                for _step in story.told(asker):
                    pass
        _behind_closed_doors(cast)
        return HttpResponse()

    answer = heard(do_all, work=True)
    return replace(answer, status=0, headers=(), body=b"", queries=(), openings=())


def acted(cast: Cast) -> dict[str, tuple[Question, Answer]]:
    """The same as a question's answer."""
    return {"acts": (Question("acts", "what unblinded people do", ""), act(cast))}


def stories(cast: Cast, role: str) -> Iterator[Story]:
    """Each form and each resource that the role may write to, on the fixture's own row."""
    place = COLUMNS.index(role)
    for address in addresses():
        cells = written().get(str(address))
        if not cells or cells[place] not in ("200", "400") or _is_everybodys(cells):
            continue
        name, url = next(places_of(address, cast, long=False))
        if address.method != "GET":
            yield ApiWrite(address, name, url, cast)
        elif ":" in address.name:
            yield PageWrite(str(address), name, url, chance=cast.chance(name), drawn=DRAWN)


def _is_everybodys(cells: Sequence[str]) -> bool:
    """A page of one's own account, which everybody has."""
    return cells.count("200") > len(COLUMNS) / 2


def _behind_closed_doors(cast: Cast) -> None:
    """Deviations of whoever got cells, and comments, more of them in some states: nobody outside hears how many."""
    unit, member = cast.users[Role.CELL_THERAPY_UNIT], cast.users[Role.BOARD_MEMBER]
    told = {"category": "storage", "importance": "minor", "occurred": "2020-04-20", "description": "Thawed."}
    for place, person in enumerate(cast.people):
        if cast.arm_of(place) == ACTIVE:
            record_product_deviation(participant=person, values=told, by=unit, at=NOW, reason="as agreed")
    report = BoardReport.objects.get(pk=cast.everything.rows["dsmb.boardreport"])
    for number in range(cast.draw.extra):
        said = {"section": "", "text": f"Quassia: {cast.feared}, {number}", "reply_to": None}
        statements.write_comment(report=report, by=member, at=NOW, **said)
