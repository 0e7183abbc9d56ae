"""Every address × every role, cell by cell, against a table that people read: `permission_matrix.txt`.

Addresses are discovered: a new one fails until its line is written. In a cell stands the status of the answer: 200 the page,
400 the role may and the empty request is refused by its content, 302 sent to sign in, 403 forbidden, 404 not there for this
role, 405 no such method.
"""

from pathlib import Path

import pytest
from django.test import Client

from accounts.choices import Role
from tests.addresses import Address, addresses, url_of
from tests.factories import make_user
from tests.one_of_everything import Everything, make_everything

MATRIX = Path(__file__).with_name("permission_matrix.txt")
ANONYMOUS = "anonymous"
BACKEND = "django.contrib.auth.backends.ModelBackend"
SHARED_BY_SITES = (
    "admin:password_",
    "admin:events_ctcaeterm_",
    "admin:trials_protocolversion_",
    "admin:trials_site_",
    "admin:trials_trial_",
    "sites-",
    "trials-",
)
"""Pages of one row that belong to the whole trial, or to the account itself."""
HEALTH = "GET healthz"
"""Says 503, to everybody alike, while no worker runs, as in this test."""
COLUMNS = [*Role, ANONYMOUS]
SHORT = {
    "nurse": "nur",
    "investigator": "inv",
    "data_manager": "dat",
    "cell_therapy_unit": "ctu",
    "hla_laboratory": "hla",
    "pharmacovigilance": "pha",
    "unblinded_statistician": "sta",
    "board_member": "brd",
    "board_chair": "cha",
    "sponsor": "spo",
    "administrator": "adm",
    "auditor": "aud",
    ANONYMOUS: "---",
}


def written() -> dict[str, list[str]]:
    lines = [line.split() for line in MATRIX.read_text().splitlines() if line and not line.startswith("#")]
    return {f"{method} {name}": statuses for method, name, *statuses in lines}


def answers(everything: Everything) -> dict[str, list[str]]:
    """The status of every address for every column, each from a client of its own."""
    clients = {role: Client(raise_request_exception=False) for role in COLUMNS}
    for role in Role:
        clients[role].force_login(everything.users[role], backend=BACKEND)
    return {
        str(address): [str(_status(clients[role], address, everything)) for role in COLUMNS]
        for address in addresses()
        if address.name != "admin:logout"
    }


def _status(client: Client, address: Address, everything: Everything) -> int:
    url = url_of(address, everything)
    if address.method == "GET":
        return client.get(url).status_code
    return client.generic(address.method, url, "{}", content_type="application/json").status_code


def as_text(table: dict[str, list[str]]) -> str:
    """The table as it is kept in the file."""
    head = f"# {'':<66}" + " ".join(SHORT[role] for role in COLUMNS)
    return "\n".join([head, *(f"{name:<68}{' '.join(statuses)}" for name, statuses in table.items()), ""])


@pytest.mark.django_db
def test_every_address_answers_every_role_as_the_table_says() -> None:
    found = answers(make_everything())

    table = written()

    differing = [
        f"{name}: {found.get(name)} instead of {table.get(name)}"
        for name in sorted({*found, *table})
        if found.get(name) != table.get(name)
    ]
    assert differing == []


@pytest.mark.django_db
def test_a_nurse_of_another_site_finds_nothing_there() -> None:
    everything = make_everything()
    site = everything.trial.sites.get(code="02")
    client = Client()
    client.force_login(make_user("nurse", trial=everything.trial, site=site), backend=BACKEND)

    seen = [
        str(address)
        for address in addresses()
        if address.method == "GET" and address.name.endswith(("-detail", "_change"))
        if not address.name.startswith(SHARED_BY_SITES)
        if client.get(url_of(address, everything)).status_code == 200
    ]

    assert seen == []


@pytest.mark.parametrize("name", sorted(written()))
def test_no_cell_of_the_table_is_a_server_error(name: str) -> None:
    assert name == HEALTH or not any(status.startswith("5") for status in written()[name])
