"""The result of a rule that refuses a value: a sentence that names the field, the value and the rule.

Rules use English and never raise Django's errors; models translate the sentence and attach it to its field.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


def gettext_noop(message: str) -> str:
    """Mark a sentence for the translators; it is translated where it is shown."""
    return message


@dataclass(frozen=True)
class Refusal:
    """One refused value. `message` is an English template with `%(name)s` places, filled from `params`."""

    field: str
    message: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % dict(self.params) if self.params else self.message


class RefusalError(ValueError):
    """A rule refused its input; `refusals` says which fields and why."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(" ".join(str(refusal) for refusal in self.refusals))
