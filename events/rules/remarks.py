"""What a check says about a record: refused, worth a second look, or still to be answered.

A remark carries the rule it comes from (R1 to R12, `facts/safety.md` section 6), a stable code, the field it
belongs to and one English sentence that names field, value and rule. Doors and models translate the sentence;
they never add one.
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
        """The same sentence as what other apps and models take."""
        return Refusal(self.field, self.message, self.params)


@dataclasses.dataclass(frozen=True)
class EventVerdict:
    """What the rules say: `refusals` cannot be saved, `warnings` deserve a second look, `prompts` are open questions."""

    refusals: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()
    prompts: tuple[Remark, ...] = ()


def codes(remarks: Iterable[Remark]) -> tuple[str, ...]:
    """The stable codes of remarks, in their order."""
    return tuple(remark.code for remark in remarks)
