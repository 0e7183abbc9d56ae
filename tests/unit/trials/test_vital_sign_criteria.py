"""Criteria on blood pressure, heart rate and oxygen saturation in a protocol file."""

from typing import Any

import pytest

from tests.unit.trials.protocol_contents import changed, problems
from trials.rules.protocol import parse_protocol

HYPOTENSION: dict[str, Any] = {
    "id": "HYPOTENSION",
    "label": "MAP below 65 mmHg for 15 min",
    "kind": "vital_signs",
    "combinator": "all",
    "sustained_minutes": 15,
    "window_hours": 6,
    "source": "test",
    "support": [],
    "parts": [
        {"variable": "map_mmhg", "operator": "<", "value": 65, "unit": "mmHg", "semantics": "level"},
    ],
}
AT = "haemodynamics.criteria[11]"


def with_criterion(part: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    criterion = {**HYPOTENSION, **fields}
    criterion["parts"] = [{**HYPOTENSION["parts"][0], **(part or {})}]
    return changed(lambda content: content["haemodynamics"]["criteria"].append(criterion))


def test_blood_pressure_is_a_criterion() -> None:
    plan = parse_protocol(with_criterion()).haemodynamics

    assert plan is not None
    criterion = plan.criteria[-1]
    assert (criterion.id, criterion.kind, criterion.sustained_minutes) == ("HYPOTENSION", "vital_signs", 15)
    assert [(part.variable, part.operator, part.value) for part in criterion.parts] == [("map_mmhg", "<", 65)]


@pytest.mark.parametrize(
    "part",
    [
        {"variable": "sbp_mmhg"},
        {"variable": "dbp_mmhg"},
        {"variable": "heart_rate_bpm", "unit": "bpm"},
        {"variable": "spo2_percent", "unit": "%"},
        {"semantics": "decrease_percent", "unit": "%", "operator": ">=", "value": 20},
        {"semantics": "decrease_of", "operator": ">=", "value": 20},
        {"semantics": "decrease_to"},
    ],
)
def test_every_variable_and_meaning_is_read(part: dict[str, Any]) -> None:
    assert parse_protocol(with_criterion(part)).haemodynamics is not None


@pytest.mark.parametrize(
    ("part", "fields", "key", "rule"),
    [
        ({"variable": "lactate_mmol_l"}, {}, f"{AT}.parts[1].variable", "one of"),
        ({"unit": "kPa"}, {}, f"{AT}.parts[1].unit", "one of"),
        ({"semantics": "decrease_percent"}, {}, f"{AT}.parts[1].unit", "one of"),
        (
            {"semantics": "decrease_percent", "unit": "%"},
            {},
            f"{AT}.parts[1].operator",
            "must be > or >= for the size of a fall",
        ),
        (
            {"semantics": "decrease_to", "operator": ">"},
            {},
            f"{AT}.parts[1].operator",
            "must be < or <= for decrease_to",
        ),
        ({}, {"sustained_minutes": 0}, f"{AT}.sustained_minutes", "from 1 to"),
        ({}, {"sustained_minutes": 361}, f"{AT}.sustained_minutes", "must not be longer than window_hours"),
        ({}, {"kind": "respiratory"}, f"{AT}.parts[1].variable", "one of"),
    ],
)
def test_wrong_criterion_is_refused_by_key_and_rule(
    part: dict[str, Any], fields: dict[str, Any], key: str, rule: str
) -> None:
    found = problems(with_criterion(part, **fields))

    assert rule in found[key]


def test_rate_has_no_percent_of_its_baseline() -> None:
    content = changed(lambda it: it["haemodynamics"]["criteria"][0].update(semantics="increase_percent"))

    assert "one of" in problems(content)["haemodynamics.criteria[1].semantics"]
