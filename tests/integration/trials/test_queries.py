"""Questions about trials: right answers, in few queries."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from partial_dates import WindowMembership
from tests.factories import AT, make_enrolled, make_infusion, make_participant, make_trial
from trials.models import Participant, Site, Trial
from trials.queries import SiteCounts, infusion_schedule, infusion_schedules, protocol_in_force, site_counts
from trials.rules.schedule import PlannedState

pytestmark = pytest.mark.django_db
D3 = datetime(2020, 4, 9, 8, 0, tzinfo=UTC)


def states(participant: Participant, at: datetime) -> list[PlannedState]:
    return [row.state for row in infusion_schedule(participant=participant, at=at)]


def test_schedule_of_somebody_with_one_infusion_on_day_3(trial: Trial, site: Site) -> None:
    participant = make_enrolled(trial, site)
    infusion = make_infusion(participant)

    first, second, third = infusion_schedule(participant=participant, at=D3)

    assert (first.infusion_id, first.state, first.timing) == (
        infusion.pk,
        PlannedState.DONE,
        WindowMembership.INSIDE,
    )
    assert (second.infusion_id, second.state, second.timing) == (None, PlannedState.DUE, None)
    assert third.state is PlannedState.SOON


def test_schedule_says_when_an_infusion_missed_its_days(trial: Trial, site: Site) -> None:
    participant = make_enrolled(trial, site)
    make_infusion(participant, started_at=AT + timedelta(days=2))

    assert infusion_schedule(participant=participant, at=D3)[0].timing is WindowMembership.OUTSIDE


def test_schedule_of_a_dose_known_to_the_day_uses_the_day(trial: Trial, site: Site) -> None:
    participant = make_enrolled(trial, site)
    midnight = datetime(2020, 4, 6, 22, 0, tzinfo=UTC)
    make_infusion(participant, started_at=midnight, start_precision="day")

    assert infusion_schedule(participant=participant, at=D3)[0].timing is WindowMembership.INSIDE


def test_schedule_asks_nothing_more_for_an_infusion_that_was_not_given(trial: Trial, site: Site) -> None:
    participant = make_enrolled(trial, site)
    make_infusion(participant, number=2, status="not_given", started_at=None, not_given_reason="shock")

    row = infusion_schedule(participant=participant, at=D3)[1]

    assert (row.state, row.timing) == (PlannedState.DONE, None)


def test_schedule_ignores_a_voided_infusion(trial: Trial, site: Site) -> None:
    participant = make_enrolled(trial, site)
    make_infusion(participant, voided_at=AT, void_reason="mistake")

    assert states(participant, D3)[0] is PlannedState.OVERDUE


@pytest.mark.parametrize("status", ["withdrawn", "completed", "died"])
def test_schedule_of_somebody_who_left_has_nothing_due(trial: Trial, site: Site, status: str) -> None:
    participant = make_enrolled(trial, site, status=status, has_died=status == "died")

    assert set(states(participant, D3)) == {PlannedState.LAPSED}


def test_schedule_without_day_0_is_empty(trial: Trial, site: Site) -> None:
    assert infusion_schedule(participant=make_participant(trial, site), at=D3) == ()


def test_schedules_of_nobody_are_none() -> None:
    assert infusion_schedules(participants=[], at=D3) == {}


def test_schedules_cost_the_same_for_one_and_for_ten(
    trial: Trial, site: Site, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(10):
        make_infusion(make_enrolled(trial, site))
    rows = list(Participant.objects.select_related("trial"))
    infusion_schedules(participants=rows, at=D3)

    for participants in (rows[:1], rows):
        with django_assert_num_queries(2):
            assert len(infusion_schedules(participants=participants, at=D3)) == len(participants)


def test_site_counts_in_one_query(
    trial: Trial, site: Site, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_infusion(make_enrolled(trial, site))
    make_infusion(make_enrolled(trial, site), status="not_given", started_at=None, not_given_reason="shock")
    make_infusion(make_enrolled(trial, site), voided_at=AT, void_reason="mistake")
    make_infusion(make_enrolled(trial, site, status="died", has_died=True, died="2020-04"))
    make_enrolled(trial, trial.sites.get(code="01"), status="withdrawn")
    make_participant(trial, site, status="screen_failure")
    make_enrolled(make_trial())

    with django_assert_num_queries(1):
        counts = site_counts(trial=trial, site_codes=None)

    assert counts == (
        SiteCounts(
            "01", screened=1, screen_failures=0, enrolled=1, treated=0, completed=0, withdrawn=1, died=0
        ),
        SiteCounts(
            "07", screened=5, screen_failures=1, enrolled=4, treated=2, completed=0, withdrawn=0, died=1
        ),
    )
    assert [row.site_code for row in site_counts(trial=trial, site_codes=frozenset({"07"}))] == ["07"]
    assert site_counts(trial=trial, site_codes=frozenset()) == ()


def test_protocol_in_force_needs_one_query_once_read(
    trial: Trial, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    protocol_in_force(trial_id=trial.pk, on=None)

    with django_assert_num_queries(1):
        assert protocol_in_force(trial_id=trial.pk, on=date(2020, 4, 6)).code == trial.code


def test_protocol_in_force_of_a_trial_without_one_is_refused() -> None:
    with pytest.raises(ValidationError, match="no protocol is loaded"):
        protocol_in_force(trial_id=make_trial().pk, on=None)
