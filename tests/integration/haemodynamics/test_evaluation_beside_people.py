"""An evaluation during a concurrent write: results from older data must not overwrite newer ones."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction

from haemodynamics.models import HaemodynamicFinding
from haemodynamics.services import confirm_finding, evaluate_changed_infusions, evaluate_one_infusion
from tests.concurrency import while_reading
from tests.integration.haemodynamics.haemodynamic_rows import (
    NOW,
    START,
    Bedside,
    make_bedside,
    norepinephrine,
)
from trials.models import Participant
from trials.services import correct_infusion

PATIENCE_SECONDS = 3


@pytest.mark.django_db(transaction=True)
def test_a_reading_entered_meanwhile_keeps_its_finding() -> None:
    bedside = make_bedside()
    bedside.read(-10, norepinephrine("5"))

    with while_reading(
        lambda: bedside.read(60, norepinephrine("20")), once_read="haemodynamics_haemodynamicreading"
    ):
        evaluate_one_infusion(infusion_id=bedside.infusion.pk, at=NOW)

    assert HaemodynamicFinding.objects.get().state == "candidate"


@pytest.mark.django_db(transaction=True)
def test_a_decision_made_meanwhile_is_not_lost() -> None:
    bedside = make_bedside()
    bedside.read(-10, norepinephrine("5"))
    bedside.read(60, norepinephrine("20"))
    move_start(bedside)
    finding = HaemodynamicFinding.objects.get()

    def decide() -> None:
        confirm_finding(finding=finding, by=bedside.investigator, at=NOW, reason="seen at the bedside")

    with while_reading(decide, once_read="haemodynamics_haemodynamicfinding"):
        evaluate_one_infusion(infusion_id=bedside.infusion.pk, at=NOW)

    kept = HaemodynamicFinding.objects.get()
    assert (kept.state, kept.decided_by) == ("confirmed", bedside.investigator.username)


@pytest.mark.django_db(transaction=True)
def test_the_sweep_waits_for_nobody() -> None:
    """An import has locked one participant and needs the next: a sweep that locked the next would deadlock with it."""
    bedside = make_bedside()
    move_start(bedside)

    def sweep() -> None:
        try:
            evaluate_changed_infusions(at=NOW)
        finally:
            connection.close()

    sweeping = Thread(target=sweep)
    with transaction.atomic():
        Participant.objects.select_for_update().get(pk=bedside.participant.pk)
        sweeping.start()
        sweeping.join(PATIENCE_SECONDS)
        is_waiting = sweeping.is_alive()
    sweeping.join()

    assert not is_waiting


def move_start(bedside: Bedside) -> None:
    """By five minutes: the finding stands, and what it rests on has changed."""
    correct_infusion(
        infusion=bedside.infusion,
        changes={"started_at": START + timedelta(minutes=5)},
        by=bedside.nurse,
        at=NOW,
        reason="wrong minute",
    )
