"""From a mapping (a TOML file, a stored JSON document) to a Protocol, or to all errors in it."""

import itertools
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from trials.rules.protocol.board_plan import (
    DEFAULT_OPEN_REPORT,
    DEFAULT_RATE_COMPARISONS,
    DEFAULT_SMALL_CELLS,
    read_open_report,
    read_pace,
    read_rate_comparisons,
    read_small_cells,
)
from trials.rules.protocol.board_tables import read_ad_hoc, read_boundary, read_look_plan, read_schedule
from trials.rules.protocol.charter_table import read_board
from trials.rules.protocol.definition import EnrolmentEvent, Protocol
from trials.rules.protocol.design_tables import (
    read_arm,
    read_infusions,
    read_randomisation,
    read_site,
    read_stratum,
)
from trials.rules.protocol.event_tables import (
    read_cause,
    read_coding,
    read_dictionary,
    read_reporting,
    read_window,
)
from trials.rules.protocol.events import CODED_BY_HAND
from trials.rules.protocol.outcome_tables import read_outcomes
from trials.rules.protocol.plan_tables import read_antibody_plan, read_haemodynamics
from trials.rules.protocol.problems import Problems, ProtocolError
from trials.rules.protocol.reading import ProtocolTable
from trials.rules.protocol.safety import NO_CONTACTS, read_safety
from trials.rules.protocol.unblinding import UnblindingPlan, read_unblinding

LARGEST_TRIAL = 1_000_000  # participants
RESERVED_ARM = "total"  # the pooled column of every table


def parse_protocol(mapping: Mapping[str, Any]) -> Protocol:
    """Read one protocol version; raises ProtocolError with every wrong (key, value, rule)."""
    problems = Problems()
    table = ProtocolTable(mapping, "", problems)
    protocol = _read(table)
    table.finish()
    _check(table, protocol)
    if problems.found:
        raise ProtocolError(problems.found)
    return protocol


def _read(table: ProtocolTable) -> Protocol:
    return Protocol(
        code=table.slug("code"),
        version=table.code("version"),
        title=table.text("title", longest=300),
        registration=table.text("registration", longest=60),
        timezone=table.zone("timezone"),
        effective_date=table.day("effective_date"),
        enrolment_event=table.choice("enrolment_event", get_args(EnrolmentEvent)),
        planned_participants=table.whole("planned_participants", 1, LARGEST_TRIAL),
        arms=table.tables("arms", read_arm),
        randomisation=table.optional_table("randomisation", read_randomisation),
        sites=table.tables("sites", read_site, optional=True),
        strata=table.tables("strata", read_stratum, optional=True),
        infusions=table.table("infusions", read_infusions),
        event_windows=table.tables("event_windows", read_window),
        dictionary=table.table("dictionary", read_dictionary),
        coding=table.optional_table("coding", read_coding) or CODED_BY_HAND,
        causality=table.tables("causality", read_cause),
        haemodynamics=table.optional_table("haemodynamics", read_haemodynamics),
        antibodies=table.optional_table("antibodies", read_antibody_plan),
        outcomes=table.optional_table("outcomes", read_outcomes),
        looks=table.wholes("looks", 1, LARGEST_TRIAL),
        looks_source=table.text("looks_source"),
        boundaries=table.tables("boundaries", read_boundary, optional=True),
        reporting=table.table("reporting", read_reporting),
        source=table.text("source"),
        unblinding=table.optional_table("unblinding", read_unblinding) or UnblindingPlan(),
        look_plan=table.tables("look_plan", read_look_plan, optional=True),
        schedules=table.tables("schedules", read_schedule, optional=True),
        ad_hoc=table.optional_table("ad_hoc", read_ad_hoc),
        board=table.optional_table("board", read_board),
        enrolment_pace=table.optional_table("enrolment_pace", read_pace),
        small_cells=table.optional_table("small_cells", read_small_cells) or DEFAULT_SMALL_CELLS,
        open_report=table.optional_table("open_report", read_open_report) or DEFAULT_OPEN_REPORT,
        rate_comparisons=table.optional_table("rate_comparisons", read_rate_comparisons)
        or DEFAULT_RATE_COMPARISONS,
        safety=table.optional_table("safety", read_safety) or NO_CONTACTS,
    )


def _check(table: ProtocolTable, protocol: Protocol) -> None:
    _check_names(table, protocol)
    _check_arms(table, protocol)
    if protocol.coding.events == "ctcae" and not protocol.dictionary.is_coded:
        table.problems.add("coding.events", "ctcae", 'must be "meddra" where the dictionary is not CTCAE')
    _check_windows(table, protocol)
    _check_looks(table, protocol)
    _check_covariates(table, protocol)
    if table.has("causality") and not any(category.is_related for category in protocol.causality):
        table.judge("causality", "must have at least one category that counts as related")


def _check_names(table: ProtocolTable, protocol: Protocol) -> None:
    """Every name is unique, ignoring case."""
    _once(table, "arms", (arm.code for arm in protocol.arms))
    _once(table, "sites", (site.code for site in protocol.sites))
    _once(table, "strata", (stratum.code for stratum in protocol.strata))
    for place, stratum in enumerate(protocol.strata, start=1):
        _once(table, f"strata[{place}].levels", (level.code for level in stratum.levels))
    _once(table, "event_windows", (window.id for window in protocol.event_windows))
    _once(table, "causality", (category.code for category in protocol.causality))
    _once(table, "causality", (category.label for category in protocol.causality))
    _once(table, "boundaries", (boundary.id for boundary in protocol.boundaries))
    _once(table, "schedules", (schedule.id for schedule in protocol.schedules))
    _once(table, "reporting.clocks", (clock.id for clock in protocol.reporting.clocks))
    if protocol.haemodynamics:
        _once(table, "haemodynamics.criteria", (c.id for c in protocol.haemodynamics.criteria))


def _once(table: ProtocolTable, key: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        folded = name.casefold()
        if folded and folded in seen:
            table.problems.add(key, name, "is named twice")
        seen.add(folded)


def _check_arms(table: ProtocolTable, protocol: Protocol) -> None:
    if not protocol.arms:
        return
    if table.problems.blame("arms"):
        return
    controls = [arm.code for arm in protocol.arms if arm.is_control]
    if len(controls) != 1:
        table.problems.add("arms", controls, "must have exactly one control arm")
    if not any(arm.is_investigational for arm in protocol.arms):
        table.problems.add("arms", [], "must have at least one arm with an investigational product")
    if any(arm.code.casefold() == RESERVED_ARM for arm in protocol.arms):
        table.problems.add("arms", RESERVED_ARM, "is reserved for the pooled column of the tables")


def _check_windows(table: ProtocolTable, protocol: Protocol) -> None:
    """Windows in days are in order and do not overlap; only the last may be open."""
    windows = [w for w in protocol.event_windows if w.basis == "days" and w.first_day is not None]
    for earlier, later in itertools.pairwise(windows):
        if earlier.last_day is None or (later.first_day or 0) <= earlier.last_day:
            rule = f"must start after the last day of {earlier.id!r}"
            table.problems.add("event_windows", later.id, rule)


def _check_looks(table: ProtocolTable, protocol: Protocol) -> None:
    looks = protocol.looks
    if any(later <= earlier for earlier, later in itertools.pairwise(looks)):
        table.judge("looks", "must be strictly increasing")
    for place, plan in enumerate(protocol.look_plan, start=1):
        if plan.enrolled not in looks:
            rule = "must be one of the looks: " + (", ".join(map(str, looks)) or "there are none")
            table.problems.add(f"look_plan[{place}].enrolled", plan.enrolled, rule)
    _once(table, "look_plan", (str(plan.enrolled) for plan in protocol.look_plan))


def _check_covariates(table: ProtocolTable, protocol: Protocol) -> None:
    """An outcome is adjusted for strata of the protocol; without any strata, for the baseline value only."""
    known = [stratum.code for stratum in protocol.strata]
    asked = protocol.outcomes.analysis.covariate_strata if protocol.outcomes else ()
    unknown = [code for code in asked if code not in known]
    if known and unknown:
        rule = "must be strata of the protocol: " + ", ".join(known)
        table.problems.add("outcomes.analysis.covariate_strata", unknown, rule)
