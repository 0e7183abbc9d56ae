"""Each constraint of the unblinding tables: one row that passes, one that the database itself refuses."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.utils import DatabaseError

from product.models import (
    ArmDisclosure,
    InadvertentUnblinding,
    Unblinding,
    UnblindingAccount,
    UnblindingNotice,
)
from tests.factories import AT, save_row, unsealed
from tests.plugins.shared_rows import shared_rows
from tests.unblinded_wards import Emergency, make_emergency

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = AT + timedelta(minutes=5)


@shared_rows
def scene() -> Emergency:
    return make_emergency()


def request_of(scene: Emergency, **changes: Any) -> Unblinding:
    values = {
        "trial": scene.ward.trial,
        "participant": scene.patient,
        "category": "treatment",
        "reason_text": "Anaphylaxis",
        "asked_by": scene.asker,
        "asked_by_role": "investigator",
        "asked_at": AT,
        "expires_at": AT + HOUR,
    }
    return Unblinding(**(values | changes))


def confirmed(scene: Emergency, **changes: Any) -> dict[str, Any]:
    return {"confirmation": "beside", "confirmed_by": scene.second, "confirmed_at": LATER} | changes


def mistake(scene: Emergency, **changes: Any) -> InadvertentUnblinding:
    values = {
        "trial": scene.ward.trial,
        "participant": scene.patient,
        "site": scene.ward.site,
        "learner": "nurse",
    }
    return InadvertentUnblinding(**(values | changes))


EMERGENCIES: dict[str, tuple[Any, Any]] = {
    "product_unblinding_has_reason": (lambda s: {}, lambda s: {"reason_text": ""}),
    "product_unblinding_expires": (lambda s: {"expires_at": LATER}, lambda s: {"expires_at": AT}),
    "product_unblinding_two_people": (
        confirmed,
        lambda s: confirmed(s, confirmed_by=s.asker),
    ),
    "product_unblinding_second_person_or_why_not": (
        lambda s: confirmed(s, confirmation="nobody", confirmed_by=None, absence_reason="Nobody answers"),
        lambda s: confirmed(s, confirmation="nobody", confirmed_by=None),
    ),
    "product_unblinding_confirmed_in_time": (
        lambda s: confirmed(s, confirmed_at=AT + HOUR),
        lambda s: confirmed(s, confirmed_at=AT + HOUR + timedelta(microseconds=1)),
    ),
    "product_unblinding_repeat_told_after_confirmation": (
        lambda s: confirmed(s, repeat_told_at=LATER),
        lambda s: {"repeat_told_at": LATER},
    ),
    "product_unblinding_shown_after_confirmation": (
        lambda s: confirmed(s, disclosed_at=LATER),
        lambda s: {"disclosed_at": LATER},
    ),
}

MISTAKES: dict[str, tuple[Any, Any]] = {
    "product_inadvertent_other_described": (
        lambda s: {"learner": "other", "learner_description": "Ward physiotherapist"},
        lambda s: {"learner": "other"},
    ),
    "product_inadvertent_assessed_whole": (
        lambda s: {"impact": "limited", "assessed_by": s.officer, "assessed_at": AT},
        lambda s: {"impact": "limited"},
    ),
    "product_inadvertent_assessed_by_another": (
        lambda s: {"impact": "none", "assessed_by": s.officer, "assessed_at": AT, "learnt_by": s.second},
        lambda s: {"impact": "none", "assessed_by": s.officer, "assessed_at": AT, "learnt_by": s.officer},
    ),
    "product_inadvertent_participant_has_site": (
        lambda s: {"participant": None, "site": None},
        lambda s: {"site": None},
    ),
    "product_inadvertent_void_reason": (
        lambda s: {"voided_at": AT, "void_reason": "wrong participant"},
        lambda s: {"voided_at": AT},
    ),
}


def saved_or_refused(row: Any, constraint: str = "") -> None:
    if not constraint:
        save_row(row)
        return
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        save_row(row)


@pytest.mark.parametrize("constraint", EMERGENCIES)
def test_constraint_of_an_emergency(scene: Emergency, constraint: str) -> None:
    right, wrong = EMERGENCIES[constraint]

    saved_or_refused(request_of(scene, **right(scene)))
    saved_or_refused(request_of(scene, **wrong(scene)), constraint)


@pytest.mark.parametrize("constraint", MISTAKES)
def test_constraint_of_a_mistake(scene: Emergency, constraint: str) -> None:
    right, wrong = MISTAKES[constraint]

    saved_or_refused(mistake(scene, **right(scene)))
    saved_or_refused(mistake(scene, **wrong(scene)), constraint)


def test_every_constraint_of_both_tables_is_tried() -> None:
    declared = {
        constraint.name
        for model in (Unblinding, InadvertentUnblinding)
        for constraint in model._meta.constraints
    }

    assert declared == {*EMERGENCIES, *MISTAKES}


def test_account_says_what_happened(scene: Emergency) -> None:
    record = save_row(mistake(scene))
    values = {"trial": scene.ward.trial, "inadvertent": record, "channel": "product"}

    with unsealed(scene.ward.trial):
        saved_or_refused(UnblindingAccount(**values, what_happened=""), "product_unblindingaccount_told")
        saved_or_refused(UnblindingAccount(**values, what_happened="Saw the label"))


def test_notice_is_about_one_record_once(scene: Emergency) -> None:
    row = save_row(request_of(scene))
    said = {"recipient": scene.officer, "news": "unblinded", "created_at": AT}
    UnblindingNotice.objects.create(unblinding=row, **said)

    with pytest.raises(IntegrityError, match="once"), transaction.atomic():
        UnblindingNotice.objects.create(unblinding=row, **said)
    with pytest.raises(IntegrityError, match="about_one"), transaction.atomic():
        UnblindingNotice.objects.create(**said)


def test_disclosure_is_neither_changed_nor_deleted(scene: Emergency) -> None:
    row = save_row(request_of(scene, **confirmed(scene)))
    save_row(ArmDisclosure(trial=scene.ward.trial, unblinding=row, shown_to=scene.asker, shown_at=LATER))

    for statement in (
        "UPDATE product_armdisclosure SET shown_at = now()",
        "DELETE FROM product_armdisclosure",
    ):
        with pytest.raises((DatabaseError, ProgrammingError)), transaction.atomic():
            connection.cursor().execute(statement)
