"""A remark of a check on a record: refused, to be checked, or still to be answered.

A remark has its rule (R1 to R12, `facts/safety.md` section 6), a stable code, its field and one English sentence that
names field, value and rule. Doors and models translate the sentence; they never add one.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from partial_dates.refusals import Refusal


@dataclasses.dataclass(frozen=True)
class Remark:
    """One sentence about one field. `message` has `%(name)s` places, filled from `params`."""

    rule: str
    code: str
    field: str
    message: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.as_refusal())

    def as_refusal(self) -> Refusal:
        """The same sentence in the type of other apps and models."""
        return Refusal(self.field, self.message, self.params)


@dataclasses.dataclass(frozen=True)
class EventVerdict:
    """The result of the rules: `refusals` prevent saving, `warnings` should be checked, `prompts` are open questions."""

    refusals: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()
    prompts: tuple[Remark, ...] = ()


def codes(remarks: Iterable[Remark]) -> tuple[str, ...]:
    """The stable codes of remarks, in their order."""
    return tuple(remark.code for remark in remarks)
