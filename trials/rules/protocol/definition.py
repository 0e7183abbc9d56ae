"""The content of a trial's protocol, in frozen dataclasses: the only source of its clinical numbers.

Counts and days are `int`, all other numbers `Decimal` (never `float`: a threshold of 0.1 compares exactly
with a recorded 0.1). Days are study days, day 0 = day of randomisation. A `source` names the paper,
regulation, registry entry or proposal that a table's numbers come from. Made by `parse_protocol`; never
edited, only versioned.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from trials.rules.protocol.antibodies import (
    AntibodyPlan,
)
from trials.rules.protocol.board import AdHocPlan, Boundary, LookPlan, Schedule
from trials.rules.protocol.board_plan import (
    DEFAULT_OPEN_REPORT,
    DEFAULT_RATE_COMPARISONS,
    DEFAULT_SMALL_CELLS,
    EnrolmentPace,
    OpenReportPlan,
    RateComparisons,
    SmallCells,
)
from trials.rules.protocol.charter import BoardCharter
from trials.rules.protocol.design import (
    Arm,
    InfusionPlan,
    PlannedDose,
    RandomisationPlan,
    SiteDefinition,
    Stratum,
)
from trials.rules.protocol.events import (
    CODED_BY_HAND,
    CausalityCategory,
    CodingPlan,
    Dictionary,
    EventWindow,
    ReportingPlan,
)
from trials.rules.protocol.haemodynamics import (
    HaemodynamicPlan,
)
from trials.rules.protocol.outcomes import OutcomePlan
from trials.rules.protocol.safety import NO_CONTACTS, SafetyContacts
from trials.rules.protocol.unblinding import UnblindingPlan

EnrolmentEvent = Literal["randomisation", "consent", "first_infusion"]


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
    unblinding: UnblindingPlan
    coding: CodingPlan = CODED_BY_HAND
    outcomes: OutcomePlan | None = None
    look_plan: tuple[LookPlan, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    ad_hoc: AdHocPlan | None = None
    board: BoardCharter | None = None
    enrolment_pace: EnrolmentPace | None = None
    small_cells: SmallCells = DEFAULT_SMALL_CELLS
    open_report: OpenReportPlan = DEFAULT_OPEN_REPORT
    rate_comparisons: RateComparisons = DEFAULT_RATE_COMPARISONS
    safety: SafetyContacts = NO_CONTACTS

    def labels(self) -> Mapping[str, Mapping[str, str]]:
        """The protocol's labels of its codes, by column: arms, causes, haemodynamic criteria."""
        arms = {arm.code: arm.label for arm in self.arms}
        criteria = self.haemodynamics.criteria if self.haemodynamics else ()
        return {
            "arm_code": arms,
            "received_arm_code": arms,
            "causality": {each.code: each.label for each in self.causality},
            "criterion": {each.id: each.label for each in criteria},
        }

    def dose(self, number: int) -> PlannedDose | None:
        """The planned infusion of that number, or None when the protocol plans none."""
        return next((dose for dose in self.infusions.doses if dose.number == number), None)

    def site(self, code: str) -> SiteDefinition | None:
        """The site of that code, or None when the protocol does not list it."""
        return next((site for site in self.sites if site.code == code), None)

    def arm(self, code: str) -> Arm | None:
        """The arm of that code, or None."""
        return next((arm for arm in self.arms if arm.code == code), None)

    def wait_for_day(self, look: int) -> int | None:
        """The study day of its last participant that a look waits for; None when it waits for enrolment only."""
        return next((plan.wait_for_day for plan in self.look_plan if plan.enrolled == look), None)

    def cause(self, text: str) -> CausalityCategory | None:
        """The causality category whose code or label is `text`, ignoring case, or None."""
        wanted = text.strip().casefold()
        return next((c for c in self.causality if wanted in (c.code.casefold(), c.label.casefold())), None)
