"""Infusions through the services: effect, trail, refusals that leave nothing behind."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services import system_user
from audit.models import Entry
from tests.factories import make_enrolled, make_infusion, make_participant, make_user
from tests.plugins.shared_rows import shared_rows
from trials.models import Infusion, Participant, Site, Trial
from trials.services import (
    correct_infusion,
    end_infusion,
    interrupt_infusion,
    record_infusion,
    record_infusion_not_given,
    start_infusion,
    void_infusion,
)
from trials.signals import infusion_changed

pytestmark = pytest.mark.django_db

START = datetime(2020, 4, 7, 10, 0, tzinfo=UTC)
NOW = START + timedelta(days=10)
HOUR = timedelta(hours=1)


@shared_rows
def participant(trial: Trial, site: Site) -> Participant:
    return make_enrolled(trial, site)


def start(participant: Participant, by: User, **values: Any) -> Infusion:
    given = {"number": 1, "started_at": START, "at": NOW, "reason": "given", **values}
    return start_infusion(participant=participant, by=by, **given)


def record(participant: Participant, **values: Any) -> Infusion:
    given = {"number": 1, "started_at": START, "at": NOW, "reason": "given", "by": system_user(), **values}
    return record_infusion(participant=participant, **given)


def test_infusion_from_start_to_end(participant: Participant, nurse: User) -> None:
    told = []
    receiver = lambda sender, infusion_id, **kwargs: told.append(infusion_id)  # noqa: E731
    infusion_changed.connect(receiver)

    started = start(participant, nurse, kit_number="K-17")
    halted = interrupt_infusion(
        infusion=started, interruption_reason="line blocked", by=nurse, at=NOW, reason="seen"
    )
    ended = end_infusion(
        infusion=halted, ended_at=START + HOUR, volume_ml=Decimal("149.5"), by=nurse, at=NOW, reason="over"
    )

    infusion_changed.disconnect(receiver)
    ended.refresh_from_db()
    assert (ended.interrupted, ended.ended_at, ended.volume_ml) == (True, START + HOUR, Decimal("149.5"))
    assert (ended.kit_number, ended.version, told) == ("K-17", 3, [ended.pk] * 3)
    trail = Entry.objects.of_row(table="trials_infusion", row_id=ended.pk).order_by("id")
    assert list(trail.values_list("reason", "actor_label")) == [
        (r, nurse.username) for r in ("given", "seen", "over")
    ]


def test_record_infusion_as_a_whole(participant: Participant) -> None:
    infusion = record(
        participant,
        ended_at=START + HOUR,
        volume_ml=Decimal(150),
        interrupted=False,
        start_precision="minute",
    )

    infusion.refresh_from_db()
    assert (infusion.status, infusion.interrupted, infusion.trial_id) == (
        "given",
        False,
        participant.trial_id,
    )


def test_record_infusion_not_given_says_why(participant: Participant, nurse: User) -> None:
    infusion = record_infusion_not_given(
        participant=participant,
        number=2,
        not_given_reason="septic shock",
        by=nurse,
        at=NOW,
        reason="ward round",
    )

    assert (infusion.status, infusion.started_at) == ("not_given", None)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"number": 4}, "number"),
        ({"number": 0}, "number"),
        ({"started_at": NOW + timedelta(seconds=1)}, "started_at"),
        ({"started_at": START - timedelta(days=2)}, "started_at"),
        ({"ended_at": START - timedelta(seconds=1)}, "ended_at"),
        ({"ended_at": NOW + timedelta(seconds=1)}, "ended_at"),
        ({"volume_ml": Decimal("-0.1")}, "volume_ml"),
        ({"interruption_reason": "blocked"}, "interruption_reason"),
        ({"interruption_reason": "blocked", "interrupted": False}, "interruption_reason"),
        ({"reason": ""}, "reason"),
    ],
)
def test_record_infusion_refuses_and_writes_nothing(
    participant: Participant, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        record(participant, **values)

    assert field in refused.value.message_dict
    assert not Infusion.objects.exists()


def test_record_infusion_that_ends_as_it_starts_is_allowed(participant: Participant) -> None:
    assert record(participant, ended_at=START).ended_at == START


def test_record_infusion_outside_its_days_is_a_deviation_not_an_error(participant: Participant) -> None:
    assert record(participant, started_at=START + timedelta(days=6)).pk


def test_record_infusion_of_somebody_not_enrolled_is_refused(trial: Trial, site: Site) -> None:
    with pytest.raises(ValidationError, match="only an enrolled participant"):
        record(make_participant(trial, site))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"status": "died", "has_died": True, "died": "2020-04-06"}, "after the participant's death"),
        ({"status": "withdrawn", "withdrawn_date": date(2020, 4, 6)}, "after the participant's withdrawal"),
    ],
)
def test_record_infusion_after_the_end_is_refused(
    trial: Trial, site: Site, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        record(make_enrolled(trial, site, **changes))


def test_record_infusion_on_the_day_of_death_is_allowed(trial: Trial, site: Site) -> None:
    dead = make_enrolled(trial, site, status="died", has_died=True, died="2020-04-07")

    assert record(dead).pk


def test_second_infusion_must_follow_the_end_of_the_first(participant: Participant) -> None:
    record(participant, ended_at=START + HOUR)

    with pytest.raises(ValidationError, match="before infusion 1 was over"):
        record(participant, number=2, started_at=START + HOUR / 2)

    assert record(participant, number=2, started_at=START + HOUR).number == 2


def test_first_infusion_recorded_late_must_precede_the_second(participant: Participant) -> None:
    record(participant, number=2, started_at=START)

    with pytest.raises(ValidationError, match="after infusion 2 started"):
        record(participant, number=1, started_at=START - HOUR, ended_at=START + HOUR)


def test_infusions_known_to_the_day_may_share_it(participant: Participant) -> None:
    record(participant, start_precision="day")

    assert record(participant, number=2, start_precision="day").number == 2


def test_infusion_number_twice_is_refused(participant: Participant) -> None:
    record(participant)

    with pytest.raises(ValidationError, match="recorded already"):
        record(participant, started_at=START + HOUR)


def test_kit_number_entered_twice_at_once_is_refused_by_the_database(
    trial: Trial, site: Site, participant: Participant
) -> None:
    """Two sites do not see each other's row before it is committed, so a check before finds nothing."""
    first = make_infusion(participant, kit_number="K-1")
    other = make_enrolled(trial, site)

    with pytest.raises(IntegrityError, match="trials_infusion_kit_once"), transaction.atomic():
        make_infusion(other, kit_number="K-1")
    void_infusion(infusion=first, by=system_user(), at=NOW, reason="wrong participant")

    assert make_infusion(other, kit_number="K-1").kit_number == "K-1"
    assert {make_infusion(participant).kit_number, make_infusion(other).kit_number} == {""}


def test_kit_number_twice_is_refused_without_saying_whose(
    trial: Trial, site: Site, participant: Participant
) -> None:
    record(participant, kit_number="K-1")
    other = make_enrolled(trial, site, code="SECRET-7")

    with pytest.raises(ValidationError) as refused:
        record(other, kit_number="K-1")

    assert list(refused.value.message_dict) == ["kit_number"]
    assert participant.code not in str(refused.value)


def test_end_infusion_twice_is_refused(participant: Participant, nurse: User) -> None:
    ended = end_infusion(
        infusion=start(participant, nurse), ended_at=START + HOUR, by=nurse, at=NOW, reason="over"
    )

    with pytest.raises(ValidationError, match="correct it instead"):
        end_infusion(infusion=ended, ended_at=START + 2 * HOUR, by=nurse, at=NOW, reason="over")


@pytest.mark.parametrize("verb", ["end", "interrupt"])
def test_an_infusion_not_given_has_no_end_and_no_interruption(
    participant: Participant, nurse: User, verb: str
) -> None:
    missed = record_infusion_not_given(
        participant=participant, number=1, not_given_reason="shock", by=nurse, at=NOW, reason="round"
    )

    verbs = {
        "end": lambda: end_infusion(infusion=missed, ended_at=START, by=nurse, at=NOW, reason="over"),
        "interrupt": lambda: interrupt_infusion(
            infusion=missed, interruption_reason="line", by=nurse, at=NOW, reason="seen"
        ),
    }

    with pytest.raises(ValidationError, match="was not given"):
        verbs[verb]()


def test_interrupt_infusion_needs_a_reason(participant: Participant, nurse: User) -> None:
    with pytest.raises(ValidationError, match="say why"):
        interrupt_infusion(
            infusion=start(participant, nurse), interruption_reason=" ", by=nurse, at=NOW, reason="seen"
        )


def test_correct_infusion_is_a_new_version(participant: Participant, nurse: User) -> None:
    infusion = start(participant, nurse)

    corrected = correct_infusion(
        infusion=infusion, changes={"started_at": START + HOUR}, by=nurse, at=NOW, reason="clock was wrong"
    )

    entry = Entry.objects.of_row(table="trials_infusion", row_id=infusion.pk).latest("id")
    assert (corrected.started_at, corrected.version, entry.reason) == (START + HOUR, 2, "clock was wrong")


def test_correct_infusion_to_not_given(participant: Participant, nurse: User) -> None:
    changes = {"status": "not_given", "not_given_reason": "wrong participant", "started_at": None}

    corrected = correct_infusion(
        infusion=start(participant, nurse), changes=changes, by=nurse, at=NOW, reason="mix-up"
    )

    assert corrected.status == "not_given"


@pytest.mark.parametrize("changes", [{"participant": 1}, {"voided_at": NOW}, {"version": 9}])
def test_correct_infusion_refuses_other_fields(
    participant: Participant, nurse: User, changes: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError, match="cannot be corrected here"):
        correct_infusion(
            infusion=start(participant, nurse), changes=changes, by=nurse, at=NOW, reason="typing"
        )


def test_void_infusion_frees_its_number_and_stays_readable(participant: Participant, nurse: User) -> None:
    infusion = start(participant, nurse, kit_number="K-1")

    voided = void_infusion(infusion=infusion, by=nurse, at=NOW, reason="wrong participant")

    assert (voided.void_reason, voided.voided_at) == ("wrong participant", NOW)
    assert list(Infusion.objects.standing()) == []
    assert start(participant, nurse, kit_number="K-1").number == 1


def test_void_infusion_twice_or_changed_afterwards_is_refused(participant: Participant, nurse: User) -> None:
    voided = void_infusion(infusion=start(participant, nurse), by=nurse, at=NOW, reason="wrong")

    with pytest.raises(ValidationError, match="voided before"):
        void_infusion(infusion=voided, by=nurse, at=NOW, reason="again")
    with pytest.raises(ValidationError, match="record it anew"):
        end_infusion(infusion=voided, ended_at=START, by=nurse, at=NOW, reason="over")


@pytest.mark.parametrize("role", ["data_manager", "cell_therapy_unit", "auditor", "board_member"])
def test_infusions_are_recorded_at_the_bedside_only(
    trial: Trial, participant: Participant, role: str
) -> None:
    with pytest.raises(PermissionDenied):
        start(participant, make_user(role, trial=trial))

    assert not Infusion.objects.exists()


def test_infusions_of_another_site_are_denied(trial: Trial, nurse: User) -> None:
    with pytest.raises(PermissionDenied):
        start(make_enrolled(trial, trial.sites.get(code="01")), nurse)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"started_at": None}, "trials_infusion_given_or_reason"),
        ({"not_given_reason": "shock"}, "trials_infusion_given_or_reason"),
        ({"ended_at": START - HOUR}, "trials_infusion_ends_after_start"),
        ({"number": 0}, "trials_infusion_number_positive"),
        ({"void_reason": "wrong"}, "trials_infusion_void_reason"),
        ({"voided_at": NOW}, "trials_infusion_void_reason"),
    ],
)
def test_infusion_constraints_hold_in_the_database(
    participant: Participant, changes: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make_infusion(participant, **changes)

    assert make_infusion(participant).pk


def test_an_infusion_is_undone_when_what_hears_of_it_fails(participant: Participant, nurse: User) -> None:
    def fail(**kwargs: Any) -> None:
        raise RuntimeError("the evaluation failed")

    infusion_changed.connect(fail)
    with pytest.raises(RuntimeError, match="evaluation"):
        start(participant, nurse)
    infusion_changed.disconnect(fail)

    assert not Infusion.objects.exists()
    assert not Entry.objects.filter(table_name="trials_infusion").exists()


def test_end_infusion_records_that_it_was_not_interrupted(participant: Participant, nurse: User) -> None:
    running = start(participant, nurse)

    ended = end_infusion(
        infusion=running, ended_at=START + HOUR, interrupted=False, by=nurse, at=NOW, reason="over"
    )

    assert ended.interrupted is False


def test_end_infusion_without_a_word_keeps_the_interruption_noted_before(
    participant: Participant, nurse: User
) -> None:
    paused = interrupt_infusion(
        infusion=start(participant, nurse),
        interruption_reason="line occluded",
        by=nurse,
        at=NOW,
        reason="paused",
    )

    ended = end_infusion(infusion=paused, ended_at=START + HOUR, by=nurse, at=NOW, reason="over")

    assert (ended.interrupted, ended.interruption_reason) == (True, "line occluded")
