"""No row of the database stops a report: every field that may be empty is emptied, every row may be gone."""

import random
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

import pytest
from django.db import models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.frames import read_snapshot
from reports.queries.adverse_events import ReferenceSafety, terms_of
from reports.queries.as_of import Past
from reports.queries.frames import FrameMaterial, blinded_frames, whole_frames
from reports.queries.people import People
from reports.queries.records import ALL_TABLES, SEALED_TABLES, Records, records_of
from reports.rendering.document import canonical_bytes
from tests.factories import AT, make_reading, make_specimen, unsealed
from tests.full_fixture import make_everything
from tests.integration.reports.board_trials import LATER, arm_codes, enrol_many, report_event, treat
from tests.plugins.shared_rows import shared_rows
from trials.models import ProtocolVersion, Trial

pytestmark = pytest.mark.django_db


@shared_rows
def whole() -> Trial:
    """One of everything, and six more participants with an infusion, a reading, a specimen and events."""
    trial = make_everything().trial
    for person in enrol_many(trial, 6):
        treat(person)
        report_event(person, serious=True, hospitalisation=True, severity="SEVERE")
        report_event(person, number=2, outcome="FATAL")
        make_reading(person)
        make_specimen(person)
    assert len(arm_codes(trial)) == 2
    return trial


def read(trial: Trial) -> Records:
    with unsealed(trial, at=AT):
        return records_of(trial_id=trial.pk, zone=trial.timezone, cutoff=LATER, enrolled_up_to=None)


TOGETHER = {
    "onset": ("onset_earliest_at", "onset_latest_at"),
    "ended": ("ended_earliest_at", "ended_latest_at"),
    "died": ("died_earliest_at", "died_latest_at"),
    "occurred": ("occurred_earliest_at", "occurred_latest_at"),
}
"""A partial date and its span: the database keeps all of them or none."""
ALWAYS = {("infusions", "started_at")}
"""Of an infusion that was given the database demands it."""


@cache
def may_be_empty(table: str) -> Mapping[str, Any]:
    """The columns of a table that may be empty, each with what it holds then; spans follow their dates."""
    fields = {field.attname: field for field in ALL_TABLES[table][0]._meta.concrete_fields}
    spans = {column for columns in TOGETHER.values() for column in columns}
    found: dict[str, Any] = {}
    for name in ALL_TABLES[table][1]:
        field = fields[name]
        if name in spans or (table, name) in ALWAYS:
            continue
        if field.null:
            found[name] = None
        elif field.blank and isinstance(field, models.CharField | models.TextField):
            found[name] = ""
    return found


def emptied(records: Records, chance: random.Random, share: float, wholly: set[tuple[str, str]]) -> Records:
    """The records with a share of the possible gaps, some columns wholly empty, and some rows gone."""
    return replace(
        records,
        tables={
            name: _emptied(name, past, chance, share, {column for table, column in wholly if table == name})
            for name, past in records.tables.items()
        },
    )


def _emptied(name: str, past: Past, chance: random.Random, share: float, wholly: set[str]) -> Past:
    if not share and not wholly:
        return past
    changed = [_gapped(name, row, chance, share, wholly) for row in past.rows]
    if not changed:
        return past
    return Past([row for row in changed if chance.random() >= share / 4 or name == "sites"], 0, 0)


def _gapped(
    name: str, row: Mapping[str, Any], chance: random.Random, share: float, wholly: set[str]
) -> dict[str, Any]:
    empty = may_be_empty(name)
    gone = {column for column in empty if column in wholly or chance.random() < share}
    spans = {span for column in gone for span in TOGETHER.get(column, ())}
    values = {**dict.fromkeys(spans), **{column: empty[column] for column in gone}}
    return {column: values.get(column, value) for column, value in row.items()}


def check_frames(trial: Trial, records: Records) -> None:
    """Both snapshots can be written and read: from there on `test_reports_of_incomplete_frames` takes over."""
    protocol = ProtocolVersion.objects.version_of(trial_id=trial.pk, on=None).protocol()
    material = FrameMaterial(protocol, terms_of(protocol), AT, ReferenceSafety(None))
    blinded, everything = People(records.without(SEALED_TABLES)), People(records)
    shared = blinded_frames(blinded, material)
    for people in (blinded, everything):
        frames = whole_frames(people, material, shared)
        found = participants_in(canonical_bytes({"frames": frames}))
        assert found == len(records.by_id("participants"))


@lru_cache(maxsize=16)
def participants_in(snapshot: bytes) -> int:
    """How many there are, once the whole is read.

    Most columns stand in one snapshot of the two, or in none: the same bytes are not read again.
    """
    _, found = read_snapshot(snapshot)
    return len(found.participants)


COLUMNS = [(table, column) for table in ALL_TABLES for column in may_be_empty(table)]


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(
    seed=st.integers(0, 10_000),
    share=st.sampled_from([0.0, 0.05, 0.2, 0.5, 0.9]),
    wholly=st.sets(st.sampled_from(COLUMNS), max_size=6),
)
def test_report_is_made_whatever_a_row_lacks(
    whole: Trial, seed: int, share: float, wholly: set[tuple[str, str]]
) -> None:
    check_frames(whole, emptied(read(whole), random.Random(seed), share, wholly))


@pytest.mark.parametrize("table", sorted(ALL_TABLES))
def test_report_is_made_when_nothing_of_a_table_is_known(whole: Trial, table: str) -> None:
    records = read(whole)
    for column in may_be_empty(table):
        check_frames(whole, emptied(records, random.Random(1), 0, {(table, column)}))

    none = Past([], 0, 0)
    if table != "sites":
        check_frames(whole, replace(records, tables={**records.tables, table: none}))
