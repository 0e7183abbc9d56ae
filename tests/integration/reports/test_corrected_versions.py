"""The trial continues after a look: a corrected version has the corrections, and nothing else that came later."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.services import system_user
from assessments.models import DailyAssessment
from events.models import AdverseEvent
from haemodynamics.models import HaemodynamicFinding, HaemodynamicReading
from haemodynamics.models import VasopressorRate as VasopressorRateRow
from haemodynamics.rules import RunningVasopressor
from haemodynamics.services import record_reading
from product.models import Allocation
from reports.choices import ReportKind
from reports.documents import document_of
from reports.frames.schema import SCHEMAS
from reports.models import BoardReport
from reports.rules.corrections import frame_changes
from reports.services.looks import create_due_reports
from tests.factories import make_enrolled, save_row, unsealed
from tests.integration.reports.board_trials import (
    LATER,
    START,
    arm_codes,
    enrol_many,
    enrolled_at,
    make_plainly,
    protocol_content,
    report_event,
    treat,
)
from tests.integration.reports.test_snapshots_of_results import assess
from tests.integration.reports.test_versions import CORRECTED, change, correct, frozen, snapshot
from tests.plugins.shared_rows import shared_rows
from trials.models import Infusion, Participant, Trial
from trials.services import load_protocol

SINCE = LATER + timedelta(days=1)
GAS = {"pao2_mmhg": Decimal(90), "fio2_fraction": Decimal("0.6"), "ventilation": "invasive"}
KEYS = {name: schema.unique for name, schema in SCHEMAS.items()}


@shared_rows
def ready(trial: Trial) -> BoardReport:
    """The look at ten, made: events, assessments, a draft, a planned infusion, a finding.

    One without an allocation.
    """
    people = [*enrol_many(trial, 9), _without_allocation(trial)]
    for person in people:
        treat(person)
    report_event(people[0], grade=2, severity="MODERATE")
    report_event(people[1], grade=None, causality="", outcome="NOT RECOVERED/NOT RESOLVED")
    report_event(people[2], number=1, status="draft")
    report_event(people[3], serious=True, hospitalisation=True, grade=3, severity="SEVERE")
    for person in people[:5]:
        assess(person, 0, at=enrolled_at(9), **GAS)
    _hypertension(people[3])
    (report,) = create_due_reports(trial_id=trial.pk, at=LATER)
    return make_plainly(report)


def _without_allocation(trial: Trial) -> Participant:
    at = enrolled_at(10)
    dates = {
        "enrolled_at": at,
        "enrolment_recorded_at": at,
        "day0_date": at.date(),
        "screened_date": at.date(),
    }
    return make_enrolled(trial, trial.sites.order_by("code").first(), age_years=60, **dates)


def _hypertension(person: Participant) -> None:
    """A finding at the cut-off: norepinephrine runs at four times what it did before."""
    started = Infusion.objects.get(participant=person).started_at
    for minutes, rate in ((-10, "10"), (60, "40")):
        record_reading(
            participant=person,
            values={"taken_at": started + timedelta(minutes=minutes)},
            vasopressors=(RunningVasopressor("norepinephrine", Decimal(rate), "ug/min", "base"),),
            by=system_user(),
            at=enrolled_at(9),
            reason="for a test",
        )


def go_on(trial: Trial) -> None:
    """Events of a trial in the weeks after a look."""
    people = list(Participant.objects.order_by("enrolment_number"))
    after = enrolled_at(10) + timedelta(days=20)
    died = {"died": f"{after:%Y-%m-%d}", "died_earliest_at": after, "died_latest_at": after}
    change(people[4], has_died=True, status="died", **died)
    change(people[5], has_died=True, status="died", died="", died_earliest_at=None, died_latest_at=None)
    change(people[6], completed_date=after.date(), status="completed")
    change(people[7], withdrawn_date=after.date(), status="withdrawn")
    events = {event.participant_id: event for event in AdverseEvent.objects.all()}
    change(events[people[1].pk], grade=3, causality="UC_MSC", outcome="RECOVERED/RESOLVED")
    change(events[people[2].pk], status="recorded")
    change(events[people[3].pk], signed_at=SINCE, signed_by="Ada Lovelace")
    save_row(AdverseEvent(**_copied(events[people[0].pk])), at=LATER)
    for finding in HaemodynamicFinding.objects.all():
        change(finding, state="confirmed", decided_by="ada", decided_at=SINCE, decision_reason="real")
    assess(people[0], 1, at=LATER, **GAS)
    change(DailyAssessment.objects.get(participant=people[1]), sofa_renal=2)
    with unsealed(trial):
        save_row(Allocation(trial=trial, participant=people[9], arm_code=arm_codes(trial)[0]), at=SINCE)


def _copied(event: AdverseEvent) -> dict[str, Any]:
    kept = {f.attname: getattr(event, f.attname) for f in event._meta.concrete_fields if not f.primary_key}
    return {**kept, "number": 2}


def correct_two_facts() -> None:
    first, third = (Participant.objects.get(enrolment_number=number) for number in (1, 3))
    change(AdverseEvent.objects.get(participant=first, number=1), grade=3, reason="another chart")
    change(
        DailyAssessment.objects.get(participant=third), pao2_mmhg=Decimal(75), reason="read from the print"
    )


def tables(content: dict[str, Any]) -> dict[str, Any]:
    made = document_of(json.dumps(content).encode())["tables"]
    return {table["id"]: table for table in made if table["id"] not in ("version_changes", "moved_figures")}


@pytest.mark.parametrize("kind", ReportKind)
def test_only_two_corrections_move_when_the_trial_has_gone_on(ready, kind):
    go_on(ready.trial)
    correct_two_facts()

    before, after = snapshot(ready, kind), frozen(correct(ready), kind)

    changes = frame_changes(before["frames"], after["frames"], KEYS)
    moved = [(each.frame, each.column, each.before, each.after) for each in changes]
    assert moved == [("adverse_events", "grade", 2, 3), ("daily_assessments", "pf_ratio", 150.0, 125.0)]
    by_hand = json.loads(json.dumps(before))
    (event,) = [row for row in by_hand["frames"]["adverse_events"] if row["grade"] == 2]
    event["grade"] = 3
    third = Participant.objects.get(enrolment_number=3).code
    (day,) = [row for row in by_hand["frames"]["daily_assessments"] if row["participant"] == third]
    day["pf_ratio"] = 125.0
    assert tables(after) == tables(by_hand)


@pytest.mark.parametrize("kind", ReportKind)
def test_what_changed_shows_the_two_corrections(ready, kind):
    go_on(ready.trial)
    correct_two_facts()

    account = frozen(correct(ready), kind)["corrections"]

    assert [(c["frame"], c["column"], c["before"], c["after"], c["reasons"]) for c in account["changes"]] == [
        ("adverse_events", "grade", 2, 3, ["another chart"]),
        ("daily_assessments", "pao2_mmhg", 90.0, 75.0, ["read from the print"]),
    ]
    assert account["differing"] == 2


def test_corrected_reading_withdraws_the_finding_that_rested_on_it(ready):
    (before,) = snapshot(ready, ReportKind.CLOSED)["frames"]["haemodynamic_findings"]
    reading = HaemodynamicReading.objects.order_by("taken_at").last()
    change(VasopressorRateRow.objects.get(reading=reading), rate=Decimal(10), reason="read from another pump")

    content = frozen(correct(ready))

    assert before["decision"] == "OPEN"
    assert content["frames"]["haemodynamic_findings"] == []


def test_protocol_loaded_since_with_an_older_date_is_not_that_of_the_report(ready):
    amended = protocol_content(version="9.9", title="An amendment that came late")
    amended["effective_date"] = START.date()
    load_protocol(content=amended, by=system_user(), at=SINCE, reason="an amendment")

    before, after = snapshot(ready, ReportKind.OPEN), frozen(correct(ready), ReportKind.OPEN)

    assert after["protocol"] == before["protocol"]


def test_arm_that_was_corrected_moves_the_participant(ready):
    person = Participant.objects.get(enrolment_number=1)
    with unsealed(ready.trial):
        allocation = Allocation.objects.get(participant=person)
        other = next(code for code in arm_codes(ready.trial) if code != allocation.arm_code)
        change(allocation, arm_code=other, reason="the kit list was read wrongly")

    content = frozen(correct(ready))

    (line,) = content["corrections"]["changes"]
    assert (line["frame"], line["column"]) == ("allocations", "arm")
    assert {line["before"], line["after"]} == {"A", "B"}
    assert other not in json.dumps(content["corrections"])


def test_third_version_keeps_the_corrections_of_the_second(ready):
    correct_two_facts()
    second = make_plainly(correct(ready), at=CORRECTED)
    go_on(ready.trial)

    content = frozen(correct(second, at=CORRECTED + timedelta(days=1)))

    assert [row["grade"] for row in content["frames"]["adverse_events"]].count(3) == 2
    assert content["corrections"]["changes"] == []
