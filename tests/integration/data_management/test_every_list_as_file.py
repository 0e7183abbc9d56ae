"""Every list that a role sees can be exported, also one that belongs to no trial."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.test import Client

from tests.full_fixture import Everything, make_everything
from tests.plugins.shared_rows import shared_rows
from webkit.admin import RoleScopedAdmin

pytestmark = pytest.mark.django_db


@shared_rows
def everything() -> Everything:
    return make_everything()


def lists_seen(client: Client) -> Iterator[str]:
    scoped = (model for model, page in admin.site._registry.items() if isinstance(page, RoleScopedAdmin))
    for model in scoped:
        if client.get(f"/{model._meta.app_label}/{model._meta.model_name}/").status_code == 200:
            yield model._meta.db_table


@pytest.mark.parametrize("role", ["administrator", "data_manager", "auditor"])
def test_every_list_that_a_role_sees_is_written(everything: Everything, role: str) -> None:
    client = Client()
    client.force_login(everything.users[role])

    answers = {table: client.get(f"/lists/{table}/export.csv") for table in lists_seen(client)}

    assert len(answers) > 2
    assert {table: answer.status_code for table, answer in answers.items() if answer.status_code != 200} == {}
