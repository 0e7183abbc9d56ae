"""The permission table: its functions, and the permissions that no role may have."""

import pytest

from accounts.choices import Action, Role
from accounts.rules import PERMISSIONS, UNBLINDED_ROLES, Grant, clashing_roles, may, sites_for

SEALED_ACTIONS = (
    Action.VIEW_ANTIBODIES,
    Action.VIEW_ALLOCATION,
    Action.ALLOCATE,
    Action.MANAGE_PRODUCT,
    Action.VIEW_PRODUCT,
    Action.VIEW_CLOSED_REPORT,
    Action.MAKE_REPORT,
    Action.OPEN_ARM_KEY,
)


def test_table_names_every_action() -> None:
    assert set(PERMISSIONS) == set(Action)


@pytest.mark.parametrize("action", SEALED_ACTIONS)
def test_sealed_actions_belong_to_unblinded_roles_only(action: Action) -> None:
    assert PERMISSIONS[action] <= UNBLINDED_ROLES


@pytest.mark.parametrize(
    ("grant", "trial_code", "site_code", "expected"),
    [
        (Grant("nurse", "T1", "07"), "T1", "07", True),
        (Grant("nurse", "T1", "07"), "T1", "08", False),
        (Grant("nurse", "T1", "07"), "T1", "", False),
        (Grant("nurse", "T1", ""), "T1", "07", True),
        (Grant("nurse", "T1", ""), "T2", "07", False),
        (Grant("data_manager", "T1", ""), "T1", "07", False),
    ],
)
def test_a_nurse_records_events_where_she_works(
    grant: Grant, trial_code: str, site_code: str, expected: bool
) -> None:
    assert may([grant], Action.RECORD_EVENT, trial_code=trial_code, site_code=site_code) is expected


def test_sites_for_a_bound_and_an_unbound_grant() -> None:
    bound = [Grant("nurse", "T1", "07"), Grant("investigator", "T1", "08")]

    assert sites_for(bound, Action.VIEW_EVENTS, trial_code="T1") == {"07", "08"}
    assert sites_for([Grant("auditor", "T1")], Action.VIEW_EVENTS, trial_code="T1") is None
    assert sites_for(bound, Action.VIEW_EVENTS, trial_code="T2") == frozenset()


@pytest.mark.parametrize("unblinded", sorted(UNBLINDED_ROLES))
@pytest.mark.parametrize("blinded", sorted(set(Role) - UNBLINDED_ROLES))
def test_blinded_and_unblinded_roles_clash(blinded: str, unblinded: str) -> None:
    assert clashing_roles([blinded, unblinded]) == {unblinded}
    assert clashing_roles([unblinded]) == frozenset()
    assert clashing_roles([blinded]) == frozenset()
