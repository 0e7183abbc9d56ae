"""Participants through the services: effect, trail, refusals that leave nothing behind."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from accounts.services import system_user
from tests.factories import (
    AT,
    make_enrolled,
    make_participant,
    make_site,
    make_trial,
    make_user,
)
from tests.integration.trials.participant_steps import enrol, entries, screen
from trials.models import Participant, Site, Trial
from trials.services import (
    correct_infusion,
    load_protocol,
    start_infusion,
)
from trials.signals import participant_enrolled

pytestmark = pytest.mark.django_db


def test_screen_participant_records_who_and_fills_strata_from_age(site: Site, nurse: User) -> None:
    participant = screen(site, nurse, age_years=71, weight_kg=Decimal("80.5"), sex="F")

    participant.refresh_from_db()
    assert (participant.status, participant.strata) == ("screened", {"AGE": "AGE_OVER_70"})
    assert participant.screened_date == date(2020, 4, 6)
    assert entries(participant) == [("INSERT", nurse.username, "screened")]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"age_years": 121}, "__all__"),
        ({"weight_kg": Decimal("29.9")}, "weight_kg"),
        ({"weight_kg": Decimal("300.1")}, "weight_kg"),
        ({"strata": {"SOFA": "LOW"}}, "strata"),
        ({"strata": {"BMI": "HIGH"}}, "strata"),
        ({"age_years": 70, "strata": {"AGE": "AGE_OVER_70"}}, "strata"),
        ({"screened_date": date(2020, 4, 7)}, "screened_date"),
        ({"consented_at": AT + timedelta(days=1)}, "consented_at"),
        ({"code": ""}, "code"),
        ({"sex": "X"}, "sex"),
    ],
)
def test_screen_participant_refuses_and_writes_nothing(
    site: Site, nurse: User, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        screen(site, nurse, **values)

    assert list(refused.value.message_dict) == [field]
    assert not Participant.objects.exists()


@pytest.mark.parametrize("weight", ["30.0", "300.0"])
def test_screen_participant_allows_weights_at_the_limits(site: Site, nurse: User, weight: str) -> None:
    assert screen(site, nurse, weight_kg=Decimal(weight)).weight_kg == Decimal(weight)


def test_screen_participant_refuses_a_code_twice(site: Site, nurse: User) -> None:
    screen(site, nurse)

    with pytest.raises(ValidationError, match="taken"):
        screen(site, nurse)


def test_screen_participant_elsewhere_is_denied(trial: Trial, nurse: User) -> None:
    with pytest.raises(PermissionDenied):
        screen(trial.sites.get(code="01"), nurse)

    assert not Participant.objects.exists()


def test_participant_at_a_site_of_another_trial_is_refused(trial: Trial) -> None:
    participant = Participant(trial=trial, site=make_site(make_trial()), code="X-1")

    with pytest.raises(ValidationError, match="another trial"):
        participant.clean()


def test_enrol_participant_numbers_and_tells(site: Site, nurse: User) -> None:
    told = []
    receiver = lambda sender, trial_id, **kwargs: told.append(trial_id)  # noqa: E731
    participant_enrolled.connect(receiver)

    first, second = (enrol(screen(site, nurse, code=code), nurse) for code in ("07-001", "07-002"))

    participant_enrolled.disconnect(receiver)
    assert (first.enrolment_number, second.enrolment_number) == (1, 2)
    assert (first.status, first.enrolment_basis, first.day0_date) == (
        "enrolled",
        "randomisation",
        date(2020, 4, 6),
    )
    assert (first.enrolled_at, first.enrolment_recorded_at, first.version) == (AT, AT, 2)
    assert told == [site.trial_id, site.trial_id]
    assert entries(first)[1] == ("UPDATE", nurse.username, "randomised")


def test_enrol_participant_late_in_the_evening_has_day_0_of_the_trials_zone(site: Site, nurse: User) -> None:
    evening = datetime(2020, 4, 6, 22, 30, tzinfo=UTC)

    participant = enrol(screen(site, nurse), nurse, enrolled_at=evening, at=evening)

    assert participant.day0_date == date(2020, 4, 7)


@pytest.mark.parametrize(
    ("before", "values", "field"),
    [
        ({}, {"enrolled_at": AT + timedelta(minutes=1)}, "enrolled_at"),
        ({}, {"enrolled_at": AT - timedelta(days=1)}, "enrolled_at"),
        ({"consented_at": AT}, {"enrolled_at": AT - timedelta(minutes=1)}, "consented_at"),
        ({}, {"day0_date": date(2020, 4, 7)}, "day0_date"),
        ({}, {"strata": {"SOFA": "?"}}, "strata"),
        ({}, {"reason": " "}, "reason"),
    ],
)
def test_enrol_participant_refuses_and_writes_nothing(
    site: Site, nurse: User, before: dict[str, Any], values: dict[str, Any], field: str
) -> None:
    participant = screen(site, nurse, **before)

    with pytest.raises(ValidationError) as refused:
        enrol(participant, nurse, **values)

    participant.refresh_from_db()
    assert list(refused.value.message_dict) == [field]
    assert (participant.status, participant.enrolment_number, len(entries(participant))) == (
        "screened",
        None,
        1,
    )


def test_enrol_participant_known_to_the_day_allows_consent_on_that_day(site: Site, nurse: User) -> None:
    participant = screen(site, nurse, consented_at=AT)
    midnight = datetime(2020, 4, 5, 22, 0, tzinfo=UTC)

    enrolled = enrol(participant, nurse, enrolled_at=midnight, enrolment_precision="day")

    assert enrolled.enrolment_number == 1


@pytest.mark.parametrize("status", ["screen_failure", "enrolled", "completed", "withdrawn", "died"])
def test_enrol_participant_who_is_not_screened_is_refused(trial: Trial, site: Site, status: str) -> None:
    number = {
        "enrolment_number": None,
        "enrolled_at": None,
        "enrolment_recorded_at": None,
        "enrolment_basis": "",
    }
    changes = number if status == "screen_failure" else {"has_died": status == "died"}
    participant = make_enrolled(trial, site, status=status, **changes)

    with pytest.raises(ValidationError, match="cannot become 'enrolled'"):
        enrol(participant, system_user())


def test_enrol_participant_by_consent_takes_the_consent(
    content: dict[str, Any], trial: Trial, site: Site
) -> None:
    by = system_user()
    load_protocol(
        content={**content, "version": "2", "enrolment_event": "consent", "effective_date": "2020-04-02"},
        by=by,
        at=AT,
        reason="amended",
    )
    without = screen(site, by)
    consenting = screen(site, by, code="07-002", consented_at=AT)

    with pytest.raises(ValidationError, match="needed, because"):
        enrol(without, by)
    enrolled = enrol(consenting, by, day0_date=date(2020, 4, 7))

    assert (enrolled.enrolment_basis, enrolled.day0_date) == ("consent", date(2020, 4, 7))


def test_first_infusion_enrols_where_the_protocol_says_so(
    content: dict[str, Any], trial: Trial, site: Site
) -> None:
    by = system_user()
    changed = {**content, "version": "2", "enrolment_event": "first_infusion", "effective_date": "2020-04-02"}
    load_protocol(content=changed, by=by, at=AT, reason="amended")
    participant = screen(site, by, day0_date=date(2020, 4, 6))

    with pytest.raises(ValidationError, match="start that infusion"):
        enrol(participant, by)
    infusion = start_infusion(participant=participant, number=1, started_at=AT, by=by, at=AT, reason="given")

    participant.refresh_from_db()
    assert (participant.enrolment_number, participant.enrolment_basis) == (1, "first_infusion")
    assert participant.enrolled_at == infusion.started_at


@pytest.mark.parametrize("moved", [timedelta(hours=-1), timedelta(days=1)])
def test_enrolment_by_the_first_infusion_follows_its_corrected_start(
    content: dict[str, Any], trial: Trial, site: Site, moved: timedelta
) -> None:
    by = system_user()
    changed = {**content, "version": "2", "enrolment_event": "first_infusion", "effective_date": "2020-04-02"}
    load_protocol(content=changed, by=by, at=AT, reason="amended")
    participant = screen(site, by)
    infusion = start_infusion(participant=participant, number=1, started_at=AT, by=by, at=AT, reason="given")

    correct_infusion(
        infusion=infusion,
        changes={"started_at": AT + moved},
        by=by,
        at=AT + timedelta(days=2),
        reason="misread",
    )

    participant.refresh_from_db()
    assert (participant.enrolled_at, participant.enrolment_number) == (AT + moved, 1)
    assert participant.day0_date == (AT + moved).date()


def test_participant_clean_names_the_strata_that_are_not_an_object(site: Site) -> None:
    participant = make_participant(site.trial, site)
    participant.strata = ["AGE"]

    with pytest.raises(ValidationError, match="an object of stratum code"):
        participant.clean()


NOT_ENROLLED = {
    "enrolment_number": None,
    "enrolled_at": None,
    "enrolment_recorded_at": None,
    "enrolment_basis": "",
}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"enrolment_number": None, "status": "screened"}, "recorded together or not at all"),
        ({"enrolment_basis": ""}, "recorded together or not at all"),
        (NOT_ENROLLED, "only an enrolled participant"),
        ({"died": "2020", "has_died": False}, "only for a participant who has died"),
        ({"status": "died", "has_died": False}, "needs the death"),
        ({"age_years": 121}, "at most 120"),
    ],
)
def test_participant_constraints_refuse(
    trial: Trial, site: Site, changes: dict[str, Any], message: str
) -> None:
    participant = make_enrolled(trial, site)
    for name, value in changes.items():
        setattr(participant, name, value)

    with pytest.raises(ValidationError, match=message):
        participant.validate_constraints()


def test_participant_constraints_allow_an_enrolled_one(trial: Trial, site: Site) -> None:
    make_enrolled(trial, site, age_years=120).validate_constraints()


@pytest.mark.parametrize(
    "role", ["data_manager", "cell_therapy_unit", "pharmacovigilance", "auditor", "board_member"]
)
def test_enrol_participant_is_denied_to_others(trial: Trial, site: Site, role: str) -> None:
    participant = make_participant(trial, site)

    with pytest.raises(PermissionDenied):
        enrol(participant, make_user(role, trial=trial))

    assert Participant.objects.get().status == "screened"


def test_enrolment_is_undone_when_what_hears_of_it_fails(site: Site, nurse: User) -> None:
    participant = screen(site, nurse)

    def fail(**kwargs: Any) -> None:
        raise RuntimeError("no room for the report's row")

    participant_enrolled.connect(fail)
    with pytest.raises(RuntimeError, match="no room"):
        enrol(participant, nurse)
    participant_enrolled.disconnect(fail)

    participant.refresh_from_db()
    assert (participant.status, participant.enrolment_number, participant.version) == ("screened", None, 1)
    assert [reason for _change, _who, reason in entries(participant)] == ["screened"]
    assert enrol(participant, nurse).enrolment_number == 1
