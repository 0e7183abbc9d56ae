"""Reasons in sentences: an English template with its values, translated where it is displayed."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ReasonSentence:
    """One sentence. `message` has `%(name)s` places, filled from `params`."""

    message: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % dict(self.params) if self.params else self.message

    def as_json(self) -> dict[str, Any]:
        """The stored form."""
        return {"message": self.message, "params": dict(self.params)}


def reasons_as_json(reasons: Iterable[ReasonSentence]) -> list[dict[str, Any]]:
    """Several reasons in the stored form."""
    return [reason.as_json() for reason in reasons]


def from_json(stored: Iterable[Mapping[str, Any]]) -> tuple[ReasonSentence, ...]:
    """The reasons in a row."""
    return tuple(ReasonSentence(each["message"], each.get("params", {})) for each in stored)
