"""The protocol's plan for adverse events: windows, terms, causes, reporting clocks."""

from dataclasses import dataclass
from typing import Literal

WindowBasis = Literal["days", "treatment_emergent"]


@dataclass(frozen=True)
class EventWindow:
    """A window of the event tables: study days, both ends included (None = open), or treatment-emergent."""

    id: str
    label: str
    basis: WindowBasis
    first_day: int | None
    last_day: int | None
    source: str


@dataclass(frozen=True)
class Dictionary:
    """Terms of adverse events: `CTCAE` with its version, or `none`: the study's own terms.

    `grades` is the CTCAE version by which a study with its own terms grades its events; None = it does not.
    """

    name: Literal["CTCAE", "none"]
    version: str | None
    source: str
    grades: str | None = None

    @property
    def is_coded(self) -> bool:
        """Whether the terms are CTCAE's own."""
        return self.name == "CTCAE"

    @property
    def is_graded(self) -> bool:
        """Whether events carry a CTCAE grade."""
        return self.is_coded or self.grades is not None


@dataclass(frozen=True)
class CausalityCategory:
    """An answer to "what caused it"; undetermined = not excluded, which counts as related by fail-safe."""

    code: str
    label: str
    is_related: bool
    is_undetermined: bool


@dataclass(frozen=True)
class Clock:
    """A reporting deadline: `hours` or `days` (calendar days, the other is None) from `trigger`."""

    id: str
    label: str
    trigger: str
    hours: int | None
    days: int | None
    source: str


@dataclass(frozen=True)
class ReportingPlan:
    """The reporting duties and their deadlines; further clocks (SUSARs) by id in `clocks`."""

    sae_hours: int
    signature_hours: int
    followup_days: int
    source: str
    clocks: tuple[Clock, ...]
