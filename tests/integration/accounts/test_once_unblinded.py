"""A person who opened a trial's seal in an unblinded role can have no blinded role there, however long ago."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.choices import ClearanceGround, Role
from accounts.models import Membership, User
from accounts.rules import UNBLINDED_ROLES
from accounts.services import cleared, end_membership, issue_token, system_user
from audit.services import attributed
from product.services.product import allocate_participant
from product.services.unblinding import open_arm_key
from reports.services.clearances import reading
from tests.factories import AT, make_enrolled, make_membership, make_site, make_trial, make_user
from tests.ward import make_patient, make_ward
from trials.models import Trial

pytestmark = pytest.mark.django_db
REFUSED = "has opened sealed data of the trial"
LATER = AT + timedelta(days=400)
BLINDED_ROLES = sorted(set(Role) - UNBLINDED_ROLES)


def open_seal(
    trial: Trial, by: User, ground: ClearanceGround = ClearanceGround.ROLE, at: datetime = AT, **only: Any
) -> None:
    with cleared(ground=ground, by=by, trial_id=trial.pk, purpose="read", at=at, **only):
        pass


def end(membership: Membership, at: datetime = AT + timedelta(days=1)) -> None:
    end_membership(membership=membership, by=system_user(), at=at, reason="has left")


def test_opening_in_a_request_that_failed_counts_as_well() -> None:
    trial, person = make_trial(), make_user()
    membership = make_membership(person, Role.UNBLINDED_STATISTICIAN, trial=trial)
    with suppress(ZeroDivisionError), transaction.atomic():
        open_seal(trial, person)
        raise ZeroDivisionError
    end(membership)

    with pytest.raises(ValidationError, match=REFUSED):
        make_membership(person, "investigator", trial=trial)


@pytest.mark.parametrize("role", sorted(UNBLINDED_ROLES))
def test_no_blinded_role_follows_an_unblinded_one_that_opened_the_seal(role: str) -> None:
    trial, person = make_trial(), make_user()
    membership = make_membership(person, role, trial=trial)
    open_seal(trial, person)
    end(membership)

    with pytest.raises(ValidationError, match=REFUSED):
        make_membership(person, "investigator", trial=trial)

    assert not person.memberships.standing().exists()


@pytest.mark.parametrize("wished", BLINDED_ROLES)
def test_each_blinded_role_is_refused(wished: str) -> None:
    trial, person = make_trial(), make_user()
    end(make_membership(person, "board_member", trial=trial))
    open_seal(trial, person)

    with pytest.raises(ValidationError, match=REFUSED):
        make_membership(person, wished, trial=None if wished == "administrator" else trial)


def test_the_key_of_the_arms_is_an_opening() -> None:
    person = make_user()
    trial = make_ward().trial
    membership = make_membership(person, "unblinded_statistician", trial=trial)
    open_arm_key(trial=trial, by=person, at=AT, reason="asked by the board")
    end(membership)

    with pytest.raises(ValidationError, match=REFUSED):
        make_membership(person, "data_manager", trial=trial)


@pytest.mark.parametrize("role", ["board_member", "board_chair", "unblinded_statistician"])
def test_a_closed_report_that_was_read_is_an_opening(role: str) -> None:
    trial, person = make_trial(), make_user()
    membership = make_membership(person, role, trial=trial)
    with reading(trial, person, AT):
        pass
    end(membership)

    with pytest.raises(ValidationError, match=REFUSED):
        make_membership(person, "investigator", trial=trial)


def test_an_allocation_that_was_entered_is_an_opening() -> None:
    ward, person = make_ward(), make_user()
    membership = make_membership(person, "cell_therapy_unit", trial=ward.trial)
    patient = make_patient(ward, "07-012", enrolled_at=AT)
    allocate_participant(participant=patient, arm_code="PLACEBO", by=person, at=AT, reason="list")
    end(membership)

    with pytest.raises(ValidationError, match=REFUSED):
        make_membership(person, "nurse", trial=ward.trial)


def open_and_be_refused(trial: Trial, by: User) -> None:
    """The seal is opened and the request refused, which rolls the clearance back."""
    with suppress(ValidationError), transaction.atomic():
        open_seal(trial, by)
        raise ValidationError("Batch: of another arm than the participant's.")


@pytest.mark.parametrize("wished", ["nurse", "sponsor"])
def test_an_opening_that_a_refusal_took_back_counts_too(wished: str) -> None:
    trial, person = make_trial(), make_user()
    membership = make_membership(person, "cell_therapy_unit", trial=trial)
    open_and_be_refused(trial, person)
    end(membership)

    with pytest.raises(ValidationError, match=REFUSED):
        make_membership(person, wished, trial=trial)

    with (
        pytest.raises(IntegrityError, match=REFUSED),
        transaction.atomic(),
        attributed(by=system_user(), at=LATER, reason="around the service"),
    ):
        Membership(user=person, role=wished, trial_code=trial.code, granted_at=LATER).save()


@pytest.mark.parametrize("role", sorted(UNBLINDED_ROLES))
def test_an_unblinded_role_that_opened_nothing_excludes_nobody(role: str) -> None:
    trial, person = make_trial(), make_user()
    end(make_membership(person, role, trial=trial))

    make_membership(person, "investigator", trial=trial)


@pytest.mark.parametrize("ground", [ClearanceGround.RANDOMISATION, ClearanceGround.AUDIT])
def test_whatever_the_ground_an_opening_while_the_role_was_held_counts(ground: ClearanceGround) -> None:
    trial, person = make_trial(), make_user()
    membership = make_membership(person, "unblinded_statistician", trial=trial)
    open_seal(trial, person, ground)
    end(membership)

    with pytest.raises(ValidationError, match=REFUSED):
        make_membership(person, "nurse", trial=trial)


@pytest.mark.parametrize(
    ("role", "ground"),
    [
        ("hla_laboratory", ClearanceGround.LABORATORY),
        ("data_manager", ClearanceGround.IMPORT),
        ("data_manager", ClearanceGround.RANDOMISATION),
    ],
)
def test_what_blinded_people_open_without_reading_it_keeps_them_blinded(
    role: str, ground: ClearanceGround
) -> None:
    trial, person = make_trial(), make_user()
    end(make_membership(person, role, trial=trial))
    open_seal(trial, person, ground)

    make_membership(person, "investigator", trial=trial)


def test_an_import_after_an_unblinded_role_that_opened_nothing_excludes_nobody() -> None:
    trial, person = make_trial(), make_user()
    end(make_membership(person, "cell_therapy_unit", trial=trial))
    open_seal(trial, person, ClearanceGround.IMPORT, LATER)

    make_membership(person, "data_manager", trial=trial)


def test_one_participant_opened_in_an_emergency_keeps_the_blinded_role() -> None:
    trial = make_trial()
    site = make_site(trial)
    person = make_user("investigator", trial=trial, site=site)
    patient = make_enrolled(trial, site)
    open_seal(trial, person, ClearanceGround.UNBLINDING, participant_id=patient.pk)

    make_membership(person, "pharmacovigilance", trial=trial)


def test_another_trial_is_another_matter() -> None:
    one, other, person = make_trial(), make_trial(), make_user()
    membership = make_membership(person, "board_chair", trial=one)
    open_seal(one, person)
    end(membership)

    make_membership(person, "investigator", trial=other)
    with pytest.raises(ValidationError, match=REFUSED):
        make_membership(person, "investigator", trial=one)


def test_an_unblinded_role_may_follow_a_blinded_one_and_follow_itself() -> None:
    trial, person = make_trial(), make_user()
    end(make_membership(person, "investigator", trial=trial))
    first = make_membership(person, "unblinded_statistician", trial=trial)
    open_seal(trial, person)
    end(first)

    make_membership(person, "board_member", trial=trial)


def test_an_administrator_may_be_nobody_who_was_unblinded_in_any_trial() -> None:
    trial, person = make_trial(), make_user()
    make_trial()
    membership = make_membership(person, "cell_therapy_unit", trial=trial)
    open_seal(trial, person)
    end(membership)

    with pytest.raises(ValidationError, match=REFUSED):
        make_membership(person, "administrator", trial=None)


@pytest.mark.parametrize("role", sorted(UNBLINDED_ROLES))
def test_the_database_refuses_it_too(role: str) -> None:
    trial, person = make_trial(), make_user()
    membership = make_membership(person, role, trial=trial)
    open_seal(trial, person)
    end(membership)
    wished = Membership(user=person, role="nurse", trial_code=trial.code, granted_at=LATER)

    with (
        pytest.raises(IntegrityError, match=REFUSED),
        transaction.atomic(),
        attributed(by=system_user(), at=LATER, reason="around the service"),
    ):
        wished.save()

    assert not person.memberships.standing().exists()


def test_a_role_that_ended_is_not_revived_in_the_database() -> None:
    trial, person = make_trial(), make_user()
    nurse = make_membership(person, "nurse", trial=trial)
    end(nurse)
    open_seal(trial, person)

    with (
        pytest.raises(IntegrityError, match=REFUSED),
        transaction.atomic(),
        attributed(by=system_user(), at=LATER, reason="around the service"),
    ):
        Membership.objects.filter(pk=nurse.pk).update(ended_at=None)


def test_the_form_refuses_in_the_same_sentence(client: Client) -> None:
    trial, person = make_trial(), make_user()
    site = make_site(trial)
    client.force_login(make_user("administrator"))
    membership = make_membership(person, "board_member", trial=trial)
    open_seal(trial, person)
    end(membership)

    answer = client.post(
        "/accounts/membership/add/",
        {
            "user": person.pk,
            "role": "investigator",
            "trial_code": trial.code,
            "site_code": f"{trial.code}/{site.code}",
            "why": "delegation log",
        },
    )

    assert answer.status_code == 200
    assert REFUSED in answer.content.decode()
    assert not person.memberships.standing().exists()


def test_an_ended_role_is_given_no_token() -> None:
    trial, person = make_trial(), make_user()
    membership = make_membership(person, "unblinded_statistician", trial=trial)
    end(membership)

    with pytest.raises(ValidationError, match="it has ended"):
        issue_token(membership=membership, label="late", by=system_user(), at=AT, reason="please")

    assert not membership.tokens.exists()
