"""The acts of unblinded people in a state before the blinded ask: doses, receipts, typings, results and comments.

They differ from draw to draw. They fill the caches of the process, as in production, and their log lines, mails and
queued tasks are compared like a response.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest import mock
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse

from accounts.choices import Role
from accounts.rules import UNBLINDED_ROLES
from dsmb.services import comments
from product.models import Allocation, DispensedDose, ProductBatch
from product.services import correct_allocation, dispense_dose, record_product_deviation, void_dispensed_dose
from reports.models import BoardReport
from safety_monitor import middleware
from tests.addresses import addresses
from tests.factories import unsealed
from tests.full_fixture import ACTIVE
from tests.house.blind.answers import Answer, Asker, heard, savepoint
from tests.house.blind.asking import places_of
from tests.house.blind.cast import NOW, Cast
from tests.house.blind.cast.base import BATCHES, CELLS, STRONG, VIABILITY
from tests.house.blind.cast.laboratory import ELSEWHERE
from tests.house.blind.comparing import sign_in
from tests.house.blind.reaching import Question
from tests.house.blind.writing import ApiWrite, PageWrite, Story
from tests.house.test_permission_matrix import COLUMNS, written

WRITERS = {role: role for role in COLUMNS if role in UNBLINDED_ROLES} | {ELSEWHERE: Role.HLA_LABORATORY}
"""The roles with sealed writes."""
DRAWN: Mapping[str, Sequence[str]] = {
    "code": ("UCK7Q8", "PLH3M9"),
    "donor_code": ("DONUV1", "DONUV2"),
    "cells_million": [str(value) for value in CELLS],
    "viability_percent": [str(value) for value in VIABILITY],
    "mfi": [value for drawn in STRONG.values() for value in drawn],
    "specificity": ("C*07:01", "C*07:02", "C*04:01"),
    "text": ("Quassia: Arm A", "Quassia: Arm B"),
    "description": [f"Thawed too slowly: {batch}." for batches in BATCHES.values() for batch in batches],
}
"""The fields of their forms whose values are drawn.

What is chosen from a list stays: a choice that changes nothing calls for no task, and whether it does must not depend
on the draw.
"""


def act(cast: Cast) -> Answer:
    """Run every act once; returns what others could have noticed of it."""

    def do_all() -> HttpResponse:
        for who, role in WRITERS.items():
            asker = sign_in(cast.users[who])
            for story in stories(cast, role):
                _send(story, asker)
        change_the_product(cast)
        _behind_closed_doors(cast)
        return HttpResponse()

    return heard_outside(do_all)


def heard_outside(deed: Callable[[], HttpResponse]) -> Answer:
    """The log lines, mails and queued tasks of an act of unblinded people, and of the work that it causes."""
    same = SimpleNamespace(uuid4=lambda: UUID(int=0))
    with mock.patch.object(middleware, "uuid", same):
        answer = heard(deed, work=True)
    return replace(answer, status=0, headers=(), body=b"", queries=(), openings=())


def _send(story: Story, asker: Asker) -> None:
    """Send it; roll back a refused one. A server error fails the proof, because it would hide the act."""
    with savepoint():
        steps = list(story.told(asker))
        assert all(answer.status < 500 for _name, answer in steps), f"{story}: {steps}"
        succeeded = bool(steps) and steps[0][1].status in story.succeeded
        transaction.set_rollback(not succeeded)


def change_the_product(cast: Cast) -> None:
    """Another reference batch for all, and the first dose recorded again: the same number of steps in every arm."""
    by: dict[str, Any] = {"by": cast.users[Role.CELL_THERAPY_UNIT], "at": NOW, "reason": "as agreed"}
    trial = cast.everything.trial
    with unsealed(trial):
        cells = list(ProductBatch.objects.filter(trial=trial, code__in=BATCHES[ACTIVE]))
        rows = Allocation.objects.filter(participant__in=cast.people).order_by("participant_id")
        allocations = list(rows.select_related("participant"))
        doses = DispensedDose.objects.filter(participant__in=cast.people, voided_at=None, infusion__number=1)
        given = list(doses.select_related("infusion", "batch").order_by("participant_id"))
    for allocation in allocations:
        others = [one for one in cells if one.pk != allocation.reference_batch_id]
        correct_allocation(participant=allocation.participant, changes={"reference_batch": others[0]}, **by)
    for dose in given:
        amount = (
            cast.chance(f"dose {dose.pk}").choice(CELLS)
            if dose.batch and dose.batch.arm_code == ACTIVE
            else None
        )
        void_dispensed_dose(dose=dose, **by)
        dispense_dose(infusion=dose.infusion, batch=dose.batch, cells_million=amount, **by)


def acted(cast: Cast) -> dict[str, tuple[Question, Answer]]:
    """The same as for a question's answer."""
    return {"acts": (Question("acts", "what unblinded people do", ""), act(cast))}


STANDS = "done or refused by which of the fixture's doses stand; the first dose of everybody is voided and recorded anew"
NOT_SENT = {
    "admin:product_dispenseddose_void": STANDS,
    "dispensed-doses-void": STANDS,
    "admin:product_dispenseddose_add": "refused or not by the arm of the fixture's own dose; the others are recorded anew",
    "admin:product_allocation_change": "refused or not by the fixture's own reference batch; the others are changed",
}


def stories(cast: Cast, role: str) -> Iterator[Story]:
    """Each form and each resource that the role may write to, on the fixture's own row."""
    place = COLUMNS.index(role)
    for address in addresses():
        cells = written().get(str(address))
        if (
            address.name in NOT_SENT
            or not cells
            or cells[place] not in ("200", "400")
            or _is_everybodys(cells)
        ):
            continue
        name, url = next(places_of(address, cast, long=False))
        if address.method != "GET":
            yield ApiWrite(address, name, url, cast)
        elif ":" in address.name:
            yield PageWrite(str(address), name, url, chance=cast.chance(name), drawn=DRAWN)


def _is_everybodys(cells: Sequence[str]) -> bool:
    """A page of one's own account, which all have."""
    return cells.count("200") > len(COLUMNS) / 2


def _behind_closed_doors(cast: Cast) -> None:
    """Deviations of whoever got cells, and comments, more of them in some states: nobody outside hears how many."""
    unit, member = cast.users[Role.CELL_THERAPY_UNIT], cast.users[Role.BOARD_MEMBER]
    told = {"category": "storage", "importance": "minor", "occurred": "2020-04-20", "description": "Thawed."}
    for place, person in enumerate(cast.people):
        if cast.arm_of(place) == ACTIVE:
            record_product_deviation(participant=person, values=told, by=unit, at=NOW, reason="as agreed")
    report = BoardReport.objects.get(pk=cast.everything.rows["reports.boardreport"])
    for number in range(cast.draw.extra):
        said: dict[str, Any] = {"section": "", "text": f"Quassia: {cast.feared}, {number}", "reply_to": None}
        comments.write_comment(report=report, by=member, at=NOW, **said)
