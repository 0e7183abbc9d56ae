"""What a trial's protocol says, as frozen dataclasses: the one place that clinical numbers of a trial come from.

Whole numbers are `int`, all others `Decimal` (never `float`, so that a threshold of 0.1 compares exactly with a recorded
0.1). Days are study days, day 0 = day of randomisation. Every `source` names the paper, regulation, registry entry or
proposal that a table's numbers come from. Made by `trials.rules.protocol.parse_protocol`; never edited, only versioned.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

EnrolmentEvent = Literal["randomisation", "consent", "first_infusion"]
WindowBasis = Literal["days", "treatment_emergent"]
Operator = Literal[">", ">="]
Semantics = Literal["rose_and_reached", "rose_by", "reached"]
Combinator = Literal["all", "any"]
Anchor = Literal["start", "end"]
CriterionKind = Literal["measurement", "event"]
HlaClass = Literal["I", "II"]
BoundaryMethod = Literal["beta_binomial", "pocock", "obrien_fleming", "two_arm"]


@dataclass(frozen=True)
class Arm:
    """An arm as the protocol names it; who is in which arm is sealed."""

    code: str
    label: str
    is_control: bool
    is_investigational: bool


@dataclass(frozen=True)
class RandomisationPlan:
    """How participants are allotted, as information: the monitor never randomises."""

    ratio: str
    note: str
    source: str


@dataclass(frozen=True)
class SiteDefinition:
    """A site; its wall times without an offset are in `timezone`."""

    code: str
    name: str
    country: str
    timezone: str


@dataclass(frozen=True)
class Level:
    """One level of a stratum: values above `above` (open) and up to and including `up_to` (closed); None = no limit."""

    code: str
    label: str
    above: Decimal | None = None
    up_to: Decimal | None = None


@dataclass(frozen=True)
class Stratum:
    """A stratification factor; `variable` and `unit` name the value its levels are cut from."""

    code: str
    label: str
    levels: tuple[Level, ...]
    variable: str = ""
    unit: str = ""
    source: str = ""


@dataclass(frozen=True)
class PlannedDose:
    """Infusion `number` is planned on study day `day`, and in time from `day - tolerance_days` to `day + tolerance_days`."""

    number: int
    day: int
    tolerance_days: int


@dataclass(frozen=True)
class ProductSpecification:
    """What a batch has to meet, e.g. viability at or above `viability_percent_lowest` (%)."""

    viability_percent_lowest: Decimal
    source: str


@dataclass(frozen=True)
class InfusionPlan:
    """The planned infusions. Dose: million cells per kg up to the cap; `unit` is the unit a dose is recorded in."""

    doses: tuple[PlannedDose, ...]
    unit: str
    cells_million_per_kg: Decimal | None
    cap_cells_million: Decimal | None
    volume_ml: Decimal | None
    product: ProductSpecification | None
    source: str


@dataclass(frozen=True)
class EventWindow:
    """A window of the adverse-event tables: study days, both ends included (`last_day` None = open), or treatment-emergent."""

    id: str
    label: str
    basis: WindowBasis
    first_day: int | None
    last_day: int | None
    source: str


@dataclass(frozen=True)
class Dictionary:
    """The terminology of adverse events: `CTCAE` with its version, or `none` (the study's own terms, ungraded)."""

    name: Literal["CTCAE", "none"]
    version: str | None
    source: str

    @property
    def is_graded(self) -> bool:
        """Whether events carry a CTCAE grade."""
        return self.name == "CTCAE"


@dataclass(frozen=True)
class CausalityCategory:
    """An answer to "what caused it"; `is_undetermined` = not excluded, which counts as related by fail-safe."""

    code: str
    label: str
    is_related: bool
    is_undetermined: bool


@dataclass(frozen=True)
class PlannedCheck:
    """A haemodynamic check, `minutes` after the anchor (0 = before it starts), in time within the tolerance either way."""

    minutes: int
    tolerance_minutes: int


@dataclass(frozen=True)
class Condition:
    """One comparison of a measured variable, in `unit`, against `value`.

    `rose_and_reached`: above the baseline AND `operator value` holds for the level; `rose_by`: the difference from the
    baseline; `reached`: the level alone. `operator` is ">" (above) or ">=" (at or above).
    """

    variable: str
    operator: Operator
    value: Decimal
    unit: str
    semantics: Semantics


@dataclass(frozen=True)
class Criterion:
    """A haemodynamic criterion: `conditions` joined by `combinator` at one check, or any of `events` having been recorded.

    Applies from the anchor up to and including `window_hours` after it.
    """

    code: str
    label: str
    kind: CriterionKind
    window_hours: Decimal
    combinator: Combinator
    conditions: tuple[Condition, ...]
    events: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Plausibility:
    """Outside hard limits (both allowed values) a value is refused, outside soft limits asked about; None = no limit."""

    unit: str
    hard_low: Decimal
    hard_high: Decimal
    soft_low: Decimal | None
    soft_high: Decimal | None
    source: str


@dataclass(frozen=True)
class HaemodynamicPlan:
    """Checks after each infusion and what counts as a candidate finding; both ends of a window are closed."""

    rule_set: str
    window_hours: Decimal
    late_window_hours: Decimal
    anchor: Anchor
    checks: tuple[PlannedCheck, ...]
    criteria: tuple[Criterion, ...]
    plausibility: Mapping[str, Plausibility]
    source: str
    checks_source: str


@dataclass(frozen=True)
class PositiveMfi:
    """Below `lo` negative, at or above `hi` positive, grey between (MFI)."""

    lo: Decimal
    hi: Decimal


@dataclass(frozen=True)
class PlannedSample:
    """A serum planned on study day `day`, in time from `day - before_days` to `day + after_days`."""

    day: int
    before_days: int
    after_days: int
    label: str


@dataclass(frozen=True)
class AssayQuality:
    """When a bead result is valid: control beads and bead count (MFI; ratio; beads)."""

    positive_control_lowest_mfi: Decimal
    negative_control_highest_mfi: Decimal
    control_ratio_lowest: Decimal
    bead_count_lowest: int
    source: str


@dataclass(frozen=True)
class AntibodyPlan:
    """When sera are taken and how anti-HLA results are read. The MFI threshold flags values strictly above it."""

    rule_set: str
    sampling: tuple[PlannedSample, ...]
    positive_mfi: PositiveMfi
    mfi_threshold: Decimal
    threshold_classes: tuple[HlaClass, ...]
    threshold_note: str
    fold_min: Decimal
    delta_min_mfi: Decimal
    assay_cv: Decimal | None
    early_days: int
    quality: AssayQuality | None
    source: str

    @property
    def sampling_days(self) -> tuple[int, ...]:
        """The study days on which sera are planned."""
        return tuple(sample.day for sample in self.sampling)


@dataclass(frozen=True)
class Boundary:
    """A safety boundary for the board: a prompt, never a halt. Rates and probabilities are fractions."""

    id: str
    label: str
    measure: str
    method: BoundaryMethod
    null_rate: Decimal
    threshold: Decimal
    prior_alpha: Decimal | None
    prior_beta: Decimal | None
    source: str


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
    """Who has to tell whom by when; further clocks (SUSARs) by id in `clocks`."""

    sae_hours: int
    signature_hours: int
    followup_days: int
    source: str
    clocks: tuple[Clock, ...]


@dataclass(frozen=True)
class Protocol:
    """One version of one trial's protocol, complete and checked."""

    code: str
    version: str
    title: str
    registration: str
    timezone: str
    effective_date: date
    enrolment_event: EnrolmentEvent
    planned_participants: int
    arms: tuple[Arm, ...]
    randomisation: RandomisationPlan | None
    sites: tuple[SiteDefinition, ...]
    strata: tuple[Stratum, ...]
    infusions: InfusionPlan
    event_windows: tuple[EventWindow, ...]
    dictionary: Dictionary
    causality: tuple[CausalityCategory, ...]
    haemodynamics: HaemodynamicPlan | None
    antibodies: AntibodyPlan | None
    looks: tuple[int, ...]
    looks_source: str
    boundaries: tuple[Boundary, ...]
    reporting: ReportingPlan
    source: str

    def dose(self, number: int) -> PlannedDose | None:
        """The planned infusion of that number, or None when the protocol plans none."""
        return next((dose for dose in self.infusions.doses if dose.number == number), None)

    def site(self, code: str) -> SiteDefinition | None:
        """The site of that code, or None when the protocol does not list it."""
        return next((site for site in self.sites if site.code == code), None)

    def arm(self, code: str) -> Arm | None:
        """The arm of that code, or None."""
        return next((arm for arm in self.arms if arm.code == code), None)

    def cause(self, text: str) -> CausalityCategory | None:
        """The causality category whose code or label is `text`, without regard to case, or None."""
        wanted = text.strip().casefold()
        return next((c for c in self.causality if wanted in (c.code.casefold(), c.label.casefold())), None)
