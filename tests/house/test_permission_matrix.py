"""Every address × every role, cell by cell, against a readable table: `permission_matrix.txt`.

Addresses are discovered: a new one fails until its line is written. A cell has the status of the response. 200 is the
page. With 400 the role may, and the empty request is refused by its content. 302 is sent to sign in, 403 forbidden, 404
not found for this role, 405 no such method.
"""

import logging
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.choices import Role
from tests.addresses import Address, addresses, url_of
from tests.factories import make_user
from tests.full_fixture import Everything, make_everything
from tests.house.blind.answers import Asker
from tests.plugins.shared_rows import shared_rows

MATRIX = Path(__file__).with_name("permission_matrix.txt")
ANONYMOUS = "anonymous"
BACKEND = "django.contrib.auth.backends.ModelBackend"
SHARED_BY_SITES = (
    "admin:password_",
    "admin:events_ctcaeterm_",
    "admin:pharmacovigilance_declaration_",
    "admin:pharmacovigilance_obligationrule_",
    "admin:pharmacovigilance_rsiversion_",
    "admin:pharmacovigilance_webhook_",
    "admin:events_siteword_",
    "admin:trials_protocolversion_",
    "admin:trials_site_",
    "admin:trials_trial_",
    "sites-",
    "trials-",
)
"""Pages of one row that belong to the whole trial, or to the account itself."""
HEALTH = "GET healthz"
"""Responds 503, to all alike, while no worker runs, as in this test."""
COLUMNS = [*Role, ANONYMOUS]
SHORT = {
    "nurse": "nur",
    "investigator": "inv",
    "data_manager": "dat",
    "cell_therapy_unit": "ctu",
    "hla_laboratory": "hla",
    "pharmacovigilance": "pha",
    "unblinded_reporter": "rep",
    "unblinded_reviewer": "rev",
    "unblinded_statistician": "sta",
    "board_member": "brd",
    "board_chair": "cha",
    "sponsor": "spo",
    "administrator": "adm",
    "auditor": "aud",
    ANONYMOUS: "---",
}


@cache
def written() -> Mapping[str, list[str]]:
    """The table as it is kept in the file."""
    lines = [line.split() for line in MATRIX.read_text().splitlines() if line and not line.startswith("#")]
    return {f"{method} {name}": statuses for method, name, *statuses in lines}


def answers(everything: Everything) -> dict[str, list[str]]:
    """The status of every address for every column."""
    columns = [answers_for(role, everything) for role in COLUMNS]
    return {name: [column[name] for column in columns] for name in columns[0]}


def answers_for(role: str, everything: Everything) -> dict[str, str]:
    """The status of every address for one column, from a client of its own; what is written is taken back."""
    client = Client()
    with transaction.atomic():
        if role != ANONYMOUS:
            client.force_login(everything.users[role], backend=BACKEND)
        asker = Asker({name: morsel.value for name, morsel in client.cookies.items()})
        found = {
            str(address): str(_status(asker, address, everything))
            for address in addresses()
            if address.name != "admin:logout"
        }
        transaction.set_rollback(True)
    return found


def _status(asker: Asker, address: Address, everything: Everything) -> int:
    url = url_of(address, everything)
    return asker.answer(address.method, url, "{}", content_type="application/json").status_code


def as_text(table: dict[str, list[str]]) -> str:
    """The table as it is kept in the file."""
    head = f"# {'':<66}" + " ".join(SHORT[role] for role in COLUMNS)
    return "\n".join([head, *(f"{name:<68}{' '.join(statuses)}" for name, statuses in table.items()), ""])


@shared_rows
def everything() -> Everything:
    return make_everything()


@pytest.fixture
def quickly(settings: Any) -> Iterator[None]:
    """No worker runs and none is waited for.

    Nobody reads the log of some hundred refusals, each with its traceback; sessions are in memory, which spares each of
    three thousand requests a query.
    """
    settings.HEALTH_PATIENCE_SECONDS = 0.01
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("role", COLUMNS)
@pytest.mark.usefixtures("quickly")
def test_every_address_answers_every_role_as_the_table_says(role: str, everything: Everything) -> None:
    place = COLUMNS.index(role)
    table = {name: statuses[place] for name, statuses in written().items()}

    found = answers_for(role, everything)

    differing = [
        f"{name}: {found.get(name)} instead of {table.get(name)}"
        for name in sorted({*found, *table})
        if found.get(name) != table.get(name)
    ]
    assert differing == []


@pytest.mark.usefixtures("quickly")
def test_a_nurse_of_another_site_finds_nothing_there(everything: Everything) -> None:
    client = Client()
    with transaction.atomic():
        nurse = make_user("nurse", trial=everything.trial, site=everything.trial.sites.get(code="02"))
        client.force_login(nurse, backend=BACKEND)
        seen = [
            str(address)
            for address in addresses()
            if address.method == "GET" and address.name.endswith(("-detail", "_change"))
            if not address.name.startswith(SHARED_BY_SITES)
            if client.get(url_of(address, everything)).status_code == 200
        ]
        transaction.set_rollback(True)

    assert seen == []


def test_no_cell_of_the_table_is_a_server_error() -> None:
    broken = [name for name, row in written().items() if any(status.startswith("5") for status in row)]

    assert broken == [HEALTH]
