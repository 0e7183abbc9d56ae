"""Reading windows, dictionary, coding, causality and reporting clocks."""

from typing import Any, Literal, get_args

from trials.rules.protocol.design_tables import LAST_STUDY_DAY
from trials.rules.protocol.events import (
    CausalityCategory,
    Clock,
    CodingPlan,
    Dictionary,
    EventWindow,
    ReportingPlan,
    WindowBasis,
)
from trials.rules.protocol.problems import KeyProblem
from trials.rules.protocol.reading import ProtocolTable

CTCAE_VERSIONS = ("5.0", "6.0")  # versions with known terms and grades
GRADES_PREFIX = "CTCAE-"
GRADES = tuple(f"{GRADES_PREFIX}{version}" for version in CTCAE_VERSIONS)
CODED_IN = ("meddra", "ctcae")
DESTINATIONS = (
    "sponsor", "eudravigilance", "member_states", "mhra", "fda", "ansm", "ethics", "investigators",
)  # fmt: skip
TRIGGERS = ("serious", "susar_fatal", "susar_other", "follow_up")
BASES = ("site_awareness", "sponsor_day_0", "determination", "receipt")
JUDGEMENTS = ("either", "sponsor")


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
    """`name` CTCAE with `version`, or none without; with none, `grades` is the version that grades AETOXGR.

    `lines`: worst (default) or changes.
    """
    name = table.choice("name", ("CTCAE", "none"))
    version = table.choice("version", CTCAE_VERSIONS) if name == "CTCAE" or table.has("version") else None
    if name == "none" and version is not None:
        table.refuse("version", 'must be left out when name is "none"')
    grades = table.choice("grades", GRADES) if table.has("grades") else None
    if name == "CTCAE" and grades is not None:
        table.refuse("grades", 'must be left out when name is "CTCAE": its version grades the events')
    lines: Any = table.choice("lines", ("worst", "changes")) if table.has("lines") else "worst"
    return Dictionary(
        name, version, table.text("source"), grades and grades.removeprefix(GRADES_PREFIX), lines
    )


def read_coding(table: ProtocolTable) -> CodingPlan:
    """`events`: `meddra` or `ctcae`; `source`."""
    events: Literal["ctcae", "meddra"] = "ctcae" if table.choice("events", CODED_IN) == "ctcae" else "meddra"
    return CodingPlan(events, table.text("source"))


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


def clock_problems(plan: ReportingPlan) -> tuple[KeyProblem, ...]:
    """What keeps a new version from being loaded: clocks that do not say to whom and from when."""
    rule = f"one of {', '.join(DESTINATIONS)} is needed here, and a trigger and a basis: see the page on protocol files"
    return tuple(
        KeyProblem(f"reporting.clocks[{place}].destination", None, rule)
        for place, clock in enumerate(plan.clocks, start=1)
        if not clock.destination
    )


def read_reporting(table: ProtocolTable) -> ReportingPlan:
    """`sae_hours`, `signature_hours`, `followup_days`, `source` and `clocks`."""
    return ReportingPlan(
        sae_hours=table.whole("sae_hours", 1, 720),
        signature_hours=table.whole("signature_hours", 1, 720),
        followup_days=table.whole("followup_days", 1, 365),
        source=table.text("source"),
        clocks=table.tables("clocks", _read_clock, optional=True),
    )


def _read_clock(table: ProtocolTable) -> Clock:
    """A clock, or one as files had it when it was text that made nothing owed: frozen reports have such files."""
    if not table.has("destination") and table.values.get("trigger") not in TRIGGERS:
        return _read_former_clock(table)
    clock = Clock(
        id=table.code("id"),
        label=table.text("label", longest=250),
        destination=table.choice("destination", DESTINATIONS),
        trigger=table.choice("trigger", TRIGGERS),
        basis=table.choice("basis", BASES),
        judgement=table.optional_choice("judgement", JUDGEMENTS) or "either",
        hours=table.optional_whole("hours", 1, 8760),
        days=table.optional_whole("days", 1, 3650),
        blinded=table.flag("blinded") if table.has("blinded") else True,
        source=table.text("source"),
    )
    return _with_one_time(table, clock)


def _read_former_clock(table: ProtocolTable) -> Clock:
    """`destination` and `basis` are empty: it becomes no rule, and no new version may have it."""
    clock = Clock(
        id=table.code("id"),
        label=table.text("label"),
        destination="",
        trigger=table.text("trigger"),
        basis="",
        judgement="either",
        hours=table.optional_whole("hours", 1, 8760),
        days=table.optional_whole("days", 1, 3650),
        blinded=True,
        source=table.text("source"),
    )
    return _with_one_time(table, clock)


def _with_one_time(table: ProtocolTable, clock: Clock) -> Clock:
    if (clock.hours is None) == (clock.days is None):
        table.refuse("days", "must be given, or hours, and not both")
    return clock
