"""Open work on events, and contradictions of the records: the listed ones, and the number of queries."""

from datetime import timedelta
from typing import Any

import pytest

from events.models import AdverseEvent
from events.queries.adverse_events import EventWork, event_work, hours_after_infusion, mismatches
from events.rules.clocks import ClockState
from events.services.adverse_events import (
    correct_adverse_event,
    record_adverse_event,
    save_draft,
    sign_adverse_event,
)
from tests.factories import make_enrolled, make_event
from tests.integration.events.event_rows import (
    AT,
    LATER,
    REASON,
    Ward,
    make_serious_values,
    make_values,
    make_ward,
)
from trials.choices import Source
from trials.models import ProtocolVersion

pytestmark = pytest.mark.django_db


def record(ward: Ward, **values: Any) -> AdverseEvent:
    return record_adverse_event(
        participant=ward.participant, values=make_values(**values), by=ward.nurse, at=AT, reason=REASON
    )


def record_serious(ward: Ward, **values: Any) -> AdverseEvent:
    return record(ward, **make_serious_values(**values))


def work_at(ward: Ward, *sites: str, hours: float = 0) -> EventWork:
    return event_work(
        trial_id=ward.trial.pk,
        site_codes=frozenset(sites) if sites else None,
        at=AT + timedelta(hours=hours),
        protocol=ProtocolVersion.objects.protocol_of(trial_id=ward.trial.pk, on=None),
    )


def test_signed_and_resolved_event_needs_nothing(ward: Ward) -> None:
    sign_adverse_event(event=record(ward), seen_version=1, by=ward.investigator, at=AT)

    assert work_at(ward) == EventWork((), (), (), ())


@pytest.mark.parametrize(
    ("hours", "state"), [(17, ClockState.RUNNING), (18, ClockState.SOON), (24.1, ClockState.OVERDUE)]
)
def test_serious_event_is_to_be_told_to_the_sponsor_and_signed(
    ward: Ward, hours: float, state: ClockState
) -> None:
    event = record_serious(ward)

    work = work_at(ward, hours=hours)

    (inform,), (sign,) = work.sponsor_to_inform, work.to_sign
    assert (inform.event, inform.state, inform.is_assumed) == (event, state, False)
    assert (sign.event, sign.state) == (event, state)


def test_serious_event_without_awareness_runs_from_its_record_and_says_so(ward: Ward) -> None:
    record_serious(ward, aware_at=None)

    (inform,) = work_at(ward).sponsor_to_inform

    assert (inform.deadline.started_at, inform.is_assumed) == (AT, True)


def test_told_sponsor_ends_the_clock(ward: Ward) -> None:
    record_serious(ward, sponsor_informed_at=AT)

    assert work_at(ward).sponsor_to_inform == ()


@pytest.mark.parametrize(
    ("outcome", "is_open"),
    [
        ("", True),
        ("UNKNOWN", True),
        ("RECOVERING/RESOLVING", True),
        ("NOT RECOVERED/NOT RESOLVED", True),
        ("RECOVERED/RESOLVED", False),
    ],
)
def test_event_that_is_not_over_is_to_be_followed_up(ward: Ward, outcome: str, is_open: bool) -> None:
    record(ward, outcome=outcome, ended="" if is_open else "2020-04-09")

    assert bool(work_at(ward).to_follow_up) is is_open


def test_signature_is_due_from_when_the_site_knew_also_after_a_correction(ward: Ward) -> None:
    event = record_serious(ward, aware_at=AT - timedelta(hours=3))
    correct_adverse_event(
        event=event,
        values={"narrative": "Seen again."},
        seen_version=1,
        by=ward.nurse,
        at=LATER,
        reason=REASON,
    )

    (sign,) = work_at(ward).to_sign

    assert (sign.deadline.started_at, sign.is_assumed) == (AT - timedelta(hours=3), False)


@pytest.mark.parametrize("gone", [{"has_died": True, "status": "died"}, {"status": "completed"}])
def test_follow_up_ends_with_death_and_with_the_trial(ward: Ward, gone: dict[str, Any]) -> None:
    living = make_event(ward.participant, outcome="NOT RECOVERED/NOT RESOLVED")
    make_event(make_enrolled(ward.trial, ward.site, **gone), outcome="NOT RECOVERED/NOT RESOLVED")

    assert [due.event for due in work_at(ward).to_follow_up] == [living]


def test_event_with_an_end_is_not_followed_up(ward: Ward) -> None:
    limits = {"ended_earliest_at": AT, "ended_latest_at": LATER}
    make_event(ward.participant, outcome="UNKNOWN", ended="2020-04-10", **limits)

    assert work_at(ward).to_follow_up == ()


def test_drafts_wait_and_imported_events_do_not(ward: Ward) -> None:
    draft = save_draft(
        participant=ward.participant, values={"reported_term": "rash"}, by=ward.nurse, at=AT, reason=REASON
    )
    make_event(ward.participant, number=7, source=Source.IMPORT, serious=True)

    work = work_at(ward)

    assert (work.drafts, work.sponsor_to_inform, work.to_sign) == ((draft,), (), ())


def test_work_is_of_the_sites_asked_for_in_five_queries(ward: Ward, django_assert_num_queries: Any) -> None:
    other = make_ward(ward.trial)
    record_serious(ward)
    record_serious(other)
    protocol = ProtocolVersion.objects.protocol_of(trial_id=ward.trial.pk, on=None)

    with django_assert_num_queries(5):
        work = event_work(
            trial_id=ward.trial.pk, site_codes=frozenset({ward.site.code}), at=AT, protocol=protocol
        )
        sites = [due.event.participant.site.code for due in work.sponsor_to_inform]

    assert sites == [ward.site.code]


def test_dues_are_listed_by_time(ward: Ward) -> None:
    late = record_serious(ward)
    early = record_serious(ward, aware_at=AT - timedelta(hours=3))

    assert [due.event for due in work_at(ward).sponsor_to_inform] == [early, late]


@pytest.mark.parametrize(
    ("onset", "expected"),
    [("2020-04-07T13:40", (1.6667, 1.6667)), ("2020-04-08", (12.0, 36.0)), ("2020-04-07", None)],
)
def test_hours_after_the_infusion(ward: Ward, onset: str, expected: tuple[float, float] | None) -> None:
    hours = hours_after_infusion(record(ward, onset=onset, ended="2020-04-09"))

    found = None if hours is None else (hours.fewest, hours.most)
    assert found == (None if expected is None else pytest.approx(expected, abs=1e-3))


def make_contradictions(ward: Ward) -> None:
    """Rows as an import leaves them: judged, and kept as they came."""
    make_event(ward.participant, number=1, reported_term="Headache 1", hospitalisation=True, serious=False)
    make_event(
        ward.participant, number=2, reported_term="Headache 2", serious=False, outcome="RECOVERED/RESOLVED"
    )
    make_event(ward.participant, number=3, reported_term="Headache 3", serious=False)
    make_event(
        ward.participant,
        number=4,
        reported_term="Headache 4",
        serious=True,
        voided_at=AT,
        void_reason="twice",
    )


def test_mismatches_name_participant_event_and_rule(ward: Ward) -> None:
    make_contradictions(ward)

    found = mismatches(trial_id=ward.trial.pk, at=LATER)

    assert [(each.participant, each.event, each.code) for each in found] == [
        (ward.participant.code, "1", "criterion_not_serious"),
        (ward.participant.code, "2", "resolved_without_end"),
    ]


def test_mismatches_need_as_many_queries_for_ten_participants_as_for_one(
    ward: Ward, django_assert_num_queries: Any
) -> None:
    make_contradictions(ward)
    with django_assert_num_queries(4):
        mismatches(trial_id=ward.trial.pk, at=LATER)
    for _ in range(4):
        make_contradictions(make_ward(ward.trial))

    with django_assert_num_queries(4):
        assert len(mismatches(trial_id=ward.trial.pk, at=LATER)) == 10
