"""The words of a history for the other records of one transaction."""

from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.urls import get_resolver
from django.utils import timezone, translation
from django.utils.functional import Promise

from audit.choices import FIRST_ENTRY, reason_in_words
from audit.models import FollowedModel
from data_management.admin.history import NAMED_AT_MOST, TECHNICAL, together_text, value_in_words
from data_management.admin.record_names import COLUMNS, KINDS, column_in_words
from immunology.services.judging import SYSTEM_REASON

MANY = {"trials_infusion": NAMED_AT_MOST - 1, "events_adverseevent": 1}


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({}, ""),
        ({"trials_infusion": 1}, "together with 1 infusion"),
        ({"trials_infusion": 2, "trials_site": 1}, "together with 2 infusions, 1 site"),
        (MANY, "together with 1 adverse event, 19 infusions"),
        (
            MANY | {"trials_site": 1},
            "one of more than 20 records that were written in one go, as by an import",
        ),
    ],
)
def test_few_are_named_by_kind_and_many_are_called_many(tables: dict[str, int], said: str) -> None:
    assert together_text(tables) == said


def test_kinds_are_named_in_the_readers_language() -> None:
    with translation.override("fr"):
        assert together_text({"trials_infusion": 2}) == "avec 2 perfusions"


def test_only_reasons_that_the_code_gives_are_translated() -> None:
    """A person's text stays as typed, also where the catalogue has the same words."""
    with translation.override("fr"):
        said = [reason_in_words(reason) for reason in (FIRST_ENTRY, SYSTEM_REASON, "Death", "typed")]

    assert said == ["première saisie", "jugé d’après les règles", "Death", "typed"]


def shown_in_histories() -> list[models.Field]:
    """Every column that a history may name, of the records that have a page and of their parts."""
    assert get_resolver().url_patterns  # the pages register themselves
    followed = [model for model in apps.get_models() if issubclass(model, FollowedModel)]
    told = [model for model in followed if admin.site.is_registered(model) or model.trail_part_of]
    derived = ("_earliest_at", "_latest_at", "_precision")
    return [
        field
        for model in told
        for field in model._meta.concrete_fields
        if field.name not in TECHNICAL and not field.name.endswith(derived)
    ]


def test_every_column_of_a_history_has_a_name_that_can_be_translated() -> None:
    columns = shown_in_histories()
    bare = {str(field) for field in columns if not isinstance(field.verbose_name, Promise)}

    assert {name for name in bare if name.rsplit(".", 1)[1] not in COLUMNS} == set()
    assert len(columns) > 100


def test_column_without_a_name_in_its_model_is_named_in_french() -> None:
    (field,) = {field for field in shown_in_histories() if field.name == "enrolment_recorded_at"}

    with translation.override("fr"):
        assert column_in_words(field) == "Inclusion enregistrée le"


def test_every_kind_of_open_record_has_a_name_that_can_be_translated() -> None:
    followed = [model for model in apps.get_models() if issubclass(model, FollowedModel)]
    opened = [model for model in followed if not model.trail_sealed]

    bare = {model._meta.label for model in opened if not isinstance(model._meta.verbose_name, Promise)}

    assert bare == set(KINDS)


def test_what_a_rule_kept_is_written_out_without_brackets() -> None:
    (inputs,) = {field for field in shown_in_histories() if field.name == "inputs"}
    kept = {"window": ["2026-09-13T10:20:00+00:00", "2026-09-13"], "rhythms": [], "at": [{"map_mmhg": 58}]}

    with translation.override("en"), timezone.override(ZoneInfo("Europe/Paris")):
        text = value_in_words(inputs, kept)

    assert text == "window: 13 Sep 2026 12:20; 13 Sep 2026, rhythms: not recorded, at: map_mmhg: 58"
