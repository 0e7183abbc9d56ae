"""A trial's protocol: what it may say, how a file is read, and what makes one impossible."""

from trials.rules.protocol.antibodies import (
    AntibodyPlan,
    PlannedSample,
    PositiveMfi,
)
from trials.rules.protocol.board_plan import EnrolmentPace, SmallCells
from trials.rules.protocol.canonical import as_json, canonical_json, content_sha256
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
from trials.rules.protocol.files import protocol_content
from trials.rules.protocol.haemodynamics import (
    Criterion,
    CriterionPart,
    HaemodynamicPlan,
    PlannedCheck,
    Plausibility,
)
from trials.rules.protocol.parsing import parse_protocol
from trials.rules.protocol.problems import KeyProblem, ProtocolError
from trials.rules.protocol.values import is_zone

__all__ = [
    "AntibodyPlan",
    "Arm",
    "Boundary",
    "CausalityCategory",
    "Clock",
    "Criterion",
    "CriterionPart",
    "Dictionary",
    "EnrolmentPace",
    "EventWindow",
    "HaemodynamicPlan",
    "InfusionPlan",
    "KeyProblem",
    "Level",
    "PlannedCheck",
    "PlannedDose",
    "PlannedSample",
    "Plausibility",
    "PositiveMfi",
    "ProductSpecification",
    "Protocol",
    "ProtocolError",
    "RandomisationPlan",
    "ReportingPlan",
    "SiteDefinition",
    "SmallCells",
    "Stratum",
    "as_json",
    "canonical_json",
    "content_sha256",
    "is_zone",
    "parse_protocol",
    "protocol_content",
]
