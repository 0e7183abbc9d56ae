"""A trial's protocol: its content, the reading of a file, and the checks that refuse one."""

from trials.rules.protocol.antibodies import (
    AntibodyCutoff,
    AntibodyPlan,
    PlannedSample,
    PositiveMfi,
)
from trials.rules.protocol.board import AdHocPlan, Boundary, LookPlan, Schedule
from trials.rules.protocol.board_plan import (
    OPEN_REPORT_TABLES,
    EnrolmentPace,
    OpenReportPlan,
    RateComparisons,
    SmallCells,
)
from trials.rules.protocol.canonical import canonical_content, canonical_json, content_sha256
from trials.rules.protocol.charter import BoardCharter
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
    CausalityCategory,
    Clock,
    Dictionary,
    EventWindow,
    ReportingPlan,
)
from trials.rules.protocol.files import protocol_content
from trials.rules.protocol.haemodynamics import (
    WITH_PARTS,
    Anchor,
    Criterion,
    CriterionPart,
    HaemodynamicPlan,
    PlannedCheck,
    Plausibility,
)
from trials.rules.protocol.outcomes import Analysis, FreeDays, Imputation, OutcomePlan
from trials.rules.protocol.parsing import parse_protocol
from trials.rules.protocol.plan_tables import antibody_plan_of
from trials.rules.protocol.problems import KeyProblem, ProtocolError
from trials.rules.protocol.unblinding import UnblindingPlan
from trials.rules.protocol.values import is_zone

__all__ = [
    "OPEN_REPORT_TABLES",
    "WITH_PARTS",
    "AdHocPlan",
    "Analysis",
    "Anchor",
    "AntibodyCutoff",
    "AntibodyPlan",
    "Arm",
    "BoardCharter",
    "Boundary",
    "CausalityCategory",
    "Clock",
    "Criterion",
    "CriterionPart",
    "Dictionary",
    "EnrolmentPace",
    "EventWindow",
    "FreeDays",
    "HaemodynamicPlan",
    "Imputation",
    "InfusionPlan",
    "KeyProblem",
    "Level",
    "LookPlan",
    "OpenReportPlan",
    "OutcomePlan",
    "PlannedCheck",
    "PlannedDose",
    "PlannedSample",
    "Plausibility",
    "PositiveMfi",
    "ProductSpecification",
    "Protocol",
    "ProtocolError",
    "RandomisationPlan",
    "RateComparisons",
    "ReportingPlan",
    "Schedule",
    "SiteDefinition",
    "SmallCells",
    "Stratum",
    "UnblindingPlan",
    "antibody_plan_of",
    "canonical_content",
    "canonical_json",
    "content_sha256",
    "is_zone",
    "parse_protocol",
    "protocol_content",
]
