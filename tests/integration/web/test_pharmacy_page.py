"""The page on which a site's pharmacy states the salt on its norepinephrine labels."""

import pytest
from django.test import Client

from audit.models import Entry
from tests.factories import make_user
from tests.plugins.shared_rows import shared_rows
from tests.ward import Ward, make_ward

pytestmark = pytest.mark.django_db


@shared_rows
def ward() -> Ward:
    return make_ward()


def client_of(ward: Ward, role: str) -> Client:
    client = Client()
    client.force_login(make_user(role, trial=ward.trial, site=ward.site))
    return client


def change(client: Client, ward: Ward, **fields: str) -> int:
    entry = {"norepinephrine_salt": "tartrate", "reason": "the pharmacy wrote", "seen_version": "1", **fields}
    status: int = client.post(f"/trials/site/{ward.site.pk}/change/", entry).status_code
    ward.site.refresh_from_db()
    return status


def test_data_manager_sets_the_salt_with_a_reason(ward: Ward) -> None:
    status = change(client_of(ward, "data_manager"), ward, name="Another name")

    assert (status, ward.site.norepinephrine_salt, ward.site.version) == (302, "tartrate", 2)
    assert ward.site.name != "Another name"
    entry = Entry.objects.filter(table_name="trials_site", row_id=ward.site.pk).latest("pk")
    assert entry.reason == "the pharmacy wrote"


@pytest.mark.parametrize(
    "fields", [{"reason": ""}, {"norepinephrine_salt": "sulphate"}, {"seen_version": "7"}]
)
def test_wrong_change_is_refused_and_nothing_is_kept(ward: Ward, fields: dict[str, str]) -> None:
    status = change(client_of(ward, "data_manager"), ward, **fields)

    assert (status, ward.site.norepinephrine_salt, ward.site.version) == (200, "unknown", 1)


def test_nurse_reads_it_only(ward: Ward) -> None:
    assert change(client_of(ward, "nurse"), ward) == 403
    assert ward.site.norepinephrine_salt == "unknown"
