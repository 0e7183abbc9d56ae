"""The state of every coded arm at a boundary: the same for the live check and for the report's table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reports.rules.boundaries.designs import Design, Flags, OneArmDesign, TwoArmDesign, arm_pairs


@dataclass(frozen=True)
class BoundaryCounts:
    """One arm at one boundary, or one arm `against` another.

    Evidence is a probability, or an excess of participants.
    """

    arm: str
    against: str
    affected: int
    evaluable: int
    affected_against: int | None
    evaluable_against: int | None
    evidence: float
    prompts: bool


def states_of(design: Design, arms: Mapping[str, Flags]) -> tuple[BoundaryCounts, ...]:
    """One state per coded arm, or per ordered pair of arms, in the order of their letters.

    `arms` maps each letter to one flag per evaluable treated participant (affected or not), in the order of their
    first treatment. The result does not depend on which arm is the control.
    """
    letters = sorted(arms)
    if isinstance(design, TwoArmDesign):
        return tuple(_pair(design, arms, arm, other) for arm, other in arm_pairs(letters))
    return tuple(_single(design, arms, arm) for arm in letters)


def _single(design: OneArmDesign, arms: Mapping[str, Flags], arm: str) -> BoundaryCounts:
    found = design.standing(arms[arm])
    return BoundaryCounts(arm, "", found.affected, found.evaluable, None, None, found.evidence, found.prompts)


def _pair(design: TwoArmDesign, arms: Mapping[str, Flags], arm: str, other: str) -> BoundaryCounts:
    mine, theirs = design.standing(arms[arm], arms[other])
    return BoundaryCounts(
        arm,
        other,
        mine.affected,
        mine.evaluable,
        theirs.affected,
        theirs.evaluable,
        mine.evidence,
        mine.prompts,
    )


def is_alert(now: BoundaryCounts, before: BoundaryCounts | None) -> bool:
    """Whether the board has to be notified: the boundary prompts now and did not just before, or with more affected.

    A larger denominator of a boundary that prompts anyway is no news. A boundary that was left (an event was voided)
    and is reached again is, even with the same counts.
    """
    if not now.prompts:
        return False
    return before is None or not before.prompts or now.affected > before.affected
