"""The protocol's plan for adverse events: windows, terms, causes, reporting clocks."""

from dataclasses import dataclass
from typing import Literal

WindowBasis = Literal["days", "treatment_emergent"]
CourseLines = Literal["worst", "changes"]


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

    `grades` is the CTCAE version by which a study with its own terms grades its events; None = it does not. `lines` says
    how SDTM data sets give the course of an event: one line at the worst, or one per change of the grade (AEGRPID).
    """

    name: Literal["CTCAE", "none"]
    version: str | None
    source: str
    grades: str | None = None
    lines: CourseLines = "worst"

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
class CodingPlan:
    """In which MedDRA codes the trial reports its events.

    `meddra`: a coder's, in the version that the trial has chosen. `ctcae`: those that NCI publishes with CTCAE, which are
    lowest level terms of one MedDRA version; what they leave open a coder codes in that version.
    """

    events: Literal["meddra", "ctcae"]
    source: str


CODED_BY_HAND = CodingPlan("meddra", "no [coding] in the protocol")


@dataclass(frozen=True)
class Clock:
    """A report that the protocol itself asks for, beside those of the law.

    `hours` or `days` (calendar days, the other is None) from `basis`, when `trigger` is the case. It becomes a
    reporting rule of the trial, with the same words.
    """

    id: str
    label: str
    destination: str
    trigger: str
    basis: str
    judgement: str
    hours: int | None
    days: int | None
    blinded: bool
    source: str


@dataclass(frozen=True)
class ReportingPlan:
    """Who has to tell whom by when; `clocks` become reporting rules of the trial."""

    sae_hours: int
    signature_hours: int
    followup_days: int
    source: str
    clocks: tuple[Clock, ...]
