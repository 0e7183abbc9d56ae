"""Refusals of format: one sentence with the field, the value and the rule, the same on a form and over HTTP."""

import copy
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from rest_framework import serializers

from webkit.admin import NamedRefusals
from webkit.api.problems import problem_response
from webkit.api.shapes import StrictSerializer
from webkit.forms.refusals import names_its_field, shortened

APPS = (
    "accounts",
    "webkit",
    "trials",
    "assessments",
    "events",
    "product",
    "haemodynamics",
    "immunology",
    "reports",
    "interchange",
    "dsmb",
    "worklist",
    "data_management",
    "safety_monitor",
)
PAGES = ("admin", "admin_site", "forms", "views", "worklist")


def load_every_page() -> None:
    for app in APPS:
        for module in pkgutil.walk_packages(importlib.import_module(app).__path__, f"{app}."):
            if module.name.split(".")[1] in PAGES:
                importlib.import_module(module.name)


def kinds_of(base: type[Any]) -> Iterator[type[Any]]:
    for kind in base.__subclasses__():
        yield kind
        yield from kinds_of(kind)


def forms_of_the_house() -> list[type[Any]]:
    load_every_page()
    found = {kind for kind in kinds_of(forms.BaseForm) if kind.__module__.split(".")[0] in APPS}
    return sorted(found - {NamedRefusals}, key=lambda kind: (kind.__module__, kind.__qualname__))


HOUSE_FORMS = forms_of_the_house()
FIELDS = [
    (f"{kind.__module__}.{kind.__qualname__}.{name}", name, field)
    for kind in HOUSE_FORMS
    for name, field in kind.base_fields.items()
    if not isinstance(field, forms.ModelChoiceField)
]


def test_every_form_names_what_it_refuses() -> None:
    assert [kind.__qualname__ for kind in HOUSE_FORMS if not issubclass(kind, NamedRefusals)] == []
    assert len(HOUSE_FORMS) > 50


def refused(name: str, field: forms.Field, data: dict[str, Any]) -> list[str]:
    probe = type("Probe", (NamedRefusals, forms.Form), {name: copy.deepcopy(field)})
    return [str(message) for messages in probe(data).errors.values() for message in messages]


def wrong(name: str, field: forms.Field, value: str) -> dict[str, Any]:
    parts = getattr(field.widget, "widgets_names", [""])
    return {name + part: value for part in parts}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_whatever_a_field_refuses_its_sentence_names_it(language: str) -> None:
    with translation.override(language):
        for place, name, field in FIELDS:
            for data in ({}, *(wrong(name, field, value) for value in ("x" * 9000, "\x00", "31/31/31"))):
                assert [text for text in refused(name, field, data) if not names_its_field(text)] == [], place


class Sheet(NamedRefusals, forms.Form):
    code = forms.CharField(max_length=5)
    heart_rate = forms.IntegerField(max_value=300)
    weight = forms.DecimalField(max_digits=4, decimal_places=1)
    sex = forms.ChoiceField(choices=[("F", "F"), ("M", "M")])


class SheetShape(StrictSerializer):
    code = serializers.CharField(max_length=5)
    heart_rate = serializers.IntegerField(max_value=300)
    weight = serializers.DecimalField(max_digits=4, decimal_places=1)
    sex = serializers.ChoiceField(choices=["F", "M"])


RIGHT = {"code": "07", "heart_rate": "80", "weight": "70.5", "sex": "F"}
TABLE = [
    ("code", "", "Code: left empty, and it is needed.", "Code : champ vide, une réponse est nécessaire."),
    (
        "code",
        "07-012",
        "Code: “07-012” is too long; at most 5 characters are kept.",
        "Code : « 07-012 » est trop long ; 5 caractères au plus sont conservés.",
    ),
    (
        "heart_rate",
        "fast",
        "Heart rate: “fast” is not a whole number.",
        "Heart rate : « fast » n’est pas un nombre entier.",
    ),
    (
        "heart_rate",
        "800",
        "Heart rate: “800” is too high; at most 300.",
        "Heart rate : « 800 » est trop élevé ; 300 au plus.",
    ),
    (
        "weight",
        "heavy",
        "Weight: “heavy” is not a number.",
        "Weight : « heavy » n’est pas un nombre.",
    ),
    (
        "weight",
        "70.55",
        "Weight: “70.55” has too many decimal places; at most 1.",
        "Weight : « 70.55 » a trop de décimales ; 1 au plus.",
    ),
    ("sex", "X", "Sex: “X” is none of the choices.", "Sex : « X » n’est pas l’un des choix."),
]


def over_http(data: dict[str, Any]) -> dict[str, str]:
    shape = SheetShape(data=data)
    with pytest.raises(serializers.ValidationError) as refusal:
        shape.is_valid(raise_exception=True)
    answer = problem_response(refusal.value, {})
    assert answer is not None
    return {error["field"]: error["message"] for error in answer.data["errors"]}


@pytest.mark.parametrize(("field", "value", "english", "french"), TABLE, ids=lambda cell: str(cell)[:24])
def test_form_and_api_say_the_same(field: str, value: str, english: str, french: str) -> None:
    data = {**RIGHT, field: value}
    for language, said in (("en", english), ("fr", french)):
        with translation.override(language):
            on_the_form = dict(Sheet(data).errors.items())
            assert [plain(text) for text in on_the_form.pop(field)] == [said]
            assert on_the_form == {}
            assert {name: plain(text) for name, text in over_http(data).items()} == {field: said}


def plain(text: str) -> str:
    """Without the spaces that hold a French mark to its word."""
    return str(text).replace("\u202f", " ").replace("\u00a0", " ")


def test_field_that_is_not_sent_is_named_over_http() -> None:
    assert over_http({}) == {
        "code": "Code: left empty, and it is needed.",
        "heart_rate": "Heart rate: left empty, and it is needed.",
        "weight": "Weight: left empty, and it is needed.",
        "sex": "Sex: left empty, and it is needed.",
    }


def test_what_a_service_refuses_is_named_over_http() -> None:
    refusal = ValidationError({"died": ValidationError("This field cannot be blank.", code="blank")})

    answer = problem_response(refusal, {})

    assert answer is not None
    assert answer.data["errors"] == [
        {"field": "died", "message": "Died: left empty, and it is needed.", "code": "blank"}
    ]


def test_our_own_sentence_stays_as_it_is() -> None:
    class Day(NamedRefusals, forms.Form):
        day = forms.CharField(error_messages={"required": "Day: say which."})

    assert Day({}).errors == {"day": ["Day: say which."]}


def test_password_is_never_repeated() -> None:
    class Signature(NamedRefusals, forms.Form):
        password = forms.CharField(max_length=5, widget=forms.PasswordInput)

    (message,) = Signature({"password": "secret-of-mine"}).errors["password"]

    assert message.startswith("Password: ")
    assert "secret" not in message


@pytest.mark.parametrize(
    ("value", "shown"),
    [("x" * 60, "x" * 60), ("x" * 61, "x" * 59 + "…"), (["31", "", "2020"], "31 2020"), (None, "")],
)
def test_long_value_is_shortened(value: Any, shown: str) -> None:
    assert shortened(value) == shown
