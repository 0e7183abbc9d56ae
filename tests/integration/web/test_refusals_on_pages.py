"""An empty form: every page that makes a record names the missing fields in its own words, each at its field."""

from django.test import Client

from tests.addresses import Address, addresses, url_of
from tests.full_fixture import Everything, make_everything
from tests.plugins.shared_rows import shared_rows
from webkit.forms.refusals import names_its_field

WHO = ("nurse", "investigator", "data_manager", "cell_therapy_unit", "hla_laboratory", "administrator")


@shared_rows
def everything() -> Everything:
    return make_everything()


def refusals(everything: Everything, address: Address) -> list[str]:
    """The refusals of the page for the first role with the permission."""
    for role in WHO:
        client = Client()
        client.force_login(everything.users[role])
        answer = client.post(url_of(address, everything), {})
        if answer.status_code == 200 and answer.context:
            return [problem["message"] for problem in answer.context["problems"]]
    return []


def test_page_sent_empty_names_every_field(everything: Everything) -> None:
    pages = [
        address
        for address in addresses()
        if address.name.startswith("admin:") and address.name.endswith("_add")
    ]

    said = {page.name: refusals(everything, page) for page in pages}

    unnamed = {name: [text for text in texts if not names_its_field(text)] for name, texts in said.items()}
    assert not any(unnamed.values()), unnamed
    assert sum(bool(texts) for texts in said.values()) > 10
