"""A role is given in a trial that exists, at a site that this trial has; both are chosen from a list."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import Membership, User
from accounts.services import grant_membership, system_user
from tests.factories import AT, make_membership, make_site, make_trial, make_user
from trials.models import Site, Trial

pytestmark = pytest.mark.django_db
ADD = "/accounts/membership/add/"
NO_TRIAL = "Trial: “99” is none of the trials here."
NO_SITE = "Site: “STROMA” is no site of the trial chosen."


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(make_user("administrator"))
    return client


def wish(person: User, trial: str, site: str = "", role: str = "nurse") -> dict[str, object]:
    return {"user": person.pk, "role": role, "trial_code": trial, "site_code": site, "why": "delegation log"}


def refused(person: User, trial_code: str, site_code: str = "") -> str:
    with pytest.raises(ValidationError) as refusal:
        grant_membership(
            user=person,
            role="nurse",
            trial_code=trial_code,
            site_code=site_code,
            by=system_user(),
            at=AT,
            reason="please",
        )
    return " ".join(refusal.value.messages)


def test_the_service_refuses_a_trial_and_a_site_that_do_not_exist() -> None:
    person, trial = make_user(), make_trial()

    assert refused(person, "99") == NO_TRIAL
    assert refused(person, trial.code, "STROMA") == NO_SITE

    assert not person.memberships.exists()


def test_a_site_of_another_trial_is_refused() -> None:
    person, trial, other = make_user(), make_trial(), make_trial()
    site = make_site(other)

    assert refused(person, trial.code, site.code) == f"Site: “{site.code}” is no site of the trial chosen."


def test_the_form_refuses_in_the_same_words(administrator: Client) -> None:
    person, trial = make_user(), make_trial()

    assert NO_TRIAL in administrator.post(ADD, wish(person, "99")).content.decode()
    assert NO_SITE in administrator.post(ADD, wish(person, trial.code, "STROMA")).content.decode()

    assert not person.memberships.exists()


def options(page: str, name: str) -> list[str]:
    select = re.search(rf'<select name="{name}".*?</select>', page, re.S)
    assert select, name
    return re.findall(r'<option value="([^"]*)"', select[0])


def two_trials_with_a_site_01() -> tuple[Trial, Trial, Site, Site]:
    one, other = make_trial(code="AURORA"), make_trial(code="BOREAS")
    return one, other, make_site(one, code="01", name="Lyon"), make_site(other, code="01", name="Nantes")


def test_trial_and_site_are_chosen_from_what_exists(administrator: Client) -> None:
    two_trials_with_a_site_01()

    page = administrator.get(ADD).content.decode()

    assert options(page, "trial_code") == ["", "AURORA", "BOREAS"]
    assert options(page, "site_code") == ["", "AURORA/01", "BOREAS/01"]


def test_a_site_counts_with_its_own_trial_only(administrator: Client) -> None:
    person = make_user()
    two_trials_with_a_site_01()

    mixed = administrator.post(ADD, wish(person, "AURORA", "BOREAS/01")).content.decode()
    assert "Site: “BOREAS/01” is no site of the trial chosen." in mixed
    assert not person.memberships.exists()

    administrator.post(ADD, wish(person, "AURORA", "AURORA/01"))
    saved = Membership.objects.get(user=person)
    assert (saved.trial_code, saved.site_code) == ("AURORA", "01")


def test_the_page_of_roles_is_linked_where_an_administrator_looks(administrator: Client) -> None:
    person = make_user(username="newcomer")

    accounts = administrator.get("/accounts/user/").content.decode()
    account = administrator.get(f"/accounts/user/{person.pk}/change/").content.decode()

    assert 'href="/accounts/membership/"' in accounts
    assert f'href="{ADD}"' in accounts
    assert f'href="{ADD}?user={person.pk}"' in account
    assert 'href="/accounts/membership/?q=newcomer"' in account


def test_the_page_of_one_role_still_names_its_place(administrator: Client) -> None:
    trial = make_trial()
    site = make_site(trial)
    membership = make_membership(make_user(), "nurse", trial=trial, site=site)

    page = administrator.get(f"/accounts/membership/{membership.pk}/change/").content.decode()

    assert trial.code in page
    assert site.code in page
