"""The history of one record in words: the change, its values, other writes of the transaction.

Nothing sealed.
"""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.choices import Role
from accounts.services import system_user
from audit.services import attributed, current_request_id, mark_void, next_version
from data_management.admin.history import history_steps
from haemodynamics.models import VasopressorRate
from product.models import Allocation
from tests.factories import (
    AT,
    make_enrolled,
    make_event,
    make_reading,
    make_site,
    make_trial,
    make_user,
    save_row,
    unsealed,
)
from tests.plugins.shared_rows import shared_rows
from trials.models import Trial

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=2)


@shared_rows
def trial() -> Trial:
    return make_trial()


def signed_in(role: Role, trial: Trial) -> Client:
    client = Client()
    client.force_login(make_user(role, trial=trial))
    return client


def test_voiding_and_signature_are_called_so(trial: Trial) -> None:
    event = make_event(make_enrolled(trial))
    with attributed(by=system_user(), reason="assessed", at=LATER):
        event.signed_at, event.signed_by = LATER, "investigator"
        next_version(event, at=LATER)
        event.save()
    with attributed(by=system_user(), reason="entered twice", at=LATER):
        mark_void(event, reason="entered twice", at=LATER)
        event.save()

    assert [step.word for step in history_steps(event)] == ["Voided", "Signed", "Recorded"]


def test_parts_of_a_record_are_told_with_it(trial: Trial) -> None:
    reading = make_reading(make_enrolled(trial))
    rate = save_row(
        VasopressorRate(trial=trial, reading=reading, agent="NOREPINEPHRINE", rate="0.5", unit="UG_KG_MIN")
    )
    with attributed(by=system_user(), reason="read again", at=LATER):
        rate.rate = "0.7"
        next_version(rate, at=LATER)
        rate.save()

    told = [(step.part, step.why) for step in history_steps(reading)]

    assert told[0] == ("Vasopressor rate", "read again")
    assert [part for part, _why in told] == ["Vasopressor rate", "Vasopressor rate", ""]


def test_what_one_transaction_wrote_together_is_told_without_sealed_rows(trial: Trial) -> None:
    """Otherwise a history would reveal whose enrolment was written together with something sealed."""
    participant = make_enrolled(trial)  # in the test's one transaction
    before = history_steps(participant)[0].together
    with unsealed(trial):
        save_row(Allocation(trial=trial, participant=participant, arm_code="ACTIVE"))

        inside = history_steps(participant)[0].together
    after = history_steps(participant)[0].together
    make_site(trial)

    assert before == inside == after
    assert "1 site," in f"{after},"
    assert "allocation" not in after
    assert "2 sites," in f"{history_steps(participant)[0].together},"


def test_a_history_page_names_the_request(trial: Trial) -> None:
    token = current_request_id.set("request-of-the-nurse")
    participant = make_enrolled(trial)
    current_request_id.reset(token)

    page = (
        signed_in(Role.AUDITOR, trial).get(f"/history/trials_participant/{participant.pk}/").content.decode()
    )

    assert "request-of-t…" in page
    assert "together with " in page


def test_accounts_have_a_history_without_their_password(trial: Trial) -> None:
    nurse = make_user("nurse", trial=trial, username="nurse-07")
    nurse.set_password("another password")
    with attributed(by=system_user(), reason="forgotten", at=LATER):
        nurse.save()
    client = Client()
    client.force_login(make_user(Role.ADMINISTRATOR))

    page = client.get(f"/history/accounts_user/{nurse.pk}/").content.decode()

    assert "forgotten" in page
    assert "changed; what it holds is not kept" in page
    assert "md5$" not in page


@pytest.mark.parametrize("table", ["accounts_user", "accounts_membership"])
def test_histories_of_accounts_are_for_who_manages_them(trial: Trial, table: str) -> None:
    nurse = make_user("nurse", trial=trial)
    row = nurse if table == "accounts_user" else nurse.memberships.get()

    assert signed_in(Role.AUDITOR, trial).get(f"/history/{table}/{row.pk}/").status_code == 404


def test_the_trails_own_list_shows_role_grants_of_the_trial(trial: Trial) -> None:
    client = signed_in(Role.AUDITOR, trial)

    page = client.get("/audit/entry/?table=accounts_membership").content.decode()

    assert "made for a test" in page
    assert f"/audit/entry/export/{trial.code}.csv" in page
    assert "sealed=1" not in page


def test_days_and_strata_read_as_words(trial: Trial) -> None:
    participant = make_enrolled(trial)
    with attributed(by=system_user(), reason="strata", at=LATER):
        participant.strata, participant.day0_date = {"AGE": "AGE_UP_TO_70", "SOFA": "SOFA_OVER_11"}, AT.date()
        next_version(participant, at=LATER)
        participant.save()

    told = {difference.label: difference.after for difference in history_steps(participant)[0].differences}

    assert told["Strata"] == "AGE: AGE_UP_TO_70, SOFA: SOFA_OVER_11"
