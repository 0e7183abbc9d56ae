"""Reading the haemodynamic and the antibody plan."""

import itertools
from collections.abc import Mapping
from typing import Any, get_args

from trials.rules.protocol.antibodies import (
    AntibodyCutoff,
    AntibodyPlan,
    HlaClass,
    PlannedSample,
    PositiveMfi,
)
from trials.rules.protocol.criterion_tables import read_criterion
from trials.rules.protocol.design_tables import LAST_STUDY_DAY
from trials.rules.protocol.haemodynamics import (
    Anchor,
    HaemodynamicPlan,
    PlannedCheck,
    Plausibility,
)
from trials.rules.protocol.problems import Problems
from trials.rules.protocol.reading import ProtocolTable

PLAUSIBLE_UNITS = {
    "heart_rate_bpm": "bpm",
    "sbp_mmhg": "mmHg",
    "dbp_mmhg": "mmHg",
    "map_mmhg": "mmHg",
    "spo2_percent": "%",
    "fio2_fraction": "fraction",
    "peep_cmh2o": "cmH2O",
    "respiratory_rate_per_min": "/min",
    "temperature_celsius": "Cel",
    "weight_kg": "kg",
    "norepinephrine_ug_kg_min": "ug/kg/min",
    "norepinephrine_ug_min": "ug/min",
    "norepinephrine_mg_h": "mg/h",
    "epinephrine_ug_kg_min": "ug/kg/min",
    "epinephrine_ug_min": "ug/min",
    "phenylephrine_ug_kg_min": "ug/kg/min",
    "phenylephrine_ug_min": "ug/min",
    "dopamine_ug_kg_min": "ug/kg/min",
    "vasopressin_u_min": "U/min",
}


def read_haemodynamics(table: ProtocolTable) -> HaemodynamicPlan:
    """The checks, the criteria and the plausible values, each with its source."""
    plan = HaemodynamicPlan(
        rule_set=table.text("rule_set"),
        window_hours=table.number("window_hours", "0.25", "168"),
        late_window_hours=table.number("late_window_hours", "0.25", "168"),
        anchor=table.choice("anchor", get_args(Anchor)),
        checks=table.tables("checks", _read_check),
        criteria=table.tables("criteria", read_criterion),
        plausibility=table.named_tables("plausibility", read_plausibility),
        source=table.text("source"),
        checks_source=table.text("checks_source"),
    )
    _check_haemodynamics(table, plan)
    return plan


def _check_haemodynamics(table: ProtocolTable, plan: HaemodynamicPlan) -> None:
    if plan.late_window_hours < plan.window_hours:
        table.judge("late_window_hours", "must be at least window_hours")
    minutes = [check.minutes for check in plan.checks]
    if any(later <= earlier for earlier, later in itertools.pairwise(minutes)):
        table.judge("checks", "must stand on strictly increasing minutes")
    if minutes and minutes[0] > 0:
        table.judge("checks", "must begin with a baseline at minute 0 or before")
    for name, limits in plan.plausibility.items():
        check_limits(table, name, limits, PLAUSIBLE_UNITS)


def check_limits(table: ProtocolTable, name: str, limits: Plausibility, units: Mapping[str, str]) -> None:
    """Report a variable that `units` does not have, a wrong unit, and limits that do not rise."""
    key = table.key(f"plausibility.{name}")
    if name not in units:
        table.problems.add(key, name, "is not a variable; known: " + ", ".join(units))
    elif limits.unit != units[name]:
        table.problems.add(f"{key}.unit", limits.unit, f"must be {units[name]}")
    ladder = [limits.hard_low, limits.soft_low, limits.soft_high, limits.hard_high]
    given = [limit for limit in ladder if limit is not None]
    if given != sorted(given) or limits.hard_low == limits.hard_high:
        table.problems.add(key, given, "must rise: hard_low, soft_low, soft_high, hard_high")


def _read_check(table: ProtocolTable) -> PlannedCheck:
    return PlannedCheck(table.whole("minutes", -1440, 10080), table.whole("tolerance_minutes", 0, 1440))


def read_plausibility(table: ProtocolTable) -> Plausibility:
    """Hard limits, soft ones if any, and their source."""
    return Plausibility(
        unit=table.text("unit"),
        hard_low=table.number("hard_low", "-1000", "1000000"),
        hard_high=table.number("hard_high", "-1000", "1000000"),
        soft_low=table.optional_number("soft_low", "-1000", "1000000"),
        soft_high=table.optional_number("soft_high", "-1000", "1000000"),
        source=table.text("source"),
    )


def read_antibody_plan(table: ProtocolTable) -> AntibodyPlan:
    """Sampling days, cut-offs and the conditions of a valid result, each with its source."""
    plan = AntibodyPlan(
        rule_set=table.text("rule_set"),
        sampling=table.tables("sampling", _read_sample),
        positive_mfi=table.table("positive_mfi", _read_positive),
        mfi_threshold=table.number("mfi_threshold", "1", "1000000"),
        threshold_classes=table.texts("threshold_classes", get_args(HlaClass)),  # type: ignore[arg-type]
        threshold_note=table.text("threshold_note"),
        assay_cv=table.number("assay_cv", "0.001", "2"),
        fold_min=table.number("fold_min", "1", "100"),
        delta_min_mfi=table.number("delta_min_mfi", "0", "100000"),
        pc_min_mfi=table.number("pc_min_mfi", "0", "100000"),
        nc_max_mfi=table.number("nc_max_mfi", "0", "100000"),
        pc_nc_ratio_min=table.number("pc_nc_ratio_min", "0", "1000"),
        min_bead_count=table.whole("min_bead_count", 0, 10000),
        early_days=table.whole("early_days", 0, 365),
        strict_same_run=table.flag("strict_same_run"),
        source=table.text("source"),
        sampling_source=table.text("sampling_source"),
        assay_source=table.text("assay_source"),
        cutoffs=table.tables("cutoffs", _read_cutoff, optional=True),
        threshold_conjugates=table.texts("threshold_conjugates") or ("IgG",),
    )
    _check_antibodies(table, plan)
    return plan


def _check_antibodies(table: ProtocolTable, plan: AntibodyPlan) -> None:
    if not plan.threshold_classes:
        table.judge("threshold_classes", "must name the HLA classes that the threshold holds for: I, II")
    starts = [sample.day - sample.before_days for sample in plan.sampling]
    ends = [sample.day + sample.after_days for sample in plan.sampling]
    if any(start <= end for end, start in zip(ends, starts[1:], strict=False)):
        table.judge("sampling", "must stand in order with windows that do not overlap")


def _read_sample(table: ProtocolTable) -> PlannedSample:
    return PlannedSample(
        day=table.whole("day", 0, LAST_STUDY_DAY),
        before_days=table.whole("before_days", 0, 365),
        after_days=table.whole("after_days", 0, 365),
        label=table.text("label"),
    )


def _read_positive(table: ProtocolTable) -> PositiveMfi:
    limits = PositiveMfi(table.number("lo", "0", "100000"), table.number("hi", "0", "100000"))
    if limits.hi < limits.lo:
        table.refuse("hi", "must not be below lo")
    return limits


def _read_cutoff(table: ProtocolTable) -> AntibodyCutoff:
    """Cut-offs for a locus, a manufacturer, a conjugate, or for what of these the row names."""
    row = AntibodyCutoff(
        locus=table.text("locus", optional=True, longest=10),
        vendor=table.text("vendor", optional=True, longest=60),
        conjugate=table.text("conjugate", optional=True, longest=10),
        lo=table.number("lo", "0", "100000"),
        hi=table.number("hi", "0", "100000"),
        assay_cv=table.optional_number("assay_cv", "0.001", "2"),
        source=table.text("source"),
    )
    if row.hi < row.lo:
        table.refuse("hi", "must not be below lo")
    if not row.precision:
        table.judge("locus", "the row must name a locus, a vendor or a conjugate")
    return row


def antibody_plan_of(values: Mapping[str, Any]) -> AntibodyPlan:
    """The plan in the table `antibodies` of a protocol that was loaded before, and so is known to be sound."""
    return read_antibody_plan(ProtocolTable(values, "antibodies", Problems()))
