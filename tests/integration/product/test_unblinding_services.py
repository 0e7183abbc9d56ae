"""Emergency unblinding below the pages: effect, trail without the arm, refusal, two confirmations at once."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Clearance, User
from accounts.services import end_membership, system_user
from audit.models import Entry
from product.choices import UnblindingState
from product.models import Allocation, ArmDisclosure, Unblinding, UnblindingNotice
from product.services.unblinding import (
    ask_unblinding,
    confirm_unblinding,
    disclose_arm,
    unblind_alone,
    unblind_together,
)
from tests.factories import allocate, make_enrolled, make_participant, make_user, save_row, unsealed
from tests.plugins.shared_rows import shared_rows
from tests.unblinded_wards import ACTIVE, ACTIVE_LABEL, CONTROL, CONTROL_LABEL, Emergency, make_emergency
from trials.models import Site

pytestmark = pytest.mark.django_db
ARM_WORDS = (ACTIVE, ACTIVE_LABEL, CONTROL, CONTROL_LABEL)


@shared_rows
def scene() -> Emergency:
    return make_emergency()


def together(scene: Emergency, **changes: Any) -> Unblinding:
    return unblind_together(**scene.said(**changes), second=scene.second)


def shown(row: Unblinding, by: User) -> Any:
    return disclose_arm(unblinding=row, by=by, at=timezone.now())


def test_two_people_at_the_bedside_show_the_arm_to_the_asker(scene: Emergency) -> None:
    row = together(scene)

    arm = shown(row, scene.asker)

    row.refresh_from_db()
    assert (arm.allocated, arm.received) == (ACTIVE_LABEL, None)
    assert (row.confirmation, row.confirmed_by, row.asked_by_role) == ("beside", scene.second, "investigator")
    assert row.state_at(timezone.now()) == UnblindingState.DISCLOSED


def test_arm_actually_received_is_told_when_it_differs(scene: Emergency) -> None:
    with unsealed(scene.ward.trial):
        row = Allocation.objects.get(participant=scene.patient)
        row.received_arm_code = CONTROL
        save_row(row)

    arm = shown(together(scene), scene.asker)

    assert (arm.allocated, arm.received) == (ACTIVE_LABEL, CONTROL_LABEL)


def test_second_person_in_their_own_session_confirms_a_waiting_request(scene: Emergency) -> None:
    asked = ask_unblinding(**scene.said())
    assert asked.state_at(timezone.now()) == UnblindingState.WAITING

    confirm_unblinding(unblinding=asked, by=scene.officer, at=timezone.now())

    asked.refresh_from_db()
    assert (asked.confirmation, asked.confirmed_by) == ("own_session", scene.officer)
    assert shown(asked, scene.asker).allocated == ACTIVE_LABEL


def test_without_a_second_person_the_reason_is_kept_and_everybody_is_told(scene: Emergency) -> None:
    row = unblind_alone(**scene.said(), absence_reason="Nobody answers the hotline")

    assert (row.confirmation, row.confirmed_by, row.absence_reason) == (
        "nobody",
        None,
        "Nobody answers the hotline",
    )
    told = UnblindingNotice.objects.filter(unblinding=row).values_list("recipient__username", flat=True)
    assert {"officer", "second"} <= set(told)


def test_asking_twice_is_asking_once(scene: Emergency) -> None:
    first = ask_unblinding(**scene.said())
    again = ask_unblinding(**scene.said())

    assert first == again
    assert (
        UnblindingNotice.objects.filter(unblinding=first).count() == 2
    )  # the second investigator and the officer


def test_waiting_request_goes_on_alone_when_nobody_comes(scene: Emergency) -> None:
    asked = ask_unblinding(**scene.said())

    row = unblind_alone(**scene.said(category="other"), absence_reason="Nobody came from pharmacovigilance")

    assert row == asked
    assert Unblinding.objects.get().category == "treatment"


def test_request_lapses_after_the_protocols_minutes(scene: Emergency) -> None:
    asked = ask_unblinding(**scene.said())
    asked_at = asked.asked_at
    assert asked.expires_at == asked_at + timedelta(minutes=60)

    with pytest.raises(ValidationError, match="lapsed"):
        confirm_unblinding(
            unblinding=asked, by=scene.officer, at=asked.expires_at + timedelta(microseconds=1)
        )

    assert confirm_unblinding(unblinding=asked, by=scene.officer, at=asked.expires_at).confirmed_at


def test_nobody_confirms_their_own_request(scene: Emergency) -> None:
    asked = ask_unblinding(**scene.said())

    with pytest.raises(ValidationError, match="somebody else"):
        confirm_unblinding(unblinding=asked, by=scene.asker, at=timezone.now())
    with pytest.raises(ValidationError, match="somebody else"):
        unblind_together(**scene.said(), second=scene.asker)

    asked.refresh_from_db()
    assert asked.confirmed_at is None


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.INVESTIGATOR, Role.PHARMACOVIGILANCE}))
def test_other_roles_neither_ask_nor_confirm(scene: Emergency, role: str) -> None:
    trial = None if role == Role.ADMINISTRATOR else scene.ward.trial
    other = make_user(role, trial=trial, site=scene.ward.site)
    asked = ask_unblinding(**scene.said())

    with pytest.raises(PermissionDenied):
        ask_unblinding(**scene.said(by=other))
    with pytest.raises(PermissionDenied):
        confirm_unblinding(unblinding=asked, by=other, at=timezone.now())


def test_investigator_of_another_site_neither_asks_nor_confirms(scene: Emergency) -> None:
    elsewhere = Site.objects.get(trial=scene.ward.trial, code="01")
    other = make_user(Role.INVESTIGATOR, trial=scene.ward.trial, site=elsewhere)

    with pytest.raises(PermissionDenied):
        ask_unblinding(**scene.said(by=other))
    with pytest.raises(PermissionDenied):
        unblind_together(**scene.said(), second=other)

    assert not Unblinding.objects.exists()


def test_system_is_no_second_person(scene: Emergency) -> None:
    with pytest.raises(PermissionDenied):
        unblind_together(**scene.said(), second=system_user())

    assert not Unblinding.objects.exists()


def test_arm_is_shown_to_nobody_but_the_asker(scene: Emergency) -> None:
    row = together(scene)

    for other in (scene.second, scene.officer, scene.ward.nurse, system_user()):
        with pytest.raises(PermissionDenied):
            shown(row, other)

    assert not ArmDisclosure.objects.exists()


def test_arm_is_not_shown_before_the_confirmation(scene: Emergency) -> None:
    asked = ask_unblinding(**scene.said())
    before = Clearance.objects.count()

    with pytest.raises(ValidationError, match="not confirmed"):
        shown(asked, scene.asker)

    assert Clearance.objects.count() == before


def test_asker_who_has_lost_the_role_is_shown_nothing_any_more(scene: Emergency) -> None:
    row = together(scene)
    end_membership(
        membership=scene.asker.memberships.get(),
        by=system_user(),
        at=timezone.now(),
        reason="has left the unit",
    )

    with pytest.raises(PermissionDenied):
        shown(row, User.objects.get(pk=scene.asker.pk))


def test_each_showing_is_logged_for_the_one_participant(scene: Emergency) -> None:
    row = together(scene)

    shown(row, scene.asker)
    shown(row, scene.asker)

    logged = Clearance.objects.filter(ground="unblinding")
    assert [(c.participant_id, c.actor_id) for c in logged] == [(scene.patient.pk, scene.asker.pk)] * 2
    assert ArmDisclosure.objects.filter(unblinding=row).count() == 2


def test_first_showing_stays_the_first(scene: Emergency) -> None:
    row = together(scene)
    first = timezone.now()

    disclose_arm(unblinding=row, by=scene.asker, at=first)
    disclose_arm(unblinding=row, by=scene.asker, at=first + timedelta(hours=3))

    row.refresh_from_db()
    assert row.disclosed_at == first


def test_participant_that_was_not_allocated_here_is_not_called_unblinded(scene: Emergency) -> None:
    other = make_enrolled(scene.ward.trial, scene.ward.site)
    row = together(scene, participant=other)

    arm = shown(row, scene.asker)

    row.refresh_from_db()
    assert (arm.allocated, row.disclosed_at) == (None, None)
    assert Clearance.objects.filter(ground="unblinding").count() == 1


def test_participant_before_randomisation_has_no_arm(scene: Emergency) -> None:
    screened = make_participant(scene.ward.trial, scene.ward.site)

    with pytest.raises(ValidationError, match="not randomised"):
        together(scene, participant=screened)


def test_trail_keeps_who_when_why_and_no_arm(scene: Emergency) -> None:
    row = together(scene)
    shown(row, scene.asker)

    entries = Entry.objects.filter(table_name__in=["product_unblinding", "product_armdisclosure"]).order_by(
        "pk"
    )
    assert [(e.table_name, e.actor_label) for e in entries] == [
        ("product_unblinding", "investigator"),
        ("product_unblinding", "second"),
        ("product_armdisclosure", "investigator"),
        ("product_unblinding", "investigator"),
    ]
    said = json.dumps([[e.reason, e.old, e.new] for e in entries]) + repr(list(Clearance.objects.values()))
    assert [word for word in ARM_WORDS if word.casefold() in said.casefold()] == []


def test_blank_reason_writes_nothing(scene: Emergency) -> None:
    with pytest.raises(ValidationError):
        together(scene, reason="  ")

    assert not Unblinding.objects.exists()
    assert not UnblindingNotice.objects.exists()


def test_refused_second_person_leaves_no_request_behind(scene: Emergency) -> None:
    with pytest.raises(PermissionDenied):
        unblind_together(**scene.said(), second=scene.ward.nurse)

    assert not Unblinding.objects.exists()


def test_asker_who_was_shown_the_arm_asks_no_second_time(scene: Emergency) -> None:
    shown(together(scene), scene.asker)

    with pytest.raises(ValidationError, match="see the arm there"):
        together(scene)


# Committed before it is shown, and once only --------------------------------


@pytest.mark.django_db(transaction=True)
def test_showing_inside_a_foreign_transaction_is_refused_since_it_could_be_rolled_back() -> None:
    scene = make_emergency()
    row = together(scene)

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        shown(row, scene.asker)

    assert not Clearance.objects.filter(ground="unblinding").exists()


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_confirm_once() -> None:
    scene = make_emergency()
    asked = ask_unblinding(**scene.said())
    at = timezone.now()

    refusals = at_once(
        [
            lambda: confirm_unblinding(unblinding=asked, by=scene.second, at=at),
            lambda: confirm_unblinding(unblinding=asked, by=scene.officer, at=at),
            lambda: unblind_alone(**scene.said(at=at), absence_reason="Nobody came from pharmacovigilance"),
        ]
    )

    assert len(refusals) == 2
    assert all("confirmed" in str(refusal) for refusal in refusals)
    changes = Entry.objects.filter(table_name="product_unblinding", change="UPDATE")
    assert (changes.count(), Unblinding.objects.count()) == (1, 1)


def at_once(calls: list[Callable[[], Any]]) -> list[BaseException]:
    """Run them on separate connections; returns their errors."""

    def run(call: Callable[[], Any]) -> None:
        try:
            call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        futures = [pool.submit(run, call) for call in calls]
    return [error for future in futures if (error := future.exception())]


def test_clearance_of_one_participant_shows_no_other_arm(scene: Emergency) -> None:
    other = make_enrolled(scene.ward.trial, scene.ward.site)
    allocate(other, CONTROL)

    arm = shown(together(scene, participant=other), scene.asker)

    assert arm.allocated == CONTROL_LABEL
