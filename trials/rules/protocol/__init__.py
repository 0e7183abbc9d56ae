"""A trial's protocol: what it may say, how a file is read, and what makes one impossible."""

from trials.rules.protocol.antibodies import (
    AntibodyPlan,
    PlannedSample,
    PositiveMfi,
)
from trials.rules.protocol.definition import (
    Protocol,
)
from trials.rules.protocol.design import (
    Arm,
    InfusionPlan,
    Level,
    PlannedDose,
    ProductSpecification,
    RandomisationPlan,
    SiteDefinition,
    Stratum,
)
from trials.rules.protocol.events import (
    Boundary,
    CausalityCategory,
    Clock,
    Dictionary,
    EventWindow,
    ReportingPlan,
)
from trials.rules.protocol.haemodynamics import (
    Criterion,
    CriterionPart,
    HaemodynamicPlan,
    PlannedCheck,
    Plausibility,
)

__all__ = [
    "AntibodyPlan",
    "Arm",
    "Boundary",
    "CausalityCategory",
    "Clock",
    "Criterion",
    "CriterionPart",
    "Dictionary",
    "EventWindow",
    "HaemodynamicPlan",
    "InfusionPlan",
    "Level",
    "PlannedCheck",
    "PlannedDose",
    "PlannedSample",
    "Plausibility",
    "PositiveMfi",
    "ProductSpecification",
    "Protocol",
    "RandomisationPlan",
    "ReportingPlan",
    "SiteDefinition",
    "Stratum",
]
