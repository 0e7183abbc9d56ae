"""The live check: right counts, one alert per crossing, two recipients and no other."""

import logging
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Clearance, SealedError
from accounts.services import system_user
from audit.services import attributed
from dsmb import tasks
from events.models import AdverseEvent
from events.services.adverse_events import void_adverse_event
from reports import tasks as report_tasks
from reports.frames import frames_from
from reports.models import AlertAnswer, BoardReport, BoundaryState, PortalNotice, SealedReport
from reports.queries.snapshots import snapshots_of
from reports.services.alert_answers import answer_alert
from reports.services.boundaries import LONGEST_WITHOUT_CHECK, check_boundaries, trials_to_check
from reports.services.sealed_reports import request_sealed_report
from reports.tables import CodedArm, TablePlan
from reports.tables.boundaries import boundaries
from tests.factories import AT, allocate, make_enrolled, make_infusion, make_user, unsealed
from tests.integration.reports.board_trials import (
    LATER,
    arm_codes,
    enrol_many,
    make_board_trial,
    report_event,
    treat,
)
from tests.plugins.shared_rows import shared_rows
from trials.models import Infusion, Participant, ProtocolVersion

TEN_MINUTES = timedelta(minutes=10)


def treated_arm(trial, arm: str, count: int) -> list[Participant]:
    """Participants of one arm, enrolled and treated."""
    site, people = trial.sites.order_by("code").first(), []
    for _ in range(count):
        person = make_enrolled(trial, site)
        allocate(person, arm)
        treat(person)
        people.append(person)
    return people


def harm(people: list[Participant]) -> list[AdverseEvent]:
    return [report_event(person, serious=True, causality="POSSIBLE") for person in people]


def states(trial, **wanted) -> list[BoundaryState]:
    with unsealed(trial):
        return list(BoundaryState.objects.filter(trial=trial, **wanted).order_by("pk"))


def alerts(trial, boundary: str = "related-sae") -> list[tuple[int, int]]:
    """Affected and treated of each alert of the shipped Bayesian boundary."""
    return [(each.affected, each.evaluable) for each in states(trial, boundary=boundary, is_alert=True)]


def check(trial, *, at=LATER) -> None:
    check_boundaries(trial_id=trial.pk, at=at)


@shared_rows
def chair(trial):
    return make_user("board_chair", trial=trial, email="chair@board.example")


@shared_rows
def five(trial):
    """Five treated in one arm; the boundary of the shipped protocol prompts at 3 of 5."""
    return treated_arm(trial, arm_codes(trial)[0], 5)


def test_alert_comes_with_the_event_that_reaches_the_boundary(trial, five):
    harm(five[:2])
    check(trial)
    assert alerts(trial) == []

    harm(five[2:3])
    check(trial)

    assert alerts(trial) == [(3, 5)]


def test_check_run_twice_writes_once(trial, five, chair):
    harm(five[:3])

    check(trial)
    before = len(states(trial))
    check(trial, at=LATER + TEN_MINUTES)

    assert len(states(trial)) == before
    assert PortalNotice.objects.count() == 1


def test_participant_counts_once_however_many_events(trial, five):
    harm(five[:2])
    harm(five[:2])

    check(trial)

    assert alerts(trial) == []


def test_event_that_is_voided_and_another_that_is_recorded_alert_again(trial, five):
    events = harm(five[:3])
    check(trial)
    void_adverse_event(event=events[0], by=system_user(), at=LATER, reason="entered twice")
    check(trial)

    harm(five[3:4])
    check(trial)

    assert alerts(trial) == [(3, 5), (3, 5)]


def test_denominator_that_grows_alerts_nobody_again(trial, five):
    harm(five[:4])
    check(trial)

    treated_arm(trial, arm_codes(trial)[0], 1)
    check(trial)

    assert alerts(trial) == [(4, 5)]


def test_untreated_participant_is_in_no_denominator(trial):
    people = treated_arm(trial, arm_codes(trial)[0], 4)
    untreated = make_enrolled(trial, trial.sites.first())
    allocate(untreated, arm_codes(trial)[0])
    harm([*people[:2], untreated])

    check(trial)

    assert {(s.affected, s.evaluable) for s in states(trial, boundary="related-sae")} == {(2, 4), (0, 0)}


def test_states_are_those_of_the_closed_reports_table(trial):
    """The live check and the report count the same people in the same order, each in its own way."""
    for number, person in enumerate(enrol_many(trial, 12)):
        if number % 5:
            treat(person)
        if number % 3 == 0:
            report_event(
                person, serious=True, causality=["POSSIBLE", "", "OTHER_DISEASE", "UNDETERMINED"][number // 3]
            )
    person = trial.participants.order_by("pk").last()
    with attributed(by=system_user(), reason="test", at=AT):
        Participant.objects.filter(pk=person.pk).update(has_died=True)
    check(trial)

    with unsealed(trial):
        content = snapshots_of(BoardReport(trial=trial), cutoff=LATER)["closed"]
    arms = tuple(CodedArm(letter, False) for letter in content["arms"])
    protocol = ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None)
    table = boundaries(frames_from(content["frames"]), TablePlan(protocol, arms))

    for boundary, row in zip(protocol.boundaries, table["rows"], strict=True):
        for state in states(trial, boundary=boundary.id):
            against = f" against {state.against}" if state.against else ""
            word = "PROMPT" if state.prompts else "no prompt"
            assert (
                f"arm {state.arm}{against}: {word}, {state.affected} of the first {state.evaluable}"
                in row["state"]
            )


def test_boundaries_are_checked_with_as_many_queries_for_five_as_for_fifty(trial):
    counts = []
    for arm in arm_codes(trial):
        harm(treated_arm(trial, arm, 2))
        harm(treated_arm(trial, arm, 20)[:9])
        with CaptureQueriesContext(connection) as captured:
            check(trial)
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 40


def test_notice_goes_to_chair_and_statistician_and_says_nothing(trial, five, chair):
    make_user("unblinded_statistician", trial=trial, email="statistician@board.example")
    for role in (
        "board_member",
        "data_manager",
        "sponsor",
        "investigator",
        "nurse",
        "auditor",
        "cell_therapy_unit",
    ):
        make_user(role, trial=trial, email=f"{role}@x.example")
    harm(five[:3])

    check(trial)
    for notice in PortalNotice.objects.all():
        tasks.send_portal_notice(notice.pk)
        tasks.send_portal_notice(notice.pk)

    assert sorted(address for email in mail.outbox for address in email.to) == [
        "chair@board.example",
        "statistician@board.example",
    ]
    for email in mail.outbox:
        assert email.subject == "Something waits for you in the board's portal"
        for word in (trial.code, "boundary", "alert", "arm", "3 of 5", "serious"):
            assert word not in email.body


def test_log_says_the_same_whatever_is_found(trial, five, caplog):
    for app in ("reports", "dsmb"):
        caplog.set_level(logging.DEBUG, logger=app)
    harm(five[:2])
    assert report_tasks.check_boundaries(trial.pk) is None
    before = [record.getMessage() for record in caplog.records]

    harm(five[2:3])
    assert report_tasks.check_boundaries(trial.pk) is None

    assert [record.getMessage() for record in caplog.records] == before * 2 == []


def test_alerts_are_sealed_in_python_and_in_sql(trial, five):
    harm(five[:3])
    check(trial)

    with pytest.raises(SealedError):
        BoundaryState.objects.count()
    with connection.cursor() as cursor:
        for table in ("reports_boundarystate", "reports_sealedreport", "reports_alertanswer"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,)


def test_clearances_of_a_check_are_the_same_whatever_is_found(trial, five):
    with_ad_hoc = make_board_trial(
        code="CELL-2", ad_hoc={"on_boundary": True, "on_death": False, "source": "t"}
    )
    counts = []
    for harmed in (2, 3):
        harm(treated_arm(with_ad_hoc, arm_codes(with_ad_hoc)[0], 5)[:harmed] if harmed == 2 else [])
        if harmed == 3:
            harm(list(Participant.objects.filter(trial=with_ad_hoc).order_by("-pk")[:2]))
        before = Clearance.objects.count()
        check(with_ad_hoc, at=LATER)
        counts.append(Clearance.objects.count() - before)

    assert counts == [1, 1]
    assert len(alerts(with_ad_hoc)) == 1


@pytest.mark.parametrize("active_first", [True, False])
def test_comparison_prompts_the_same_whichever_arm_is_the_control(trial, active_first):
    """The alert must not depend on the key: otherwise a prompt beside coded counts would reveal it."""
    worse, better = arm_codes(trial) if active_first else reversed(arm_codes(trial))
    harm(treated_arm(trial, worse, 10))
    treated_arm(trial, better, 10)

    check(trial)

    (alert,) = states(trial, boundary="sae-compared", is_alert=True)
    assert (alert.affected, alert.affected_against) == (10, 0)


def test_sweep_finds_what_a_lost_message_would_have_had_checked(trial, five):
    check(trial, at=LATER)
    assert trials_to_check(at=LATER + TEN_MINUTES) == ()

    with attributed(by=system_user(), reason="test", at=LATER + TEN_MINUTES):
        Participant.objects.filter(pk=five[0].pk).update(changed_at=LATER + TEN_MINUTES)

    assert trials_to_check(at=LATER + 2 * TEN_MINUTES) == (trial.pk,)


def test_sweep_checks_once_an_hour_whatever_is_recorded(trial):
    assert trials_to_check(at=LATER) == (trial.pk,)
    check(trial, at=LATER)

    assert trials_to_check(at=LATER + LONGEST_WITHOUT_CHECK - timedelta(seconds=1)) == ()
    assert trials_to_check(at=LATER + LONGEST_WITHOUT_CHECK) == (trial.pk,)


class TestAnswer:
    """The board's answer to an alert."""

    @pytest.fixture
    def alert(self, trial, five):
        harm(five[:3])
        check(trial)
        (alert,) = states(trial, boundary="related-sae", is_alert=True)
        return alert

    def test_answer_stands_beside_the_alert_and_a_later_one_beside_it(self, trial, alert, chair):
        for choice in ("more_data", "continue"):
            answer_alert(
                alert_id=alert.pk, trial=trial, choice=choice, text="as discussed", by=chair, at=LATER
            )

        with unsealed(trial):
            kept = list(
                AlertAnswer.objects.filter(alert=alert).values_list("choice", "answered_by", "answered_at")
            )
        assert kept == [("more_data", chair.pk, LATER), ("continue", chair.pk, LATER)]

    @pytest.mark.parametrize(("choice", "text"), [("halt", "t"), ("meet", "t"), ("", "t"), ("stop", " ")])
    def test_answer_of_no_known_kind_or_without_a_reason_is_refused(self, trial, alert, chair, choice, text):
        with pytest.raises(ValidationError):
            answer_alert(alert_id=alert.pk, trial=trial, choice=choice, text=text, by=chair, at=LATER)

        with unsealed(trial):
            assert not AlertAnswer.objects.exists()

    @pytest.mark.parametrize("role", ["unblinded_statistician", "board_member", "sponsor", "data_manager"])
    def test_chair_alone_answers(self, trial, alert, role):
        with pytest.raises(PermissionDenied):
            answer_alert(
                alert_id=alert.pk,
                trial=trial,
                choice="stop",
                text="t",
                by=make_user(role, trial=trial),
                at=LATER,
            )

    def test_state_that_was_no_alert_is_not_answered(self, trial, alert, chair):
        quiet = states(trial, is_alert=False)[0]

        with pytest.raises(BoundaryState.DoesNotExist):
            answer_alert(alert_id=quiet.pk, trial=trial, choice="stop", text="t", by=chair, at=LATER)


def test_request_is_a_sealed_report_with_its_reason(trial, chair):
    report = request_sealed_report(trial=trial, by=chair, at=LATER, reason="before the meeting")

    with unsealed(trial):
        kept = SealedReport.objects.get(pk=report.pk)
    assert (kept.trigger, kept.asked_by_id, kept.reason, kept.number) == (
        "request",
        chair.pk,
        "before the meeting",
        1,
    )
    assert not BoardReport.objects.exists()


@pytest.mark.parametrize("role", ["board_member", "data_manager", "sponsor", "nurse"])
def test_request_needs_the_right_to_make_reports(trial, role):
    with pytest.raises(PermissionDenied):
        request_sealed_report(trial=trial, by=make_user(role, trial=trial), at=LATER, reason="curious")


def test_death_counts_in_the_boundary_of_deaths(trial):
    people = treated_arm(trial, arm_codes(trial)[0], 5)
    with attributed(by=system_user(), reason="test", at=AT):
        Participant.objects.filter(pk__in=[each.pk for each in people]).update(has_died=True)

    check(trial)

    assert alerts(trial, "deaths") == [(5, 5)]


def test_infusion_that_was_not_given_treats_nobody(trial):
    person = make_enrolled(trial, trial.sites.first())
    allocate(person, arm_codes(trial)[0])
    make_infusion(person, status="not_given", started_at=None, not_given_reason="shock")

    check(trial)

    assert {state.evaluable for state in states(trial)} == {0}
    assert Infusion.objects.count() == 1
