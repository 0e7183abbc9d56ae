"""A wrong protocol file is refused by the key, the value and the rule: looks, boundaries, reports, the charter."""

import pytest

from tests.unit.trials.protocol_contents import MISSING, Change, changed, drop, problems, put

PLAN = {"enrolled": 10, "wait_for_day": 14, "source": "t"}


MONTHLY = {"id": "m", "label": "Monthly", "day_of_month": 1, "time": "06:00", "source": "t"}
CLOCK = {
    "id": "ETHICS_3", "label": "Fatal reaction to the ethics committee", "destination": "ethics", "trigger": "susar_fatal",
    "basis": "sponsor_day_0", "days": 3, "source": "protocol 9.2",
}  # fmt: skip

OPEN = {"tables": ["deaths"], "listings": False, "survival": False, "minimum_step": 3, "source": "t"}

WRONG_OF_THE_BOARD: list[tuple[str, Change, str, str]] = [
    (
        "unknown table",
        put("open_report", OPEN | {"tables": ["death"]}),
        "open_report.tables",
        "must be a list of",
    ),
    (
        "step of nobody",
        put("open_report", OPEN | {"minimum_step": 0}),
        "open_report.minimum_step",
        "from 1 to 50",
    ),
    (
        "listings in words",
        put("open_report", OPEN | {"listings": "no"}),
        "open_report.listings",
        "true or false",
    ),
    ("rule without source", put("open_report", OPEN | {"source": ""}), "open_report.source", "not empty"),
    ("looks repeat", put("looks", [10, 10, 40]), "looks", "strictly increasing"),
    ("looks fall", put("looks", [10, 40, 20]), "looks", "strictly increasing"),
    ("look at nobody", put("looks", [0, 10]), "looks", "from 1"),
    ("looks a number", put("looks", 10), "looks", "must be a list"),
    ("prior missing", drop("boundaries.0.prior_alpha"), "boundaries[1].method", "prior"),
    ("rate above one", put("boundaries.0.null_rate", 20), "boundaries[1].null_rate", "from 0 to 1"),
    (
        "no threshold",
        drop("boundaries.0.threshold"),
        "boundaries[1].threshold",
        "for the method beta_binomial",
    ),
    (
        "unknown measure",
        put("boundaries.0.measure", "falls"),
        "boundaries[1].measure",
        "one of participants_",
    ),
    (
        "alpha of a posterior",
        put("boundaries.0.alpha", 0.05),
        "boundaries[1].alpha",
        "left out for the method",
    ),
    ("no alpha", drop("boundaries.1.alpha"), "boundaries[2].alpha", "for the method pocock"),
    ("exact with a prior", put("boundaries.1.prior_alpha", 1), "boundaries[2].prior_alpha", "left out"),
    (
        "exact without end",
        drop("boundaries.1.evaluable_at_most"),
        "boundaries[2].evaluable_at_most",
        "alpha is spent",
    ),
    (
        "end before start",
        put("boundaries.1.evaluable_at_least", 25),
        "boundaries[2].evaluable_at_most",
        "at least",
    ),
    ("rates fall", put("boundaries.1.rates", [0.4, 0.2]), "boundaries[2].rates", "strictly increasing"),
    ("rate of 20", put("boundaries.1.rates", [20]), "boundaries[2].rates", "from 0 to 1"),
    ("at looks without looks", drop("boundaries.2.looks"), "boundaries[3].looks", "at_looks"),
    (
        "looks fall in a boundary",
        put("boundaries.2.looks", [10, 5]),
        "boundaries[3].looks",
        "strictly increasing",
    ),
    (
        "looks and an end",
        put("boundaries.2.evaluable_at_most", 9),
        "boundaries[3].evaluable_at_most",
        "looks say when",
    ),
    ("no margin", drop("boundaries.3.delta"), "boundaries[4].delta", "for the method two_arm"),
    ("weak prior of two arms", put("boundaries.3.prior_beta", 0.4), "boundaries[4].prior_beta", "from 0.5"),
    ("arms too large", put("boundaries.3.looks", [5, 101]), "boundaries[4].looks", "at most 100 in each arm"),
    ("plan of no look", put("look_plan", [PLAN | {"enrolled": 11}]), "look_plan[1].enrolled", "10, 20, 40"),
    ("look planned twice", put("look_plan", [PLAN, PLAN]), "look_plan", "named twice"),
    (
        "wait without a day",
        put("look_plan", [{"enrolled": 10, "source": "t"}]),
        "look_plan[1].wait_for_day",
        MISSING,
    ),
    (
        "the 29th",
        put("schedules", [MONTHLY | {"day_of_month": 29}]),
        "schedules[1].day_of_month",
        "from 1 to 28",
    ),
    ("no time of day", put("schedules", [MONTHLY | {"time": "24:00"}]), "schedules[1].time", "HH:MM"),
    ("schedule twice", put("schedules", [MONTHLY, MONTHLY]), "schedules", "named twice"),
    ("half an ad hoc", put("ad_hoc", {"on_death": True, "source": "t"}), "ad_hoc.on_boundary", MISSING),
    (
        "clock without time",
        put("reporting.clocks", [{**CLOCK, "days": None}]),
        "reporting.clocks[1].days",
        "not both",
    ),
    (
        "clock with both",
        put("reporting.clocks", [CLOCK | {"hours": 24}]),
        "reporting.clocks[1].days",
        "not both",
    ),
    (
        "clock to nobody",
        put("reporting.clocks", [CLOCK | {"destination": "moon"}]),
        "reporting.clocks[1].destination",
        "eudravigilance",
    ),
    ("clock twice", put("reporting.clocks", [CLOCK, CLOCK]), "reporting.clocks", "named twice"),
    ("coding by magic", put("coding.events", "magic"), "coding.events", "meddra, ctcae"),
    ("coding without source", drop("coding.source"), "coding.source", MISSING),
    ("no reporting", drop("reporting"), "reporting", MISSING),
    ("quorum of nobody", put("board.quorum", 0), "board.quorum", "from 1"),
    ("quorum in words", put("board.quorum", "three"), "board.quorum", "whole number"),
    ("unknown voting rule", put("board.voting_rule", "acclaim"), "board.voting_rule", "majority"),
    ("tie without a rule", drop("board.voting_rule"), "board.tie_rule", "voting_rule"),
    (
        "unknown recommendation",
        put("board.recommendations", ["celebrate"]),
        "board.recommendations",
        "list of",
    ),
    ("misspelt key of the board", put("board.quorom", 3), "board.quorom", "known here"),
    ("charter without a source", drop("board.source"), "board.source", MISSING),
]


@pytest.mark.parametrize(
    ("change", "key", "rule"),
    [case[1:] for case in WRONG_OF_THE_BOARD],
    ids=[case[0] for case in WRONG_OF_THE_BOARD],
)
def test_parse_protocol_names_key_value_and_rule_of_the_board(change: Change, key: str, rule: str) -> None:
    found = problems(changed(change))

    assert key in found
    assert rule in found[key]
    assert found[key].startswith(key)
