"""The declaration of the entered fields, compared with the model."""

from typing import Any

import pytest

from events.api.event_filters import EventFilters
from events.api.event_input import EventFields, FollowUp
from events.api.event_output import EventOutput
from events.models import AdverseEvent
from events.rules.adverse_events.entered import ENTERED, ENTERED_FIELDS, FOLLOWED_UP, QUALIFIERS, EnteredField
from events.rules.adverse_events.facts import EventFacts
from reports.frames.schema import ADVERSE_EVENTS
from reports.queries.records import OPEN_TABLES

COLUMNS = {column.name: column for column in AdverseEvent._meta.fields}
KINDS = {
    "text": {"CharField", "TextField"},
    "code": {"CharField"},
    "category": {"CharField"},
    "partial": {"CharField"},
    "flag": {"BooleanField"},
    "criterion": {"BooleanField"},
    "integer": {"PositiveSmallIntegerField"},
    "moment": {"DateTimeField"},
    "relation": {"ForeignKey"},
}


@pytest.mark.parametrize("field", ENTERED_FIELDS, ids=ENTERED)
def test_kind_of_a_field_is_that_of_its_column(field: EnteredField) -> None:
    column = COLUMNS[field.name]

    assert column.get_internal_type() in KINDS[field.kind]
    assert bool(column.choices) is (field.kind == "code" or "grade" in field.name)


@pytest.mark.parametrize("field", ENTERED_FIELDS, ids=ENTERED)
def test_codes_of_a_field_are_the_choices_of_its_column(field: EnteredField) -> None:
    choices: Any = COLUMNS[field.name].choices or ()

    assert not field.codes or field.codes == tuple(code for code, _ in choices)


def test_every_editable_column_that_people_enter_is_declared() -> None:
    columns = {
        field.name for field in AdverseEvent._meta.concrete_fields if field.editable and field.name != "id"
    }
    not_entered = {"trial", "participant", "number", "status", "treatment_emergent"}

    assert set(ENTERED) <= columns
    assert {name for name in columns - set(ENTERED) if name in EventFields().fields} == set()
    assert columns - set(ENTERED) <= not_entered | {
        "voided_at",
        "void_reason",
        "version",
        "recorded_at",
        "changed_at",
    }


def test_a_declared_field_is_at_every_door() -> None:
    columns = OPEN_TABLES["adverse_events"][1]
    framed = {field.name for field in ENTERED_FIELDS if field.meaning}

    assert tuple(EventFields().fields) == ENTERED
    assert tuple(FollowUp().fields)[: len(FOLLOWED_UP)] == FOLLOWED_UP
    assert set(ENTERED) <= set(EventOutput().fields)
    assert {field.name for field in ENTERED_FIELDS if field.kind in ("code", "criterion")} <= set(
        EventFilters.base_filters
    )
    assert framed <= set(ADVERSE_EVENTS.column_names) & set(columns)


def test_rules_read_what_an_import_brings_as_a_qualifier() -> None:
    assert {field.name for field in QUALIFIERS.values()} <= set(EventFacts.__dataclass_fields__)
    assert all(len(name) <= 8 and field.codes for name, field in QUALIFIERS.items())
