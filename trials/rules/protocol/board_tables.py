"""Reading boundaries, what a look waits for, schedules and ad hoc reports."""

import itertools
import re
from typing import get_args

from trials.rules.protocol.board import (
    AdHocPlan,
    Boundary,
    BoundaryMeasure,
    BoundaryMethod,
    Checked,
    LookPlan,
    Schedule,
)
from trials.rules.protocol.design_tables import LAST_STUDY_DAY
from trials.rules.protocol.reading import ProtocolTable

BAYESIAN = ("beta_binomial", "two_arm")
MOST_EVALUABLE = 1000  # per arm: for larger ones an exact design is equal to a normal approximation
MOST_COMPARED = 100  # per arm of a comparison: the time of its recursion grows with the cube
LAST_DAY_OF_EVERY_MONTH = 28
CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
WEAKEST_COMPARED_PRIOR = "0.5"  # Jeffreys; below it the quadrature misses the pole of the density


def read_boundary(table: ProtocolTable) -> Boundary:
    """`id`, `label`, `measure`, `method`, `null_rate`, `source`; the method's own keys; when it is checked."""
    method = table.choice("method", get_args(BoundaryMethod))
    lowest = WEAKEST_COMPARED_PRIOR if method == "two_arm" else "0.001"
    boundary = Boundary(
        id=table.code("id"),
        label=table.text("label"),
        measure=table.choice("measure", get_args(BoundaryMeasure)),
        method=method,
        null_rate=table.number("null_rate", "0", "1"),
        threshold=table.optional_number("threshold", "0", "1"),
        prior_alpha=table.optional_number("prior_alpha", lowest, "1000"),
        prior_beta=table.optional_number("prior_beta", lowest, "1000"),
        alpha=table.optional_number("alpha", "0.0001", "0.5"),
        delta=table.optional_number("delta", "0", "1"),
        checked=table.choice("checked", get_args(Checked)) if table.has("checked") else "continuously",
        looks=table.wholes("looks", 1, MOST_EVALUABLE, optional=True),
        evaluable_at_least=table.optional_whole("evaluable_at_least", 1, MOST_EVALUABLE),
        evaluable_at_most=table.optional_whole("evaluable_at_most", 1, MOST_EVALUABLE),
        rates=table.numbers("rates", "0", "1"),
        source=table.text("source"),
    )
    _check_method(table, boundary)
    _check_when(table, boundary)
    return boundary


def _check_method(table: ProtocolTable, boundary: Boundary) -> None:
    """The keys of the method are present, and those of other methods are not."""
    is_bayesian = boundary.method in BAYESIAN
    if is_bayesian and None in (boundary.prior_alpha, boundary.prior_beta):
        table.refuse("method", "needs prior_alpha and prior_beta: the prior is stated")
    wanted = {"threshold" if is_bayesian else "alpha"} | (
        {"delta"} if boundary.method == "two_arm" else set()
    )
    for name in ("threshold", "alpha", "delta"):
        if name in wanted and not table.has(name):
            table.refuse(name, f"must be given for the method {boundary.method}")
        if name not in wanted and table.has(name):
            table.refuse(name, f"must be left out for the method {boundary.method}")
    if not is_bayesian and (boundary.prior_alpha, boundary.prior_beta) != (None, None):
        table.refuse("prior_alpha", f"must be left out for the method {boundary.method}")


def _check_when(table: ProtocolTable, boundary: Boundary) -> None:
    """Checks that a boundary checked at looks names the looks.

    An exact one checked continuously its last participant.
    """
    looks, least, most = boundary.looks, boundary.evaluable_at_least, boundary.evaluable_at_most
    if any(later <= earlier for earlier, later in itertools.pairwise(looks)):
        table.judge("looks", "must be strictly increasing")
    if (boundary.checked == "at_looks") != bool(looks):
        rule = "must be given where checked is at_looks, and only there: evaluable participants of an arm"
        table.judge("looks", rule)
    if boundary.checked == "at_looks" and (least or most):
        table.refuse(
            "evaluable_at_most" if most else "evaluable_at_least", "must be left out: looks say when"
        )
    if boundary.checked == "continuously" and boundary.method not in BAYESIAN and most is None:
        table.refuse("evaluable_at_most", "must be given: alpha is spent over a known number of participants")
    if least and most and most < least:
        table.refuse("evaluable_at_most", "must be at least evaluable_at_least")
    if boundary.method == "two_arm" and max((*looks, most or 0)) > MOST_COMPARED:
        table.refuse(
            "looks" if looks else "evaluable_at_most", f"must be at most {MOST_COMPARED} in each arm"
        )


def read_look_plan(table: ProtocolTable) -> LookPlan:
    """`enrolled` (one of the looks), `wait_for_day`, `source`."""
    return LookPlan(
        table.whole("enrolled", 1, 1_000_000),
        table.whole("wait_for_day", 0, LAST_STUDY_DAY),
        table.text("source"),
    )


def read_schedule(table: ProtocolTable) -> Schedule:
    """`id`, `label`, `day_of_month` (1 to 28: every month has it), `time` HH:MM, `source`."""
    schedule = Schedule(
        id=table.code("id"),
        label=table.text("label"),
        day_of_month=table.whole("day_of_month", 1, LAST_DAY_OF_EVERY_MONTH),
        time=table.text("time"),
        source=table.text("source"),
    )
    if schedule.time and CLOCK.fullmatch(schedule.time) is None:
        table.refuse("time", "must be a time of day HH:MM, such as 06:00")
    return schedule


def read_ad_hoc(table: ProtocolTable) -> AdHocPlan:
    """`on_boundary`, `on_death`, `source`."""
    return AdHocPlan(table.flag("on_boundary"), table.flag("on_death"), table.text("source"))
