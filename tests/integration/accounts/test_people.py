"""Accounts and roles: what an administrator may not do, and concurrent changes."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.services import end_membership, grant_membership, save_account, system_user
from tests.concurrency import while_reading
from tests.factories import AT, make_membership, make_trial, make_user

pytestmark = pytest.mark.django_db
LATER = AT.replace(year=AT.year + 1)


def test_the_systems_name_is_given_to_nobody() -> None:
    administrator = make_user("administrator")
    User.objects.filter(username="system").update(username="elsewhere")

    with pytest.raises(ValidationError, match="the system's own account"):
        save_account(
            user=User(username="system", password="!"), by=administrator, at=AT, reason="a second account"
        )


@pytest.mark.parametrize(
    ("held", "wished"), [("board_member", "administrator"), ("administrator", "board_member")]
)
def test_an_administrator_of_every_trial_is_blinded_in_each(held: str, wished: str) -> None:
    trial, person = make_trial(), make_user()
    of = {"board_member": trial, "administrator": None}
    make_membership(person, held, trial=of[held])

    with pytest.raises(ValidationError, match="blinded and an unblinded"):
        make_membership(person, wished, trial=of[wished])


def test_an_end_is_not_moved_by_a_second_one() -> None:
    membership = make_membership(make_user(), "nurse", trial=make_trial())
    said = {"by": system_user(), "reason": "has left"}
    end_membership(membership=membership, at=AT, **said)

    with pytest.raises(ValidationError, match="ended before"):
        end_membership(membership=membership, at=LATER, **said)

    membership.refresh_from_db()
    assert membership.ended_at == AT


@pytest.mark.django_db(transaction=True)
def test_two_grants_at_once_do_not_join_a_blinded_and_an_unblinded_role() -> None:
    trial, person = make_trial(), make_user()
    said = {
        "user": person,
        "trial_code": trial.code,
        "by": system_user(),
        "at": AT,
        "reason": "delegation log",
    }

    with (
        pytest.raises(ValidationError, match="blinded and an unblinded"),
        while_reading(lambda: grant_membership(role="board_member", **said), once_read="accounts_membership"),
    ):
        grant_membership(role="nurse", **said)

    assert [membership.role for membership in person.memberships.all()] == ["nurse"]
