"""A participant leaves, dies or is corrected: stored values, refusals, signals."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.services import system_user
from audit.models import Entry
from tests.factories import (
    AT,
    make_enrolled,
    make_infusion,
)
from tests.integration.trials.participant_steps import enrol, entries, screen
from trials.models import Participant, Site, Trial
from trials.services import (
    complete_participant,
    correct_participant,
    fail_screening,
    record_death,
    take_back_end,
    withdraw_participant,
)
from trials.signals import infusion_changed

pytestmark = pytest.mark.django_db


def test_fail_screening_keeps_the_participant_without_a_number(site: Site, nurse: User) -> None:
    participant = fail_screening(participant=screen(site, nurse), by=nurse, at=AT, reason="no ARDS")

    assert (participant.status, participant.enrolment_number) == ("screen_failure", None)
    assert entries(participant)[-1][2] == "no ARDS"


def test_withdraw_participant_keeps_number_and_data(site: Site, nurse: User) -> None:
    participant = enrol(screen(site, nurse), nurse)

    withdrawn = withdraw_participant(
        participant=participant,
        withdrawn_date=date(2020, 4, 6),
        withdrawal_reason="family's wish",
        by=nurse,
        at=AT,
        reason="told by the family",
    )

    assert (withdrawn.status, withdrawn.enrolment_number, withdrawn.version) == ("withdrawn", 1, 3)


@pytest.mark.parametrize(
    ("day", "why", "field"),
    [
        (date(2020, 4, 5), "wish", "withdrawn_date"),
        (date(2020, 4, 7), "wish", "withdrawn_date"),
        (date(2020, 4, 6), " ", "withdrawal_reason"),
    ],
)
def test_withdraw_participant_refuses(site: Site, nurse: User, day: date, why: str, field: str) -> None:
    participant = enrol(screen(site, nurse), nurse)

    with pytest.raises(ValidationError) as refused:
        withdraw_participant(
            participant=participant, withdrawn_date=day, withdrawal_reason=why, by=nurse, at=AT, reason="told"
        )

    assert list(refused.value.message_dict) == [field]
    assert Participant.objects.get().status == "enrolled"


def test_complete_participant_after_all(site: Site, nurse: User) -> None:
    participant = enrol(screen(site, nurse), nurse)

    done = complete_participant(
        participant=participant,
        completed_date=date(2020, 5, 4),
        by=nurse,
        at=AT + timedelta(days=28),
        reason="D28",
    )

    assert (done.status, done.completed_date) == ("completed", date(2020, 5, 4))


@pytest.mark.parametrize(
    ("died", "earliest", "latest"),
    [
        ("2020-04-08T03:40", "2020-04-08T01:40:00", "2020-04-08T01:40:59.999999"),
        ("2020-04-08", "2020-04-07T22:00:00", "2020-04-08T21:59:59.999999"),
        ("2020-04", "2020-03-31T22:00:00", "2020-04-30T21:59:59.999999"),
    ],
)
def test_record_death_keeps_it_as_exact_as_known(
    site: Site, nurse: User, died: str, earliest: str, latest: str
) -> None:
    participant = enrol(screen(site, nurse), nurse)

    dead = record_death(
        participant=participant, died=died, by=nurse, at=AT + timedelta(days=3), reason="died"
    )

    dead.refresh_from_db()
    limits = (dead.died_earliest_at, dead.died_latest_at)
    assert limits == tuple(datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (earliest, latest))
    assert (dead.status, dead.has_died, dead.died) == ("died", True, died)


def test_record_death_without_a_date_is_a_death(site: Site, nurse: User) -> None:
    participant = enrol(screen(site, nurse), nurse)

    dead = record_death(participant=participant, died="", by=nurse, at=AT, reason="letter of the family")

    assert (dead.has_died, dead.died, dead.died_latest_at) == (True, "", None)


@pytest.mark.parametrize("died", ["2020-04-05", "2020-02-30", "yesterday", "2020-04-07"])
def test_record_death_refuses_impossible_dates(site: Site, nurse: User, died: str) -> None:
    participant = enrol(screen(site, nurse), nurse)

    with pytest.raises(ValidationError) as refused:
        record_death(participant=participant, died=died, by=nurse, at=AT, reason="died")

    assert list(refused.value.message_dict) == ["died"]
    assert not Participant.objects.get().has_died


def test_record_death_tells_of_the_infusions_before_it(trial: Trial, site: Site) -> None:
    participant = make_enrolled(trial, site)
    infusion = make_infusion(participant)
    told = []
    receiver = lambda sender, infusion_id, **kwargs: told.append(infusion_id)  # noqa: E731
    infusion_changed.connect(receiver)

    record_death(
        participant=participant, died="2020-04-08", by=system_user(), at=AT + timedelta(days=3), reason="died"
    )

    infusion_changed.disconnect(receiver)
    assert told == [infusion.pk]


@pytest.mark.parametrize(("status", "changes"), [("completed", {}), ("withdrawn", {})])
def test_record_death_after_the_end_is_still_a_death(
    trial: Trial, site: Site, status: str, changes: dict[str, Any]
) -> None:
    participant = make_enrolled(trial, site, status=status, **changes)

    dead = record_death(participant=participant, died="2020-04", by=system_user(), at=AT, reason="registry")

    assert dead.status == "died"


def test_death_of_somebody_else_is_taken_back_with_everything_that_it_brought(
    trial: Trial, site: Site, nurse: User
) -> None:
    participant = make_enrolled(trial, site)
    infusion = make_infusion(participant)
    later = {"by": nurse, "at": AT + timedelta(days=3)}
    record_death(participant=participant, died="2020-04-08", death_cause="shock", reason="died", **later)
    told = []
    receiver = lambda sender, infusion_id, **kwargs: told.append(infusion_id)  # noqa: E731
    infusion_changed.connect(receiver)

    dead = Participant.objects.get()
    alive = take_back_end(participant=dead, seen_version=dead.version, reason="it was the next bed", **later)

    infusion_changed.disconnect(receiver)
    alive.refresh_from_db()
    assert (alive.status, alive.has_died, alive.died, alive.death_cause) == ("enrolled", False, "", "")
    assert (alive.died_earliest_at, alive.died_latest_at) == (None, None)
    assert (told, entries(participant)[-1][2]) == ([infusion.pk], "it was the next bed")


def test_withdrawal_under_a_death_comes_back_and_can_be_taken_back_after_it(site: Site, nurse: User) -> None:
    participant = enrol(screen(site, nurse), nurse)
    later = {"by": nurse, "at": AT + timedelta(days=3), "reason": "entered"}
    withdraw_participant(
        participant=participant, withdrawn_date=date(2020, 4, 7), withdrawal_reason="wish", **later
    )
    dead = record_death(participant=participant, died="2020-04-08", **later)

    without_death = take_back_end(participant=dead, seen_version=dead.version, **later)
    with pytest.raises(ValidationError, match="read it again"):
        take_back_end(participant=dead, seen_version=dead.version, **later)  # a double click
    without_both = take_back_end(participant=dead, seen_version=without_death.version, **later)

    assert (without_death.status, without_death.withdrawn_date) == ("withdrawn", date(2020, 4, 7))
    assert (without_both.status, without_both.withdrawn_date, without_both.withdrawal_reason) == (
        "enrolled",
        None,
        "",
    )


def test_nothing_is_taken_back_where_nothing_has_ended(site: Site, nurse: User) -> None:
    participant = enrol(screen(site, nurse), nurse)

    with pytest.raises(ValidationError) as refused:
        take_back_end(
            participant=participant, seen_version=participant.version, by=nurse, at=AT, reason="by mistake"
        )

    (sentence,) = refused.value.message_dict["status"]
    assert "of 07-001; nothing was changed." in sentence
    assert Participant.objects.get().version == participant.version


def test_correct_participant_is_a_new_version_with_its_reason(site: Site, nurse: User) -> None:
    participant = screen(site, nurse, age_years=40)

    corrected = correct_participant(
        participant=participant, changes={"age_years": 41}, by=nurse, at=AT, reason="typing error"
    )

    entry = Entry.objects.of_row(table="trials_participant", row_id=participant.pk).latest("id")
    assert (corrected.age_years, corrected.version) == (41, 2)
    assert (entry.old["age_years"], entry.new["age_years"], entry.reason) == (40, 41, "typing error")


@pytest.mark.parametrize("field", ["status", "enrolment_number", "site", "trial"])
def test_correct_participant_refuses_what_has_a_verb_of_its_own(site: Site, nurse: User, field: str) -> None:
    with pytest.raises(ValidationError, match="cannot be corrected here"):
        correct_participant(
            participant=screen(site, nurse), changes={field: 1}, by=nurse, at=AT, reason="typing"
        )
