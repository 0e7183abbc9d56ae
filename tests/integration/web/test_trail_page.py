"""The trail as the auditor reads it: entries by reference, sealed tables not even by name."""

import re

import pytest
from django.test import Client

from accounts.choices import Role
from audit.models import Entry
from tests.one_of_everything import make_everything

pytestmark = pytest.mark.django_db

LINK = re.compile(r"/audit/entry/([^/]+)/change/")


@pytest.fixture
def auditor(client: Client) -> Client:
    client.force_login(
        make_everything().users[Role.AUDITOR], backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def test_the_list_leads_to_each_entry_by_reference(auditor: Client) -> None:
    references = LINK.findall(auditor.get("/audit/entry/").content.decode())

    assert references
    assert all(len(reference) == 16 for reference in references)
    assert auditor.get(f"/audit/entry/{references[0]}/change/").status_code == 200


def test_a_number_leads_nowhere_whether_its_entry_is_open_or_sealed_or_not_there(auditor: Client) -> None:
    open_entry = Entry.objects.filter(sealed=False).latest("pk").pk

    told = {auditor.get(f"/audit/entry/{number}/change/").status_code for number in (open_entry, 1, 999_999)}

    assert told == {302}


def test_a_reference_that_nobody_gave_out_leads_nowhere(auditor: Client) -> None:
    assert auditor.get(f"/audit/entry/{'f' * 16}/change/").status_code == 302


def test_the_filter_names_no_sealed_table(auditor: Client) -> None:
    page = auditor.get("/audit/entry/").content.decode()

    assert "table=trials_participant" in page
    assert not re.search("DSA|table=immunology_dsafinding|table=trials_allocation|Donor typing", page)


def test_the_history_of_something_without_a_number_is_not_there(auditor: Client) -> None:
    assert auditor.get("/trials/participant/none/history/").status_code == 404
