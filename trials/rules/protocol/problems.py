"""What is wrong with a protocol: every key, its value and the rule it breaks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

LONGEST_SHOWN = 80


@dataclass(frozen=True)
class KeyProblem:
    """One thing wrong with a protocol: the key (dotted, list items numbered from 1), its value, the rule."""

    key: str
    value: object
    rule: str

    def __str__(self) -> str:
        shown = "is missing" if self.value is None else f"= {_shown(self.value)}"
        return f"{self.key} {shown}: {self.rule}."


class ProtocolError(ValueError):
    """A protocol that cannot be; `problems` names every key that is wrong, not only the first."""

    def __init__(self, problems: Iterable[KeyProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Problems:
    """The problems found so far, in the order in which they were met."""

    def __init__(self) -> None:
        self.found: list[KeyProblem] = []

    def add(self, key: str, value: object, rule: str) -> None:
        """Note one problem."""
        self.found.append(KeyProblem(key, value, rule))

    def blame(self, key: str) -> bool:
        """Whether the key, or one inside it, is among them already."""
        return any(p.key == key or p.key.startswith((f"{key}.", f"{key}[")) for p in self.found)


def _shown(value: object) -> str:
    text = repr(str(value)) if isinstance(value, str | date) else str(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."
