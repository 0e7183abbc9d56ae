"""The frozen content of a report: the data known when the look was reached, nothing sealed in the open part."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services import system_user
from audit.services import attributed, mark_void, next_version
from immunology.models import AntibodyResult, DonorTyping
from product.models import Allocation, DispensedDose, ProductBatch
from reports.choices import ReportKind
from reports.frames import SCHEMAS, SEALED_FRAMES
from reports.models import BoardReport
from reports.queries.adverse_events import ReferenceSafety, terms_of
from reports.queries.frames import BLINDED, PERHAPS_SEALED, FrameMaterial, blinded_frames
from reports.queries.maturity import cutoff_of_look
from reports.queries.people import People
from reports.queries.records import SEALED_TABLES, records_of
from reports.queries.snapshots import snapshots_of
from reports.rendering.document import canonical_bytes
from reports.services.looks import create_report_of_look
from tests.factories import make_enrolled, make_participant, make_reading, make_specimen, save_row, unsealed
from tests.integration.reports.board_trials import LATER, enrol_many, enrolled_at, report_event, treat
from trials.models import ProtocolVersion, Trial

MINUTE = timedelta(minutes=1)


def snapshots(trial: Trial, look: int) -> dict[ReportKind, dict[str, Any]]:
    report = create_report_of_look(trial=trial, look=look, by=system_user(), at=LATER, reason="for a test")
    cutoff = cutoff_of_look(trial_id=trial.pk, look=look)
    assert cutoff is not None
    with unsealed(trial):
        return snapshots_of(BoardReport.objects.select_related("trial").get(pk=report.pk), cutoff=cutoff)


def correct(row: Any, *, at: Any, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    next_version(row, at=at)
    with attributed(by=system_user(), reason="corrected for a test", at=at):
        row.save()


def test_cutoff_is_when_the_last_of_the_look_was_recorded(trial):
    enrol_many(trial, 4)

    assert cutoff_of_look(trial_id=trial.pk, look=3) == enrolled_at(3)
    assert cutoff_of_look(trial_id=trial.pk, look=5) is None


def test_cutoff_waits_for_a_lower_number_that_was_recorded_later(trial):
    people = enrol_many(trial, 3)
    correct(people[0], at=LATER, enrolment_recorded_at=enrolled_at(3) + MINUTE)

    assert cutoff_of_look(trial_id=trial.pk, look=3) == enrolled_at(3) + MINUTE


def test_rows_recorded_up_to_the_cutoff_are_used_and_later_ones_counted(trial):
    people = enrol_many(trial, 3)
    event = report_event(people[1])
    correct(event, at=enrolled_at(3), severity="MILD")

    frozen = snapshots(trial, 3)[ReportKind.OPEN]

    assert len(frozen["frames"]["adverse_events"]) == 1
    assert frozen["entered_after_cutoff"] == {}


@pytest.mark.parametrize(("offset", "used"), [(-MINUTE, 1), (timedelta(0), 1), (MINUTE, 0)])
def test_event_is_used_when_it_was_recorded_at_the_cutoff_or_before(trial, offset, used):
    people = enrol_many(trial, 3)
    event = report_event(people[0])
    make_it_recorded(event, at=enrolled_at(3) + offset)

    frozen = snapshots(trial, 3)[ReportKind.OPEN]

    assert len(frozen["frames"]["adverse_events"]) == used
    assert frozen["entered_after_cutoff"] == ({} if used else {"adverse_events": 1})


def make_it_recorded(row: Any, *, at: Any) -> None:
    with attributed(by=system_user(), reason="dated for a test", at=at):
        type(row).objects.filter(pk=row.pk).update(recorded_at=at, changed_at=at)


def test_row_corrected_after_the_cutoff_stands_as_it_was(trial):
    people = enrol_many(trial, 3)
    event = report_event(people[0], severity="MILD", serious=False)
    correct(event, at=enrolled_at(3) + MINUTE, severity="SEVERE", serious=True)
    correct(event, at=enrolled_at(3) + 2 * MINUTE, severity="MODERATE")

    frozen = snapshots(trial, 3)[ReportKind.OPEN]

    (row,) = frozen["frames"]["adverse_events"]
    assert (row["severity"], row["serious"]) == ("MILD", False)
    assert row["onset_earliest_at"] == "2020-04-08T22:00:00Z"
    assert frozen["corrected_after_cutoff"] == {"adverse_events": 1}


def test_row_voided_after_the_cutoff_is_still_there(trial):
    people = enrol_many(trial, 3)
    later, earlier = report_event(people[0]), report_event(people[1])
    for event, at in ((later, enrolled_at(3) + MINUTE), (earlier, enrolled_at(3))):
        mark_void(event, reason="a double", at=at)
        with attributed(by=system_user(), reason="a double", at=at):
            event.save()

    frozen = snapshots(trial, 3)[ReportKind.OPEN]

    assert [row["participant"] for row in frozen["frames"]["adverse_events"]] == [people[0].code]


def test_death_recorded_after_the_cutoff_has_not_happened_yet(trial):
    people = enrol_many(trial, 3)
    correct(people[0], at=enrolled_at(3) + MINUTE, has_died=True, status="died")

    frozen = snapshots(trial, 3)[ReportKind.OPEN]

    assert frozen["frames"]["deaths"] == []
    assert [row["died"] for row in frozen["frames"]["participants"]] == [False] * 3


def test_participant_enrolled_after_the_look_stands_as_screened(trial):
    people = enrol_many(trial, 4)
    make_it_recorded(people[3], at=enrolled_at(1))
    treat(people[3])

    frozen = snapshots(trial, 3)[ReportKind.CLOSED]

    last = frozen["frames"]["participants"][3]
    assert (last["status"], last["enrolment_number"], last["arm"], last["treated"]) == (
        "screened",
        None,
        None,
        False,
    )
    assert frozen["frames"]["infusions"] == []


def test_screened_participant_recorded_later_is_counted_only(trial):
    enrol_many(trial, 3)
    make_it_recorded(make_participant(trial, trial.sites.first()), at=LATER)

    frozen = snapshots(trial, 3)[ReportKind.OPEN]

    assert len(frozen["frames"]["participants"]) == 3
    assert frozen["entered_after_cutoff"] == {"participants": 1}


def test_draft_is_no_event_and_is_listed_as_waiting(trial):
    people = enrol_many(trial, 3)
    report_event(people[0], status="draft")

    frozen = snapshots(trial, 3)[ReportKind.OPEN]

    assert frozen["frames"]["adverse_events"] == []
    assert [(row["rule"], row["participant"]) for row in frozen["frames"]["mismatches"]] == [
        ("draft", people[0].code)
    ]


def test_hours_after_an_infusion_are_told_only_when_the_onset_has_a_time(trial):
    people = enrol_many(trial, 2)
    for person in people:
        treat(person)
    first = people[0].infusions.get()
    onset = first.started_at + timedelta(hours=3, minutes=40)
    exact = {
        "onset": onset.isoformat(timespec="minutes"),
        "onset_earliest_at": onset,
        "onset_latest_at": onset,
    }
    report_event(people[0], after_infusion=first, **exact)
    report_event(people[1], after_infusion=people[1].infusions.get())

    frozen = snapshots(trial, 2)[ReportKind.OPEN]

    assert [row["hours_after_infusion"] for row in frozen["frames"]["adverse_events"]] == [3.67, None]
    assert [row["infusion_number"] for row in frozen["frames"]["adverse_events"]] == [1, 1]


def test_infusion_without_readings_is_not_evaluable(trial):
    people = enrol_many(trial, 2)
    treat(people[0])
    make_reading(people[1], taken_at=people[1].enrolled_at)

    frozen = snapshots(trial, 2)[ReportKind.OPEN]

    results = {row["result"] for row in frozen["frames"]["haemodynamic_evaluations"]}
    assert results == {"NOT_EVALUABLE"}


def test_death_on_an_unknown_day_and_a_withdrawal_leave_open_what_came_within_a_day_of_the_infusion(trial):
    people = enrol_many(trial, 10)
    for person in people[:3]:
        treat(person)
    correct(people[0], at=enrolled_at(9), has_died=True, status="died")
    correct(people[1], at=enrolled_at(9), withdrawn_date=enrolled_at(3).date(), status="withdrawn")

    rows = snapshots(trial, 10)[ReportKind.OPEN]["frames"]["haemodynamic_evaluations"]

    outcome = {row["participant"]: row["result"] for row in rows if row["criterion"] == "ARREST_OR_DEATH"}
    results = [outcome[person.code] for person in people[:3]]
    assert results == ["NOT_EVALUABLE", "NOT_EVALUABLE", "NOT_MET"]


def test_specimen_whose_days_are_over_is_missing(trial):
    people = enrol_many(trial, 40)
    make_specimen(people[0], planned_day=0, collected_at=people[0].enrolled_at)
    for person, day in ((people[1], 20), (people[2], 17)):
        moment = person.enrolled_at + timedelta(days=day)
        died = {"died": str(moment.date()), "died_earliest_at": moment, "died_latest_at": moment}
        correct(person, at=enrolled_at(39), has_died=True, status="died", **died)
    withdrew = people[3].day0_date + timedelta(days=1)
    correct(people[3], at=enrolled_at(39), withdrawn_date=withdrew, status="withdrawn")

    rows = snapshots(trial, 40)[ReportKind.OPEN]["frames"]["specimens"]

    missing = {
        number: [row["planned_day"] for row in rows if row["participant"] == people[number].code]
        for number in (1, 2, 3)
    }
    assert missing == {1: [0, 14], 2: [0], 3: []}
    first = [(row["planned_day"], row["taken"]) for row in rows if row["participant"] == people[0].code]
    last = [row for row in rows if row["participant"] == people[-1].code and row["planned_day"] == 14]
    assert first == [(0, True), (14, False)]
    assert last == []


def test_closed_snapshot_holds_coded_arms_and_never_their_names(trial):
    enrol_many(trial, 4)

    closed = canonical_bytes(snapshots(trial, 4)[ReportKind.CLOSED]["frames"]).decode()

    letters = {row["arm"] for row in json.loads(closed)["participants"]}
    assert letters == {"A", "B"}


def test_allocation_entered_after_the_cutoff_is_the_key_and_used(trial):
    people = enrol_many(trial, 3)
    with unsealed(trial):
        make_it_recorded(Allocation.objects.get(participant=people[2]), at=LATER)

    closed = snapshots(trial, 3)[ReportKind.CLOSED]

    assert {row["arm"] for row in closed["frames"]["participants"]} == {"A", "B"}
    assert (closed["without_allocation"], closed["entered_after_cutoff"]) == (0, {})


def test_enrolled_participant_without_an_allocation_is_said(trial):
    people = enrol_many(trial, 2)
    at = enrolled_at(3)
    make_enrolled(trial, people[0].site, enrolled_at=at, enrolment_recorded_at=at, day0_date=at.date())

    both = snapshots(trial, 3)

    assert both[ReportKind.CLOSED]["without_allocation"] == 1
    assert both[ReportKind.OPEN]["without_allocation"] is None


def test_snapshot_says_what_enrolment_was_taken_from(trial):
    enrol_many(trial, 3)

    assert snapshots(trial, 3)[ReportKind.OPEN]["enrolment_basis"] == {"randomisation": 3}


def test_open_snapshot_holds_nothing_sealed(trial):
    people = enrol_many(trial, 4)
    for person in people:
        treat(person)
    _seal_something(trial, people[0])

    both = snapshots(trial, 4)

    opened = both[ReportKind.OPEN]
    assert opened["arms"] == []
    assert {row["arm"] for row in opened["frames"]["participants"]} == {None}
    assert all(not opened["frames"][name] for name in ("doses", "batches", "antibodies"))
    assert all(not row["is_sealed"] for row in opened["frames"]["mismatches"])
    assert "sealed" not in opened["provenance"]["audit_head"]
    closed = both[ReportKind.CLOSED]
    assert [len(closed["frames"][name]) for name in ("doses", "batches", "antibodies")] == [1, 1, 4]


def test_antibodies_are_rolled_up_without_folding_unknown_into_no(trial):
    people = enrol_many(trial, 2)
    for person in people:
        treat(person)
    _seal_something(trial, people[0])

    told, untold = snapshots(trial, 2)[ReportKind.CLOSED]["frames"]["antibodies"]

    assert (told["anti_hla_before"], told["anti_hla_after"]) == (True, None)
    assert (told["preformed_dsa"], told["de_novo_dsa"], told["peak_mfi"]) == (True, None, None)
    assert (told["above_threshold"], told["baseline_evaluable"], told["followup_evaluable"]) == (
        True,
        True,
        False,
    )
    answers = (
        "anti_hla_before",
        "anti_hla_after",
        "preformed_dsa",
        "de_novo_dsa",
        "above_threshold",
        "indeterminate",
    )
    assert {untold[name] for name in answers} == {None}


def _seal_something(trial: Trial, person: Any) -> None:
    specimen = make_specimen(person, planned_day=0, collected_at=person.enrolled_at)
    with unsealed(trial):
        batch = save_row(ProductBatch(trial=trial, code="B-1", arm_code="UC-MSC", donor_code="D-1"))
        infusion = person.infusions.get()
        save_row(
            DispensedDose(trial=trial, participant=person, infusion=infusion, batch=batch, cells_million="70")
        )
        save_row(
            AntibodyResult(
                trial=trial, participant=person, specimen=specimen, specificity="A2", hla_class="I", mfi="6200",
                recorded_by_id=1,
            )
        )  # fmt: skip
        save_row(DonorTyping(trial=trial, donor_code="D-1", locus="A", specificity="A2"))


def test_frames_that_both_snapshots_share_hold_nothing_that_is_sealed(trial):
    """A frame to which sealed records could add anything must be made again for the closed snapshot."""
    for person in enrol_many(trial, 4):
        treat(person)
        report_event(person, serious=True)
        make_specimen(person)
        make_reading(person, map_mmhg=70)
    with unsealed(trial):
        given = {"cutoff": LATER, "enrolled_up_to": None, "zone": trial.timezone}
        records = records_of(trial_id=trial.pk, **given)
        everything, blinded = People(records), People(records.without(SEALED_TABLES))
        protocol = ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None)
        material = FrameMaterial(protocol, terms_of(protocol), None, ReferenceSafety(None))
        shared = blinded_frames(blinded, material)

        assert blinded_frames(everything, material) == shared

    assert everything.letters
    assert not blinded.letters
    assert {*BLINDED, *PERHAPS_SEALED} == set(SCHEMAS)
    assert set(PERHAPS_SEALED) >= SEALED_FRAMES
    sealed_columns = {name for name, schema in SCHEMAS.items() if any(c.sealed for c in schema.columns)}
    assert sealed_columns & set(BLINDED) == {"adverse_events", "unblindings"}


def test_freezing_takes_as_many_queries_for_twelve_as_for_three(trial):
    people = enrol_many(trial, 12)
    for person in people:
        treat(person)
        report_event(person)
        make_reading(person, map_mmhg=70)
    counts = []
    for look in (3, 12):
        with CaptureQueriesContext(connection) as queries:
            snapshots(trial, look)
        counts.append(len([one for one in queries if "reports_boardreport" not in one["sql"]]))

    assert counts[0] == counts[1]


def test_draft_is_nobodys_cause_of_death(trial):
    person = enrol_many(trial, 1)[0]
    correct(person, at=enrolled_at(1), has_died=True, status="died")
    report_event(person, status="draft", outcome="FATAL", number=1)
    report_event(person, status="recorded", outcome="FATAL", number=2)

    (death,) = snapshots(trial, 1)[ReportKind.CLOSED]["frames"]["deaths"]

    assert death["fatal_event"] == 2


@pytest.mark.parametrize(("look", "is_close"), [(10, False), (11, True), (12, True), (13, False)])
def test_open_report_between_the_looks_keeps_its_distance(trial, look, is_close):
    enrol_many(trial, look)

    assert snapshots(trial, look)[ReportKind.OPEN]["is_close_to_another"] is is_close


def test_report_that_shows_enrolment_alone_is_no_neighbour(trial):
    enrol_many(trial, 17)
    for look, is_close in ((17, False), (16, True), (14, False)):
        report = snapshots(trial, look)[ReportKind.OPEN]
        correct(
            BoardReport.objects.get(look=look),
            at=LATER,
            state="ready",
            ready_at=LATER,
            data_cutoff_at=enrolled_at(look),
            snapshot_sha256="0" * 64,
        )
        assert report["is_close_to_another"] is is_close
