"""After an infusion has changed: a task is sent after commit, and the sweep finds the same work from the rows."""

from datetime import timedelta

import pytest

from haemodynamics.models import HaemodynamicFinding
from haemodynamics.services import evaluate_changed_infusions, evaluate_one_infusion
from haemodynamics.tasks import evaluate_infusion, sweep_infusions
from tests.integration.haemodynamics.haemodynamic_rows import (
    NOW,
    START,
    Bedside,
    make_bedside,
    norepinephrine,
)
from tests.plugins.shared_rows import shared_rows
from trials.models import Infusion
from trials.services import correct_infusion, void_infusion

pytestmark = pytest.mark.django_db


@shared_rows
def bedside() -> Bedside:
    """With a finding one hour after the start."""
    bedside = make_bedside()
    bedside.read(-10, norepinephrine("5"))
    bedside.read(60, norepinephrine("20"))
    return bedside


def move_start(bedside: Bedside) -> Infusion:
    return correct_infusion(
        infusion=bedside.infusion,
        changes={"started_at": START - timedelta(hours=8)},
        by=bedside.nurse,
        at=NOW,
        reason="wrong hour",
    )


def state() -> str:
    return HaemodynamicFinding.objects.get().state


def test_changed_infusion_is_evaluated_and_a_second_time_changes_nothing(bedside: Bedside) -> None:
    move_start(bedside)

    first = evaluate_one_infusion(infusion_id=bedside.infusion.pk, at=NOW)
    again = evaluate_one_infusion(infusion_id=bedside.infusion.pk, at=NOW)

    assert (first, again, state()) == (1, 0, "withdrawn")


def test_finding_on_a_voided_infusion_is_withdrawn(bedside: Bedside) -> None:
    void_infusion(infusion=bedside.infusion, by=bedside.nurse, at=NOW, reason="wrong participant")

    first = evaluate_one_infusion(infusion_id=bedside.infusion.pk, at=NOW)
    again = evaluate_one_infusion(infusion_id=bedside.infusion.pk, at=NOW)

    assert (first, again, state()) == (1, 0, "withdrawn")


@pytest.mark.parametrize(
    ("later", "changed"), [(timedelta(0), 1), (timedelta(days=2), 1), (timedelta(days=2, minutes=1), 0)]
)
def test_sweep_finds_what_changed_lately(bedside: Bedside, later: timedelta, changed: int) -> None:
    move_start(bedside)

    assert evaluate_changed_infusions(at=NOW + later) == changed


def test_tasks_run_twice_without_harm(bedside: Bedside) -> None:
    for _ in range(2):
        evaluate_infusion(bedside.infusion.pk)
        sweep_infusions()

    assert state() == "candidate"


def test_news_is_sent_after_commit(bedside: Bedside, django_capture_on_commit_callbacks: object) -> None:
    with django_capture_on_commit_callbacks(execute=False) as callbacks:  # type: ignore[operator]
        move_start(bedside)

    assert len(callbacks) >= 1
