"""The content of the states: every sealed table has other rows, every open table the same, under the same numbers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from accounts.models import SealedModel
from audit.models import Entry
from tests.factories import unsealed
from tests.house.blind.acts import change_the_product
from tests.house.blind.cast import Cast
from tests.house.blind.states import State, States, owner_of, sequences_of

MAY_DIFFER = {
    "accounts.Clearance": "the log of openings: shown to nobody who is blinded",
    "accounts.OpeningLogEntry": "the second log of openings: shown to nobody who is blinded",
    "audit.Sealing": "a number of a transaction of the server, shown to nobody",
    "audit.Entry": "numbers of transactions; its sealed entries are sealed",
}
TWO_DRAWINGS = {
    "product.ArmLetter": "two letters for two arms can be drawn in two ways only",
    "pharmacovigilance.IcsrMessage": "the one message of the fixture names one of two products",
}
NOT_DRAWN = {
    "immunology.ParticipantTyping": "the participant's own, whatever the arm; the blinded laboratory reads what it entered",
    "immunology.JudgingChange": "the change of the fixture is one of the protocol's rules, whatever the arm",
    "immunology.CallReading": "the reading of the fixture says the same of each call",
}
NOT_FILLED = {
    "accounts.SealedRecordSignature": "written with each reading of a call, which has tests of its own",
}
"""Tables of which the fixture has no row yet: what they say of a draw is not compared."""
Rows = dict[type[models.Model], list[dict[str, Any]]]


def sealed_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, SealedModel)]


@pytest.fixture(scope="module")
def sealed(states: States) -> list[Rows]:
    """Every sealed table, in each state."""
    return [_contents(state, sealed_models()) for state in states]


def _contents(state: State, asked: list[type[models.Model]]) -> Rows:
    with state.entered(), unsealed(state.cast.everything.trial):
        return {model: list(model._default_manager.order_by("pk").values()) for model in asked}


@pytest.mark.parametrize("model", sealed_models(), ids=lambda model: model._meta.label)
def test_every_sealed_table_differs_between_the_states(sealed: list[Rows], model: type[models.Model]) -> None:
    """Else less is drawn than there is: fill the table in tests/house/blind/cast, other rows in every state."""
    contents = {repr(state[model]) for state in sealed}

    assert bool(sealed[0][model]) is (model._meta.label not in NOT_FILLED)
    few = {**dict.fromkeys(TWO_DRAWINGS, 2), **dict.fromkeys([*NOT_DRAWN, *NOT_FILLED], 1)}
    assert len(contents) == few.get(model._meta.label, len(sealed))


def test_sealed_writes_move_no_number_of_an_open_table(states: States) -> None:
    sealed = {model._meta.label_lower for model in sealed_models()} | {"audit.entry", "accounts.clearance"}
    first, *others = [state.cast.own_rows or state.cast.everything.rows for state in states]

    for other in others:
        assert _open_numbers(other, sealed) == _open_numbers(first, sealed)


def _open_numbers(rows: dict[str, int], sealed: set[str]) -> dict[str, int]:
    return {label: pk for label, pk in rows.items() if label not in sealed}


def test_open_tables_hold_the_same_rows(states: States) -> None:
    """Not only what is shown: an open table that differs would be a leak the day somebody shows it."""
    first, *others = [open_rows(state) for state in states]

    for other in others:
        assert {model._meta.label for model in first if first[model] != other[model]} == set(MAY_DIFFER)


def open_rows(state: State) -> Rows:
    """Everything that the application can read without a clearance."""
    with state.entered():
        models_ = [model for model in apps.get_models() if not issubclass(model, SealedModel)]
        return {model: list(model._default_manager.order_by("pk").values()) for model in models_}


def test_the_open_trail_is_the_same_but_for_the_servers_transactions(states: States) -> None:
    """Its numbers too: one entry more, or a gap, would tell that something sealed was written in between."""
    first, *others = [open_trail(state) for state in states]

    assert first
    for other in others:
        assert other == first


def open_trail(state: State) -> list[dict[str, Any]]:
    with state.entered():
        rows = Entry.objects.order_by("pk").values()
        return [{name: value for name, value in row.items() if name != "transaction_id"} for row in rows]


def test_every_sequence_but_those_of_sealed_tables_stands_at_the_same_number(states: States) -> None:
    """The next row of an open table would be numbered by how much was sealed in between."""
    first, *others = [_entered_sequences(state) for state in states]

    assert first
    for other in others:
        assert {name for name in first if first[name] != other.get(name)} == set()


def test_every_sequence_stands_at_the_same_number_after_unblinded_people_acted(states: States) -> None:
    first, *others = [_entered_sequences(state, change_the_product) for state in states]

    for other in others:
        assert {name for name in first if first[name] != other.get(name)} == set()


def _entered_sequences(state: State, deed: Callable[[Cast], None] | None = None) -> dict[str, int | None]:
    with state.entered():
        if deed:
            deed(state.cast)
        return open_sequences(state)


def open_sequences(state: State) -> dict[str, int | None]:
    """The last number that each open sequence of the state's database has given; those of the trail too."""
    sealed = {model._meta.db_table for model in sealed_models()} | {
        "accounts_clearance",
        "audit_entry_sealed",
    }
    with owner_of(state.database) as owner:
        found = sequences_of(owner)
    return {name: last for name, last in found.items() if not any(name.startswith(f"{t}_") for t in sealed)}
