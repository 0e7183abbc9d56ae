"""The errors of a protocol: every key, its value and the rule that it breaks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

LONGEST_SHOWN = 80


@dataclass(frozen=True)
class KeyProblem:
    """One error of a protocol: the key (dotted, list items numbered from 1), its value, the rule."""

    key: str
    value: object
    rule: str

    def __str__(self) -> str:
        shown = "is missing" if self.value is None else f"= {_shown(self.value)}"
        return f"{self.key} {shown}: {self.rule}."


class ProtocolError(ValueError):
    """An invalid protocol; `problems` has every wrong key, not only the first."""

    def __init__(self, problems: Iterable[KeyProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Problems:
    """The problems found so far, in order."""

    def __init__(self) -> None:
        self.found: list[KeyProblem] = []

    def add(self, key: str, value: object, rule: str) -> None:
        """Add one problem."""
        self.found.append(KeyProblem(key, value, rule))

    def blame(self, key: str) -> bool:
        """Whether there is a problem of this key, or of one inside it."""
        return any(p.key == key or p.key.startswith((f"{key}.", f"{key}[")) for p in self.found)


def _shown(value: object) -> str:
    text = repr(str(value)) if isinstance(value, str | date) else str(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."
