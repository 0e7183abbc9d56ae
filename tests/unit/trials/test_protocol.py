"""Protocol files: what the shipped ones say, and that every wrong key is named, all at once."""

import copy
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from trials.rules.protocol import (
    BoardCharter,
    ProtocolError,
    as_json,
    canonical_json,
    content_sha256,
    parse_protocol,
    protocol_content,
)

PROTOCOLS = Path(__file__).resolve().parents[3] / "protocols"
STROMA = protocol_content((PROTOCOLS / "stroma-cov-2.toml").read_bytes())
PILOT = protocol_content((PROTOCOLS / "cdisc-pilot.toml").read_bytes())
Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> dict[str, Any]:
    content = copy.deepcopy(STROMA)
    change(content)
    return content


def put(path: str, value: object) -> Change:
    """Set the value at a dotted path; list items are counted from 0."""
    *parents, last = (int(part) if part.isdigit() else part for part in path.split("."))

    def change(content: Any) -> None:
        for part in parents:
            content = content[part]
        content[last] = value

    return change


def drop(path: str) -> Change:
    *parents, last = (int(part) if part.isdigit() else part for part in path.split("."))

    def change(content: Any) -> None:
        for part in parents:
            content = content[part]
        del content[last]

    return change


def problems(content: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(ProtocolError) as refused:
        parse_protocol(content)
    return {problem.key: str(problem) for problem in refused.value.problems}


def test_stroma_says_what_the_paper_says() -> None:
    protocol = parse_protocol(STROMA)

    assert (protocol.code, protocol.registration, protocol.timezone) == (
        "STROMA-COV-2",
        "NCT04333368",
        "Europe/Paris",
    )
    assert (protocol.enrolment_event, protocol.looks, len(protocol.sites)) == (
        "randomisation",
        (10, 20, 40),
        10,
    )
    assert [(arm.code, arm.is_control, arm.is_investigational) for arm in protocol.arms] == [
        ("UC_MSC", False, True),
        ("PLACEBO", True, False),
    ]
    assert [(d.number, d.day, d.tolerance_days) for d in protocol.infusions.doses] == [
        (1, 1, 0),
        (2, 3, 1),
        (3, 5, 1),
    ]
    assert (protocol.infusions.cap_cells_million, protocol.infusions.volume_ml) == (80, 150)
    assert [(w.id, w.first_day, w.last_day) for w in protocol.event_windows] == [
        ("D0-D14", 0, 14),
        ("after D14", 15, 28),
    ]
    assert (protocol.dictionary.name, protocol.dictionary.version, protocol.dictionary.is_graded) == (
        "CTCAE",
        "5.0",
        True,
    )


def test_stroma_has_the_papers_causality_as_printed() -> None:
    categories = parse_protocol(STROMA).causality

    assert [category.label for category in categories] == [
        "Possible", "Other treatment", "Other disease", "COVID-19 progression", "Other causes", "Undetermined",
    ]  # fmt: skip
    assert [category.code for category in categories if category.is_related] == ["POSSIBLE", "UNDETERMINED"]
    assert [category.code for category in categories if category.is_undetermined] == ["UNDETERMINED"]


def test_stroma_uses_starts_criteria_and_says_so() -> None:
    plan = parse_protocol(STROMA).haemodynamics

    assert plan is not None
    assert (plan.window_hours, plan.late_window_hours, plan.anchor) == (6, 24, "infusion_start")
    rates = {
        c.agent: (c.operator, c.value, c.unit, c.semantics)
        for c in plan.criteria
        if c.kind == "vasopressor_rate"
    }
    assert rates == {
        "norepinephrine": (">", Decimal(10), "ug/min", "increase_to"),
        "phenylephrine": (">", Decimal(100), "ug/min", "increase_to"),
        "dopamine": (">", Decimal(10), "ug/kg/min", "increase_to"),
        "epinephrine": (">", Decimal("0.1"), "ug/kg/min", "increase_to"),
    }
    (hypoxaemia,) = (c for c in plan.criteria if c.kind == "respiratory")
    assert hypoxaemia.combinator == "all"
    assert [(p.variable, p.operator, p.value) for p in hypoxaemia.parts] == [
        ("fio2_fraction", ">=", Decimal("0.2")),
        ("peep_cmh2o", ">=", Decimal(5)),
    ]
    assert all("(START)" in c.label and "START" in c.source for c in plan.criteria)


def test_stroma_antibodies_flag_class_one_only_above_5000() -> None:
    plan = parse_protocol(STROMA).antibodies

    assert plan is not None
    assert (plan.sampling_days, plan.mfi_threshold, plan.threshold_classes) == ((0, 14), 5000, ("I",))
    assert (plan.positive_mfi.lo, plan.positive_mfi.hi) == (500, 1000)


def test_the_pilot_has_three_arms_its_own_terms_and_no_looks() -> None:
    protocol = parse_protocol(PILOT)

    assert [arm.code for arm in protocol.arms] == ["Pbo", "Xan_Hi", "Xan_Lo"]
    assert (protocol.dictionary.name, protocol.dictionary.is_graded, protocol.looks) == ("none", False, ())
    assert [(w.id, w.basis) for w in protocol.event_windows] == [("treatment-emergent", "treatment_emergent")]
    assert (protocol.haemodynamics, protocol.antibodies, protocol.infusions.doses) == (None, None, ())
    assert [c.code for c in protocol.causality if c.is_related] == ["POSSIBLE", "PROBABLE"]


@pytest.mark.parametrize("name", ["stroma-cov-2", "cdisc-pilot"])
def test_the_first_key_of_a_shipped_file_is_its_code(name: str) -> None:
    assert (PROTOCOLS / f"{name}.toml").read_text().startswith('code = "')


def tables_with_numbers(content: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    found = []
    if isinstance(content, dict):
        if any(isinstance(v, int | float) and not isinstance(v, bool) for v in content.values()):
            found.append((path, content))
        found += [t for key, value in content.items() for t in tables_with_numbers(value, f"{path}.{key}")]
    if isinstance(content, list):
        found += [t for item in content for t in tables_with_numbers(item, path)]
    return found


PLANNED = (".infusions.doses", ".haemodynamics.checks", ".haemodynamics.criteria.parts", ".strata.levels",
           ".antibodies.positive_mfi", ".antibodies.sampling")  # fmt: skip


@pytest.mark.parametrize("content", [STROMA, PILOT], ids=["stroma", "pilot"])
def test_every_number_of_a_shipped_file_has_a_source_in_its_table_or_the_one_above(
    content: dict[str, Any],
) -> None:
    """The rows of a plan share the source of the plan."""
    without = [
        path for path, table in tables_with_numbers(content) if "source" not in table and path not in PLANNED
    ]

    assert without == []


MISSING = "is missing"
PLAN = {"enrolled": 10, "wait_for_day": 14, "source": "t"}
MONTHLY = {"id": "m", "label": "Monthly", "day_of_month": 1, "time": "06:00", "source": "t"}

WRONG: list[tuple[str, Change, str, str]] = [
    ("no code", drop("code"), "code", MISSING),
    ("no title", drop("title"), "title", MISSING),
    ("code with a blank", put("code", "STROMA COV"), "code", "must be letters, digits and _ -"),
    ("code too long", put("code", "X" * 41), "code", "at most 40"),
    ("empty title", put("title", " "), "title", "not empty"),
    ("title too long", put("title", "x" * 301), "title", "at most 300 characters"),
    ("site name too long", put("sites.0.name", "x" * 121), "sites[1].name", "at most 120 characters"),
    ("title is a number", put("title", 7), "title", "must be a text"),
    ("unknown zone", put("timezone", "Europe/Lutetia"), "timezone", "IANA"),
    ("zone is a folder", put("timezone", "Europe"), "timezone", "IANA"),
    ("impossible day", put("effective_date", "2020-02-30"), "effective_date", "YYYY-MM-DD"),
    ("moment for a day", put("effective_date", 20200401), "effective_date", "YYYY-MM-DD"),
    ("unknown event", put("enrolment_event", "birthday"), "enrolment_event", "one of randomisation"),
    ("nobody planned", put("planned_participants", 0), "planned_participants", "from 1 to"),
    ("half a participant", put("planned_participants", 47.5), "planned_participants", "whole number"),
    ("true is no number", put("planned_participants", True), "planned_participants", "whole number"),
    ("unknown key", put("colour", "blue"), "colour", "is not a key"),
    ("unknown inner key", put("arms.0.colour", "blue"), "arms[1].colour", "is not a key"),
    ("arms not a list", put("arms", {"code": "A"}), "arms", "must be a list"),
    ("arms of texts", put("arms", ["A"]), "arms", "list of tables"),
    ("no arms", put("arms", []), "arms", "at least one entry"),
    ("two controls", put("arms.0.is_control", True), "arms", "exactly one control"),
    ("no control", put("arms.1.is_control", False), "arms", "exactly one control"),
    ("nothing investigational", put("arms.0.is_investigational", False), "arms", "investigational"),
    ("arm named twice", put("arms.1.code", "uc_msc"), "arms", "named twice"),
    ("reserved arm", put("arms.1.code", "Total"), "arms", "reserved"),
    ("control is a text", put("arms.0.is_control", "no"), "arms[1].is_control", "true or false"),
    ("site twice", put("sites.1.code", "01"), "sites", "named twice"),
    ("country in words", put("sites.0.country", "France"), "sites[1].country", "ISO 3166"),
    ("one level", drop("strata.0.levels.1"), "strata[1].levels", "at least two"),
    ("gap between levels", put("strata.0.levels.1.above", 71), "strata[1].levels", "every value once"),
    ("level named twice", put("strata.0.levels.1.code", "AGE_UP_TO_70"), "strata[1].levels", "named twice"),
    ("variable without unit", drop("strata.0.unit"), "strata[1].unit", "unit"),
    ("dose skipped", put("infusions.doses.1.number", 4), "infusions.doses", "numbered 1, 2, 3"),
    ("doses out of order", put("infusions.doses.2.day", 3), "infusions.doses", "strictly increasing"),
    (
        "negative tolerance",
        put("infusions.doses.0.tolerance_days", -1),
        "infusions.doses[1].tolerance_days",
        "from 0",
    ),
    ("dose without source", drop("infusions.source"), "infusions.source", MISSING),
    ("no cap at all", put("infusions.cap_cells_million", 0), "infusions.cap_cells_million", "from 0.001"),
    ("cap is a text", put("infusions.cap_cells_million", "80"), "infusions.cap_cells_million", "number"),
    (
        "cap not finite",
        put("infusions.cap_cells_million", float("nan")),
        "infusions.cap_cells_million",
        "number",
    ),
    ("no infusions", drop("infusions"), "infusions", MISSING),
    ("windows overlap", put("event_windows.1.first_day", 14), "event_windows", "after the last day"),
    (
        "window ends first",
        put("event_windows.0.last_day", -1),
        "event_windows[1].last_day",
        "before first_day",
    ),
    ("window without start", drop("event_windows.0.first_day"), "event_windows[1].first_day", "starts on"),
    ("open window first", drop("event_windows.0.last_day"), "event_windows", "after the last day"),
    (
        "emergent with days",
        put("event_windows.0.basis", "treatment_emergent"),
        "event_windows[1].first_day",
        "left out",
    ),
    ("unknown CTCAE", put("dictionary.version", "4.03"), "dictionary.version", "5.0, 6.0"),
    ("no CTCAE version", drop("dictionary.version"), "dictionary.version", MISSING),
    ("none with version", put("dictionary.name", "none"), "dictionary.version", "left out"),
    (
        "undetermined not related",
        put("causality.5.is_related", False),
        "causality[6].is_related",
        "not excluded",
    ),
    ("label twice", put("causality.1.label", "POSSIBLE"), "causality", "named twice"),
    (
        "late window shorter",
        put("haemodynamics.late_window_hours", 5),
        "haemodynamics.late_window_hours",
        "at least",
    ),
    (
        "result on an unplanned day",
        put("outcomes.analysis.primary_days", [9]),
        "outcomes.analysis.primary_days",
        "among",
    ),
    (
        "result on day 0",
        put("outcomes.analysis.primary_days", [0]),
        "outcomes.analysis.primary_days",
        "after",
    ),
    (
        "course not assessed",
        put("outcomes.course_days", [0, 7, 29]),
        "outcomes.course_days",
        "among assessment_days",
    ),
    ("days out of order", put("outcomes.assessment_days", [7, 0]), "outcomes.assessment_days", "increasing"),
    (
        "unknown stratum",
        put("outcomes.analysis.covariate_strata", ["SEX"]),
        "outcomes.analysis.covariate_strata",
        "AGE",
    ),
    (
        "death without a value",
        drop("outcomes.imputation.death_value"),
        "outcomes.imputation.death_value",
        "from 0",
    ),
    (
        "nobody ventilated",
        put("outcomes.free_days.ventilated_by", []),
        "outcomes.free_days.ventilated_by",
        "one",
    ),
    ("organ unknown", put("outcomes.free_days.organs", ["skin"]), "outcomes.free_days.organs", "list of"),
    (
        "kPa limits",
        put("outcomes.plausibility.pao2_mmhg.unit", "kPa"),
        "outcomes.plausibility.pao2_mmhg.unit",
        "mmHg",
    ),
    ("unknown anchor", put("haemodynamics.anchor", "dawn"), "haemodynamics.anchor", "one of"),
    ("no baseline", drop("haemodynamics.checks.0"), "haemodynamics.checks", "baseline"),
    ("checks out of order", put("haemodynamics.checks.2.minutes", 15), "haemodynamics.checks", "increasing"),
    (
        "wrong unit",
        put("haemodynamics.criteria.0.unit", "mcg"),
        "haemodynamics.criteria[1].unit",
        "one of ug/min",
    ),
    (
        "unknown agent",
        put("haemodynamics.criteria.0.agent", "adrenaline"),
        "haemodynamics.criteria[1].agent",
        "one of",
    ),
    (
        "unknown kind",
        put("haemodynamics.criteria.0.kind", "mood"),
        "haemodynamics.criteria[1].kind",
        "one of",
    ),
    (
        "unknown operator",
        put("haemodynamics.criteria.0.operator", "="),
        "haemodynamics.criteria[1].operator",
        "one of",
    ),
    ("no threshold", drop("haemodynamics.criteria.0.value"), "haemodynamics.criteria[1].value", MISSING),
    (
        "criterion unsourced",
        drop("haemodynamics.criteria.0.source"),
        "haemodynamics.criteria[1].source",
        MISSING,
    ),
    (
        "FiO2 in percent",
        put("haemodynamics.criteria.5.parts.0.unit", "%"),
        "haemodynamics.criteria[6].parts[1].unit",
        "one of fraction",
    ),
    (
        "no combinator",
        drop("haemodynamics.criteria.5.combinator"),
        "haemodynamics.criteria[6].combinator",
        MISSING,
    ),
    (
        "unknown support",
        put("haemodynamics.criteria.5.support", ["tent"]),
        "haemodynamics.criteria[6].support",
        "list of",
    ),
    (
        "unknown rhythm",
        put("haemodynamics.criteria.6.rhythms", ["waltz"]),
        "haemodynamics.criteria[7].rhythms",
        "list of",
    ),
    (
        "no rhythm",
        put("haemodynamics.criteria.6.rhythms", []),
        "haemodynamics.criteria[7].rhythms",
        "at least one",
    ),
    (
        "criterion twice",
        put("haemodynamics.criteria.1.id", "norepinephrine"),
        "haemodynamics.criteria",
        "named twice",
    ),
    (
        "pressure in kPa",
        put("haemodynamics.plausibility.map_mmhg.unit", "kPa"),
        "haemodynamics.plausibility.map_mmhg.unit",
        "must be mmHg",
    ),
    (
        "limits crossed",
        put("haemodynamics.plausibility.map_mmhg.soft_low", 200),
        "haemodynamics.plausibility.map_mmhg",
        "must rise",
    ),
    (
        "unknown variable",
        put("haemodynamics.plausibility.mood", {"unit": "1", "hard_low": 0, "hard_high": 1, "source": "x"}),
        "haemodynamics.plausibility.mood",
        "is not a variable",
    ),
    (
        "plausibility a number",
        put("haemodynamics.plausibility", 3),
        "haemodynamics.plausibility",
        "must be tables",
    ),
    (
        "samples overlap",
        put("antibodies.sampling.1.before_days", 13),
        "antibodies.sampling",
        "do not overlap",
    ),
    ("hi below lo", put("antibodies.positive_mfi.hi", 499), "antibodies.positive_mfi.hi", "not be below lo"),
    (
        "unknown class",
        put("antibodies.threshold_classes", ["III"]),
        "antibodies.threshold_classes",
        "list of",
    ),
    ("no class", put("antibodies.threshold_classes", []), "antibodies.threshold_classes", "must name"),
    ("class twice", put("antibodies.threshold_classes", ["I", "I"]), "antibodies.threshold_classes", "twice"),
    ("no threshold source", drop("antibodies.source"), "antibodies.source", MISSING),
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
    ("clock without time", drop("reporting.clocks.0.days"), "reporting.clocks[1].days", "not both"),
    ("clock with both", put("reporting.clocks.0.hours", 24), "reporting.clocks[1].days", "not both"),
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
    ("change", "key", "rule"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG]
)
def test_parse_protocol_names_key_value_and_rule(change: Change, key: str, rule: str) -> None:
    found = problems(changed(change))

    assert key in found
    assert rule in found[key]
    assert found[key].startswith(key)


def test_parse_protocol_lists_everything_at_once() -> None:
    def three_errors(content: dict[str, Any]) -> None:
        content["looks"] = [20, 10]
        content["antibodies"]["mfi_threshold"] = "5000"
        del content["arms"][0]["label"]

    assert set(problems(changed(three_errors))) == {"looks", "antibodies.mfi_threshold", "arms[1].label"}


def test_parse_protocol_of_nothing_names_every_required_key() -> None:
    found = problems({})

    assert {
        "code",
        "arms",
        "infusions",
        "event_windows",
        "dictionary",
        "causality",
        "looks",
        "reporting",
    } <= set(found)
    assert all(MISSING in sentence for key, sentence in found.items() if key in ("code", "arms", "reporting"))


def test_parse_protocol_does_not_blame_the_keys_inside_a_missing_table() -> None:
    assert list(problems(changed(drop("reporting")))) == ["reporting"]


@pytest.mark.parametrize(
    "change",
    [drop("haemodynamics"), drop("antibodies"), drop("boundaries"), drop("outcomes"), drop("strata"), drop("randomisation"),
     drop("sites"), drop("infusions.product"), put("looks", []), drop("event_windows.1.last_day"),
     drop("board"), drop("board.quorum"), put("board", {"source": "states nothing"})],
)  # fmt: skip
def test_parse_protocol_allows_what_may_be_left_out(change: Change) -> None:
    assert parse_protocol(changed(change)).code == "STROMA-COV-2"


def test_charter_that_states_nothing_is_given_nothing() -> None:
    charter = parse_protocol(changed(put("board", {"source": "states nothing"}))).board

    assert charter == BoardCharter(source="states nothing")
    assert charter.quorum is None
    assert parse_protocol(changed(drop("board"))).board is None


def test_protocol_finds_doses_sites_arms_and_causes() -> None:
    protocol = parse_protocol(STROMA)

    found = (
        protocol.dose(2),
        protocol.site("07"),
        protocol.arm("PLACEBO"),
        protocol.cause(" covid-19 PROGRESSION "),
    )

    assert all(found)
    assert protocol.cause("possible") == protocol.cause("POSSIBLE")
    assert (protocol.dose(4), protocol.site("99"), protocol.arm("A"), protocol.cause("")) == (None,) * 4


def test_parse_protocol_reads_the_same_from_json() -> None:
    through_json = json.loads(json.dumps(as_json(STROMA)))

    assert parse_protocol(through_json) == parse_protocol(STROMA)
    assert content_sha256(through_json) == content_sha256(STROMA)


def test_numbers_are_exact_whatever_they_were_read_from() -> None:
    plan = parse_protocol(json.loads(canonical_json(STROMA))).haemodynamics

    assert plan is not None
    assert plan.criteria[3].value == Decimal("0.1")


def test_content_sha256_ignores_the_order_of_keys_and_sees_every_value() -> None:
    turned = dict(reversed(STROMA.items()))

    assert content_sha256(turned) == content_sha256(STROMA)
    assert content_sha256(changed(put("infusions.cap_cells_million", 81))) != content_sha256(STROMA)


def test_as_json_writes_days_and_whole_decimals_plainly() -> None:
    content = {"day": date(2020, 4, 1), "whole": Decimal("80.0"), "part": Decimal("0.5"), "list": (1, 2.0)}

    assert as_json(content) == {"day": "2020-04-01", "whole": 80, "part": 0.5, "list": [1, 2]}


@pytest.mark.parametrize(
    ("data", "named"),
    [(b"looks = [10,\nb = 1", "line 2"), (b"\xff\xfe", "utf-8"), (b"a = 1\na = 2\n", "line 2")],
)
def test_protocol_content_of_no_toml_says_where(data: bytes, named: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        protocol_content(data)

    assert named in str(refused.value)
    assert "must be TOML" in str(refused.value)


def test_protocol_content_allows_a_byte_order_mark() -> None:
    assert protocol_content(b'\xef\xbb\xbfcode = "X"') == {"code": "X"}


def test_long_values_are_cut_in_messages() -> None:
    sentence = problems(changed(put("title", ["x" * 500])))["title"]

    assert len(sentence) < 200
