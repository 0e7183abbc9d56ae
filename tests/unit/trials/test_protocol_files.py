"""The shipped protocol files agree with their sources."""

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.trials.protocol_contents import PILOT, PROTOCOLS, STROMA
from trials.rules.protocol import (
    parse_protocol,
)


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
    assert ([sample.day for sample in plan.sampling], plan.mfi_threshold, plan.threshold_classes) == (
        [0, 14],
        5000,
        ("I",),
    )
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
