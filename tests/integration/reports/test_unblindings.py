"""Unblindings and openings of the key in the snapshots of a report: as of the cut-off, and what the open one lacks."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.choices import Role
from accounts.models import User
from product.models import ArmKeyOpening, InadvertentUnblinding, Unblinding
from reports.choices import ReportKind
from tests.factories import make_user, save_row
from tests.integration.reports.board_trials import enrol_many, enrolled_at
from tests.integration.reports.test_snapshots import correct, snapshots
from tests.plugins.shared_rows import shared_rows
from trials.models import Participant, Trial

LOOK = 3
CUTOFF = enrolled_at(LOOK)
BEFORE, AFTER = CUTOFF - timedelta(hours=2), CUTOFF + timedelta(hours=2)


@shared_rows
def people(trial: Trial) -> list[Participant]:
    return enrol_many(trial, LOOK)


@shared_rows
def asker(trial: Trial, people: list[Participant]) -> User:
    return make_user(Role.INVESTIGATOR, trial=trial, site=people[0].site)


def emergency(person: Participant, asker: User, *, at: datetime, **changes: Any) -> Unblinding:
    values = {
        "trial_id": person.trial_id,
        "participant": person,
        "category": "treatment",
        "reason_text": "Anaphylaxis",
        "asked_by": asker,
        "asked_by_role": Role.INVESTIGATOR,
        "asked_at": at,
        "expires_at": at + timedelta(hours=1),
        "confirmation": "nobody",
        "absence_reason": "Nobody answers",
        "confirmed_at": at,
        "disclosed_at": at,
    }
    return save_row(Unblinding(**(values | changes)), at=at)


def mistake(
    person: Participant | None, trial: Trial, *, at: datetime, **changes: Any
) -> InadvertentUnblinding:
    values = {
        "trial": trial,
        "participant": person,
        "site": person.site if person else None,
        "occurred": "2020-04",
        "learner": "nurse",
    }
    return save_row(InadvertentUnblinding(**(values | changes)), at=at)


def frame(
    trial: Trial, name: str = "unblindings", kind: ReportKind = ReportKind.CLOSED
) -> list[dict[str, Any]]:
    return snapshots(trial, LOOK)[kind]["frames"][name]


def test_emergency_stands_in_both_snapshots_without_arm_or_words(
    trial: Trial, people: list[Participant], asker: User
) -> None:
    emergency(people[0], asker, at=BEFORE)

    made = snapshots(trial, LOOK)

    (row,) = made[ReportKind.CLOSED]["frames"]["unblindings"]
    assert made[ReportKind.OPEN]["frames"]["unblindings"] == [row]
    assert (row["kind"], row["participant"], row["second_person"]) == ("EMERGENCY", people[0].code, "nobody")
    assert (row["reason"], row["learner"], row["study_day"]) == ("treatment", "investigator", 2)
    assert "Anaphylaxis" not in str(made)
    assert "Nobody answers" not in str(made)


@pytest.mark.parametrize("changes", [{"disclosed_at": None}, {"recorded": AFTER}])
def test_arm_not_shown_by_the_cutoff_is_no_unblinding_yet(
    trial: Trial, people: list[Participant], asker: User, changes: dict[str, Any]
) -> None:
    at = changes.pop("recorded", BEFORE)
    row = emergency(people[0], asker, at=at, **changes)
    if at == BEFORE:
        correct(row, at=AFTER, disclosed_at=AFTER)

    assert frame(trial) == []


def test_mistakes_that_stand_are_listed_and_void_ones_are_not(
    trial: Trial, people: list[Participant]
) -> None:
    mistake(people[1], trial, at=BEFORE, occurred_earliest_at=BEFORE, occurred_latest_at=BEFORE)
    mistake(None, trial, at=BEFORE)
    mistake(people[0], trial, at=BEFORE, voided_at=BEFORE, void_reason="wrong person")

    rows = frame(trial)

    assert [(row["participant"], row["site"], row["study_day"]) for row in rows] == [
        (people[1].code, people[1].site.code, 1),
        (None, None, None),
    ]


def test_assessment_after_the_cutoff_is_not_known_yet(
    trial: Trial, people: list[Participant], asker: User
) -> None:
    record = mistake(people[0], trial, at=BEFORE)
    correct(record, at=AFTER, impact="serious", assessed_by=asker, assessed_at=AFTER)

    (row,) = frame(trial)

    assert row["impact"] == "not_assessed"


def test_openings_of_the_key_are_in_the_closed_snapshot_only(trial: Trial, people: list[Participant]) -> None:
    statistician = make_user(Role.UNBLINDED_STATISTICIAN, trial=trial)
    for at in (BEFORE, AFTER):
        save_row(ArmKeyOpening(trial=trial, opened_by=statistician, opened_at=at, reason="Charter"), at=at)

    (row,) = frame(trial, "arm_key_openings")

    assert row["account"] == statistician.pk
    assert frame(trial, "arm_key_openings", ReportKind.OPEN) == []
