"""Frozen and locked data refuse every write in one sentence; opening them needs a reason."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import RecordSignature, User
from accounts.services import signatures_of
from assessments.services import record_deviation
from audit.models import FollowedModel
from audit.services import attributed, next_version
from haemodynamics.models import VasopressorRate
from haemodynamics.services.evaluation import evaluate_changed_infusions
from tests.factories import (
    AT,
    make_enrolled,
    make_event,
    make_infusion,
    make_reading,
    make_specimen,
    make_user,
    save_row,
)
from tests.integration.trials.api_client import Api, fields_of
from tests.plugins.shared_rows import shared_rows
from trials.models import DataLock, Participant, Site, Trial
from trials.queries import tables_closed_by_locks
from trials.services import correct_participant, freeze_data, lift_lock, lock_data

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=30)
FROZEN = "Participant 07-001: the data are frozen; nothing is recorded or changed until a data manager unfreezes them."
STAYS_OPEN = {
    "trials.DataLock": "the lock itself",
    "product.Unblinding": "an emergency is never stopped",
    "product.InadvertentUnblinding": "what was learnt by mistake is told whenever it is learnt",
    "pharmacovigilance.SafetyCase": "reporting to authorities goes on",
    "pharmacovigilance.TermCoding": "coding for reports goes on",
    "data_management.DataQuery": "questions about the data, not the data",
    "data_management.SourceVerification": "a mark beside the data",
}


@shared_rows
def person(trial: Trial, site: Site) -> Participant:
    return make_enrolled(trial, site, code="07-001")


@shared_rows
def manager(trial: Trial) -> User:
    return make_user("data_manager", trial=trial, first_name="Ada", last_name="Weiss")


def freeze(person: Participant, by: User, **said: Any) -> DataLock:
    return freeze_data(participant=person, **{"by": by, "at": LATER, "reason": "interim look", **said})


def test_every_open_table_about_a_participant_is_closed_or_says_why_not() -> None:
    with_participant = {
        model._meta.label
        for model in apps.get_models()
        if issubclass(model, FollowedModel) and not model.trail_sealed
        if any(field.related_model is Participant for field in model._meta.concrete_fields)
    }
    closed = {table.model._meta.label for table in tables_closed_by_locks()}

    assert with_participant - closed == set(STAYS_OPEN)
    assert {"trials.Participant", "haemodynamics.VasopressorRate", "events.AdverseEvent"} <= closed


def test_frozen_data_refuse_a_change_of_every_kind_of_record(person: Participant, manager: User) -> None:
    reading = make_reading(person)
    rate = save_row(
        VasopressorRate(
            trial_id=person.trial_id, reading=reading, agent="norepinephrine", rate=1, unit="mg_h"
        )
    )
    rows = [person, make_event(person), make_infusion(person), reading, make_specimen(person), rate]
    freeze(person, manager)

    for row in rows:
        with pytest.raises(ValidationError) as refused:
            save_again(row, manager)
        assert refused.value.messages == [FROZEN], row


def save_again(row: Any, by: User) -> None:
    next_version(row, at=LATER)
    with attributed(by=by, reason="for a test", at=LATER):
        row.save()


def test_frozen_data_refuse_new_records_through_a_service(
    person: Participant, manager: User, nurse: User
) -> None:
    freeze(person, manager)
    said = {"category": "assessment", "importance": "minor", "occurred": "2020-04-08", "description": "Late."}

    with pytest.raises(ValidationError, match="the data are frozen"):
        record_deviation(site=person.site, participant=person, values=said, by=nurse, at=LATER, reason="log")
    record_deviation(site=person.site, participant=None, values=said, by=nurse, at=LATER, reason="log")


def test_page_and_api_refuse_in_the_same_sentence(
    person: Participant, manager: User, nurse: User, client: Client, trial: Trial
) -> None:
    freeze(person, manager)
    client.force_login(nurse, backend="django.contrib.auth.backends.ModelBackend")
    page = client.post(
        f"/trials/participant/{person.pk}/withdraw/",
        {
            "withdrawn_date_day": "20",
            "withdrawn_date_month": "4",
            "withdrawn_date_year": "2020",
            "withdrawal_reason": "moved",
        },
    )
    answer = Api(nurse).post(
        f"participants/{person.pk}/withdraw/",
        {"withdrawn_date": "2020-04-20", "withdrawal_reason": "moved", "reason": "told by phone"},
    )

    assert FROZEN in page.content.decode()
    assert answer.status_code == 400
    assert answer.json()["detail"] == FROZEN
    person.refresh_from_db()
    assert person.withdrawn_date is None


def test_a_lock_is_signed_with_every_record_as_it_stands(person: Participant, manager: User) -> None:
    event = make_event(person)
    freeze(person, manager)
    row = lock_data(participant=person, by=manager, at=LATER, reason="all queries closed")

    (signature,) = signatures_of(row)
    assert (row.kind, row.version, DataLock.objects.count()) == ("locked", 2, 1)
    assert (signature.printed_name, signature.subject_version) == ("Ada Weiss", 2)
    with pytest.raises(ValidationError, match="the data are locked"):
        save_again(event, manager)


def test_the_signature_is_of_the_versions_that_stood(person: Participant, manager: User) -> None:
    event = make_event(person)
    digests = []
    for _time in range(2):
        row = lock_data(participant=person, by=manager, at=LATER, reason="done")
        digests.append(signatures_of(row)[0].content_sha256)
        lift_lock(lock=row, by=manager, at=LATER, reason="a late letter")
        save_again(event, manager)

    assert digests[0] != digests[1]
    assert RecordSignature.objects.count() == 2


def test_opening_needs_a_reason_and_data_can_be_changed_again(person: Participant, manager: User) -> None:
    row = freeze(person, manager)

    with pytest.raises(ValidationError, match=r"[Rr]eason|[Ww]hy"):
        lift_lock(lock=row, by=manager, at=LATER, reason=" ")
    lift_lock(lock=row, by=manager, at=LATER, reason="a late letter")
    correct_participant(
        participant=person, changes={"age_years": 61}, by=manager, at=LATER, reason="a late letter"
    )

    row.refresh_from_db()
    assert row.lifted_because == "a late letter"
    with pytest.raises(ValidationError, match="lifted before"):
        lift_lock(lock=row, by=manager, at=LATER, reason="again")


def test_closing_twice_and_by_a_nurse_are_refused(person: Participant, manager: User, nurse: User) -> None:
    with pytest.raises(PermissionDenied):
        freeze(person, nurse)
    freeze(person, manager)
    with pytest.raises(ValidationError, match="the data are frozen"):
        freeze(person, manager)

    twin = DataLock(
        trial=person.trial, participant=person, kind="frozen", why="w", closed_by=manager, closed_at=LATER
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        save_row(twin)


def test_the_evaluation_of_findings_passes_over_closed_data(person: Participant, manager: User) -> None:
    make_infusion(person)
    freeze(person, manager)

    assert evaluate_changed_infusions(at=AT + timedelta(hours=1)) == 0


def test_others_are_not_closed_with_them(
    person: Participant, manager: User, trial: Trial, site: Site
) -> None:
    other = make_enrolled(trial, site, code="07-002")
    freeze(person, manager)

    save_again(make_event(other), manager)


def test_the_api_freezes_lists_and_lifts(
    person: Participant, manager: User, nurse: User, trial: Trial
) -> None:
    api = Api(manager)
    sent = {"trial": trial.code, "participant": "07-001", "kind": "frozen", "reason": "interim look"}
    made = api.post("locks/", sent, key="k1")
    again = api.post("locks/", sent, key="k1")
    refused = api.post("locks/", {**sent, "kind": "locked", "password": "wrong"})
    seen = Api(nurse).get("locks/?standing=true").json()["results"]
    lifted = api.post(f"locks/{made.json()['id']}/lift/", {"reason": "a late letter"})

    assert (made.status_code, again.json()["id"]) == (201, made.json()["id"])
    assert fields_of(refused) == ["password"]
    assert [row["participant"] for row in seen] == ["07-001"]
    assert (lifted.status_code, lifted.json()["lifted_because"]) == (200, "a late letter")
    assert Api(nurse).post("locks/", sent).status_code == 403


def test_the_list_of_locks_costs_the_same_for_one_and_for_five(
    person: Participant, manager: User, trial: Trial, site: Site, django_assert_max_num_queries: Any
) -> None:
    api = Api(manager)
    lock_data(participant=person, by=manager, at=LATER, reason="done")
    with django_assert_max_num_queries(6) as one:
        assert api.get("locks/").json()["results"][0]["signatures"][0]["printed_name"] == "Ada Weiss"
    for number in range(4):
        other = make_enrolled(trial, site, code=f"07-1{number}")
        lock_data(participant=other, by=manager, at=LATER, reason="done")

    with django_assert_max_num_queries(len(one)):
        assert len(api.get("locks/").json()["results"]) == 5
