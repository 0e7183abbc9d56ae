"""Which pages each role can open.

One table, as people would say it; a cell of the permission matrix that a blinded role opens by mistake is a failed page
here.
"""

import pytest
from django.test import Client
from django.urls import resolve

from accounts.choices import Role
from tests.factories import allocate, make_enrolled, make_user
from tests.house.test_permission_matrix import COLUMNS, written
from tests.plugins.shared_rows import shared_rows
from tests.ward import Ward, make_ward
from trials.models import Participant

pytestmark = pytest.mark.django_db

BEDSIDE = {Role.NURSE, Role.INVESTIGATOR}
READERS = BEDSIDE | {Role.DATA_MANAGER, Role.PHARMACOVIGILANCE, Role.AUDITOR, Role.UNBLINDED_STATISTICIAN}
UNIT = {Role.CELL_THERAPY_UNIT}
STATISTICIAN = {Role.UNBLINDED_STATISTICIAN}
REPORTER = {Role.UNBLINDED_REPORTER}
CASES = BEDSIDE | REPORTER | {Role.DATA_MANAGER, Role.PHARMACOVIGILANCE, Role.AUDITOR}

PAGES = {
    "/trials/participant/": READERS | UNIT | REPORTER,
    "/trials/participant/add/": BEDSIDE,
    "/trials/infusion/": READERS | UNIT | REPORTER,
    "/trials/infusion/add/": BEDSIDE,
    "/events/adverseevent/": READERS | REPORTER,
    "/events/adverseevent/add/": BEDSIDE,
    "/haemodynamics/haemodynamicreading/": READERS,
    "/haemodynamics/haemodynamicfinding/": READERS,
    "/events/ctcaeterm/": READERS | REPORTER,
    "/immunology/specimen/": READERS | {Role.HLA_LABORATORY},
    "/immunology/specimen/add/": BEDSIDE,
    "/immunology/antibodyresult/": {Role.HLA_LABORATORY},
    "/immunology/dsafinding/": STATISTICIAN | {Role.UNBLINDED_REVIEWER},
    "/immunology/donortyping/": UNIT | STATISTICIAN,
    "/immunology/donortyping/add/": UNIT,
    "/product/allocation/": UNIT | STATISTICIAN,
    "/product/allocation/add/": UNIT,
    "/product/productbatch/": UNIT | STATISTICIAN,
    "/product/productbatch/add/": UNIT,
    "/product/dispenseddose/": UNIT | STATISTICIAN,
    "/product/dispenseddose/add/": UNIT,
    "/pharmacovigilance/safetycase/": CASES,
    "/pharmacovigilance/safetycase/add/": {Role.PHARMACOVIGILANCE},
    "/pharmacovigilance/obligation/": CASES,
    "/pharmacovigilance/rsiversion/": CASES,
    "/pharmacovigilance/obligationrule/": CASES,
    "/pharmacovigilance/declaration/": CASES,
    "/pharmacovigilance/deskrecord/": REPORTER,
    "/interchange/importrun/": {Role.DATA_MANAGER},
    "/audit/entry/": {Role.AUDITOR, Role.DATA_MANAGER} | STATISTICIAN,
    "/accounts/user/": {Role.ADMINISTRATOR},
    "/accounts/user/add/": {Role.ADMINISTRATOR},
    "/accounts/membership/": {Role.ADMINISTRATOR},
    "/trials/trial/": set(Role),
}


@shared_rows
def ward() -> Ward:
    return make_ward()


def signed_in(role: str, ward: Ward) -> Client:
    site = ward.site if role in BEDSIDE else None
    trial = None if role == Role.ADMINISTRATOR else ward.trial
    client = Client()
    client.force_login(make_user(role, trial=trial, site=site))
    return client


@pytest.mark.parametrize("page", PAGES)
def test_page_opens_for_its_roles_and_no_other(page: str) -> None:
    """As the permission matrix says, whose own test asks every page as every role."""
    cells = dict(zip(COLUMNS, written()[f"GET {resolve(page).view_name}"], strict=True))

    assert {role for role in Role if cells[role] == "200"} == PAGES[page]


@pytest.mark.parametrize("page", PAGES)
def test_page_opens_while_there_is_nothing_on_it(page: str, ward: Ward) -> None:
    assert signed_in(min(PAGES[page]), ward).get(page).status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_first_page_of_every_role_opens(role: str, ward: Ward) -> None:
    response = signed_in(role, ward).get("/", follow=True)

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.UNBLINDED_STATISTICIAN, "/board/"),
        (Role.BOARD_CHAIR, "/board/"),
        (Role.AUDITOR, "/audit/entry/"),
        (Role.ADMINISTRATOR, "/accounts/user/"),
    ],
)
def test_whoever_has_no_list_of_work_starts_where_their_own_work_is(role: str, page: str, ward: Ward) -> None:
    response = signed_in(role, ward).get("/", follow=True)

    assert response.redirect_chain[-1][0] == page


@pytest.mark.parametrize("role", [role for role in Role if role not in UNIT | STATISTICIAN])
def test_history_of_a_sealed_record_is_not_there_for_others(role: str, ward: Ward) -> None:
    allocation = allocate(make_enrolled(ward.trial, ward.site), "UC_MSC")

    response = signed_in(role, ward).get(f"/history/product_allocation/{allocation.pk}/")

    assert response.status_code == 404
    assert "UC_MSC" not in response.content.decode()


def test_history_of_a_sealed_record_opens_for_the_unit(ward: Ward) -> None:
    allocation = allocate(make_enrolled(ward.trial, ward.site), "UC_MSC")

    response = signed_in(Role.CELL_THERAPY_UNIT, ward).get(f"/history/product_allocation/{allocation.pk}/")

    assert "Umbilical-cord mesenchymal stromal cells" in response.content.decode()


def test_stranger_is_asked_to_sign_in(client: Client) -> None:
    assert client.get("/").headers["Location"].startswith("/login/")


def test_account_without_a_role_is_told_so() -> None:
    client = Client()
    client.force_login(make_user())

    assert "Your account has no role" in client.get("/").content.decode()


@pytest.mark.parametrize("path", ["/", "/trials/participant/", "/login/", "/nowhere/"])
def test_every_page_carries_the_strict_policy(path: str, ward: Ward) -> None:
    policy = signed_in(Role.NURSE, ward).get(path).headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_nothing_is_deleted_through_a_page(ward: Ward) -> None:
    participant = make_enrolled(ward.trial, ward.site)
    nurse = signed_in(Role.NURSE, ward)

    nurse.post(f"/trials/participant/{participant.pk}/delete/", {"post": "yes"}, follow=True)
    nurse.post(
        "/trials/participant/",
        {"action": "delete_selected", "_selected_action": participant.pk, "post": "yes"},
    )

    assert Participant.objects.filter(pk=participant.pk).exists()
