"""Reading windows, dictionary, causality and reporting clocks."""

from typing import get_args

from trials.rules.protocol.design_tables import LAST_STUDY_DAY
from trials.rules.protocol.events import (
    CausalityCategory,
    Clock,
    Dictionary,
    EventWindow,
    ReportingPlan,
    WindowBasis,
)
from trials.rules.protocol.reading import ProtocolTable

CTCAE_VERSIONS = ("5.0", "6.0")  # versions with known terms and grades
GRADES_PREFIX = "CTCAE-"
GRADES = tuple(f"{GRADES_PREFIX}{version}" for version in CTCAE_VERSIONS)


def read_window(table: ProtocolTable) -> EventWindow:
    """`id`, `label`, `basis`, `source`; `first_day` and `last_day` (may be left out: open) when in days."""
    window = EventWindow(
        id=table.text("id"),
        label=table.text("label"),
        basis=table.choice("basis", get_args(WindowBasis)),
        first_day=table.optional_whole("first_day", -LAST_STUDY_DAY, LAST_STUDY_DAY),
        last_day=table.optional_whole("last_day", -LAST_STUDY_DAY, LAST_STUDY_DAY),
        source=table.text("source"),
    )
    if window.basis == "days" and window.first_day is None:
        table.problems.add(table.key("first_day"), None, "a window in days starts on a study day")
    if window.basis == "treatment_emergent" and not window.first_day is window.last_day is None:
        table.refuse("first_day", "must be left out: a treatment-emergent window starts with the first dose")
    if window.first_day is not None and window.last_day is not None and window.last_day < window.first_day:
        table.refuse("last_day", "must not come before first_day")
    return window


def read_dictionary(table: ProtocolTable) -> Dictionary:
    """`name` CTCAE with `version`, or none without; with none, `grades` says how AETOXGR is graded."""
    name = table.choice("name", ("CTCAE", "none"))
    version = table.choice("version", CTCAE_VERSIONS) if name == "CTCAE" or table.has("version") else None
    if name == "none" and version is not None:
        table.refuse("version", 'must be left out when name is "none"')
    grades = table.choice("grades", GRADES) if table.has("grades") else None
    if name == "CTCAE" and grades is not None:
        table.refuse("grades", 'must be left out when name is "CTCAE": its version grades the events')
    return Dictionary(name, version, table.text("source"), grades and grades.removeprefix(GRADES_PREFIX))


def read_cause(table: ProtocolTable) -> CausalityCategory:
    """`code`, `label`, `is_related`, `is_undetermined`.

    An undetermined cause is not excluded, so it counts as related.
    """
    category = CausalityCategory(
        table.code("code"), table.text("label"), table.flag("is_related"), table.flag("is_undetermined")
    )
    if category.is_undetermined and not category.is_related:
        table.refuse("is_related", "must be true where is_undetermined is: not excluded counts as related")
    return category


def read_reporting(table: ProtocolTable) -> ReportingPlan:
    """`sae_hours`, `signature_hours`, `followup_days`, `source` and further `clocks`."""
    return ReportingPlan(
        sae_hours=table.whole("sae_hours", 1, 720),
        signature_hours=table.whole("signature_hours", 1, 720),
        followup_days=table.whole("followup_days", 1, 365),
        source=table.text("source"),
        clocks=table.tables("clocks", _read_clock, optional=True),
    )


def _read_clock(table: ProtocolTable) -> Clock:
    clock = Clock(
        id=table.code("id"),
        label=table.text("label"),
        trigger=table.text("trigger"),
        hours=table.optional_whole("hours", 1, 8760),
        days=table.optional_whole("days", 1, 3650),
        source=table.text("source"),
    )
    if (clock.hours is None) == (clock.days is None):
        table.refuse("days", "must be given, or hours, and not both")
    return clock
