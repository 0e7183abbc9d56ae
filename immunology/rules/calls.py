"""Whether one serum is positive, grey, negative or invalid for one target.

Cut-offs are the protocol's (defaults lo 500, hi 1000 MFI: ROC optimum 1000-1500 in Reed 2013; not a published
standard). Below `lo` is negative, at or above `hi` positive, grey between.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from trials.choices import TimePrecision
from trials.rules.protocol import AntibodyPlan


class Call(StrEnum):
    """Reading of one serum; the order of severity is NEGATIVE, GREY, POSITIVE."""

    POSITIVE = "POS"
    GREY = "EQ"
    NEGATIVE = "NEG"
    INVALID = "INV"


class Relation(StrEnum):
    """The order of a serum and the first infusion of the donor's cells."""

    BEFORE = "before"
    AFTER = "after"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Assay:
    """The assay of a value: two values are comparable when all of it is the same (the run only if required)."""

    vendor: str = ""
    kit: str = ""
    lot: str = ""
    conjugate: str = "IgG"
    dilution: Decimal = Decimal(1)
    treatment: str = "UNKNOWN"
    metric: str = "raw"
    run: str = ""


@dataclass(frozen=True)
class Serum:
    """One serum's value for one target: when it was taken (a span, aware), how, and with which controls.

    `mfi` and controls are `None` when not reported. `relation` is given when the order to the infusion was recorded;
    else it follows from the times. `consensus` replaces the call when several beads were combined.
    """

    earliest: datetime
    latest: datetime
    mfi: Decimal | None
    assay: Assay = Assay()
    positive_control_mfi: Decimal | None = None
    negative_control_mfi: Decimal | None = None
    bead_count: int | None = None
    is_rejected: bool = False
    relation: Relation | None = None
    consensus: Call | None = None


DAY = timedelta(days=1) - timedelta(microseconds=1)
"""A time known to the day is stored as its first instant and may be any in this span."""


def span_of(at: datetime, precision: str) -> tuple[datetime, datetime]:
    """The earliest and the latest time of one that is known to the minute, or to the day only."""
    return at, at + DAY if precision == TimePrecision.DAY else at


def invalid_because(serum: Serum, plan: AntibodyPlan) -> str:
    """Why the serum's value is invalid: `rejected`, `pc_low`, `nc_high`, `pc_nc_low`, `beads_low`, `no_value`, or "".

    Controls that the laboratory did not report do not make the serum invalid.
    """
    pc, nc = serum.positive_control_mfi, serum.negative_control_mfi
    too_close = pc is not None and nc is not None and nc > 0 and pc / nc < plan.pc_nc_ratio_min
    reasons = (
        (serum.is_rejected, "rejected"),
        (pc is not None and pc < plan.pc_min_mfi, "pc_low"),
        (nc is not None and nc > plan.nc_max_mfi, "nc_high"),
        (too_close, "pc_nc_low"),
        (serum.bead_count is not None and serum.bead_count < plan.min_bead_count, "beads_low"),
        (serum.mfi is None, "no_value"),
    )
    return next((reason for applies, reason in reasons if applies), "")


def call_of(serum: Serum, plan: AntibodyPlan) -> Call:
    """Positive at or above `hi`, negative below `lo`, grey between; invalid when the assay is."""
    if invalid_because(serum, plan) or serum.mfi is None:
        return Call.INVALID
    return serum.consensus or call_value(serum.mfi, plan)


def call_value(mfi: Decimal, plan: AntibodyPlan) -> Call:
    """The call of a bare MFI."""
    if mfi >= plan.positive_mfi.hi:
        return Call.POSITIVE
    return Call.NEGATIVE if mfi < plan.positive_mfi.lo else Call.GREY


def prozone_is_possible(assay: Assay) -> bool:
    """Whether complement may have hidden an antibody: neat serum, untreated or with unknown treatment.

    EDTA, DTT, heat or a dilution exclude it (Schnaidt 2011; false negatives in about 3 % of sera in class I).
    """
    treated = assay.treatment.upper() not in ("", "NONE", "UNKNOWN")
    return not treated and assay.dilution <= 1


def is_above_threshold(serum: Serum, hla_class: str, plan: AntibodyPlan) -> bool:
    """Strictly above the protocol's MFI threshold, in its classes, IgG only (class I rule: Hocine 2017)."""
    in_scope = hla_class in plan.threshold_classes and serum.assay.conjugate == "IgG"
    return in_scope and serum.mfi is not None and serum.mfi > plan.mfi_threshold
