"""Why a criterion has no answer, as a sentence that a page translates."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reason:
    """An unknown fact. `message` is an English template with `%(name)s` places, filled from `params`.

    `field` is the column of a reading (or of one of its pumps) that the sentence is about.
    """

    field: str
    message: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.message % dict(self.params) if self.params else self.message


Reasons = tuple[Reason, ...]
"""Every unknown fact, each once, in order of occurrence."""


def together(*given: Iterable[Reason]) -> Reasons:
    """All reasons, each once."""
    found: list[Reason] = []
    for reasons in given:
        found += [reason for reason in reasons if reason not in found]
    return tuple(found)


def text_of_reasons(reasons: Iterable[Reason]) -> str:
    """The reasons in English, for readers of a stored result."""
    return "; ".join(str(reason) for reason in reasons)
