from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import models, transaction

from accounts.services import system_user
from audit.models import Entry
from events.models import AdverseEvent
from events.services.adverse_events import sign_adverse_event, void_adverse_event
from interchange.models import ImportRun
from product.models import Allocation, DispensedDose, ProductBatch
from tests.factories import AT, make_participant, unsealed
from tests.integration.interchange.sdtm_folders import (
    rewrite_as_json,
    rewrite_as_xport,
    run_import,
    run_refused,
    small_study,
)
from tests.unit.interchange.study_rows import PILOT, ae, dm, ds, ex
from trials.models import Infusion, Participant, Site, Trial
from trials.signals import participant_enrolled

pytestmark = pytest.mark.django_db

CLINICAL: list[type[models.Model]] = [Trial, Site, Participant, Infusion, AdverseEvent, ImportRun, Entry]


@pytest.fixture(autouse=True)
def _system() -> None:
    """The system's account, whose making would be an entry of the trail, was made long before."""
    system_user()


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in CLINICAL}


def trial() -> Trial:
    return Trial.objects.get(code=PILOT)


def test_participants_are_enrolled_by_date_and_screen_failures_kept(tmp_path: Path) -> None:
    run_import(small_study(tmp_path / "study"))

    people = {row.code: row for row in Participant.objects.all()}
    assert {code: (row.status, row.enrolment_number) for code, row in people.items()} == {
        "P1": ("died", 2),
        "P2": ("completed", 1),
        "P3": ("screen_failure", None),
    }
    assert people["P1"].enrolment_basis == "reference_start"
    assert people["P1"].day0_date.isoformat() == "2013-01-10"
    assert (people["P1"].died, people["P1"].age_years, people["P1"].sex) == ("2013-02-01", 63, "F")
    assert [people[code].in_safety_population for code in ("P1", "P2", "P3")] == [True, True, None]


def test_events_keep_partial_dates_flags_and_the_studys_own_terms(tmp_path: Path) -> None:
    run_import(small_study(tmp_path / "study"))

    event = AdverseEvent.objects.get(participant__code="P1", number=1)
    assert (event.onset, event.onset_earliest_at.isoformat()) == ("2013-01", "2013-01-01T05:00:00+00:00")
    assert (event.treatment_emergent, event.causality, event.severity) == (True, "POSSIBLE", "MILD")
    assert (event.dictionary_term, event.dictionary_soc, event.grade) == (
        "HEADACHE",
        "NERVOUS SYSTEM DISORDERS",
        None,
    )
    assert (event.source, event.source_key) == ("import", "AESEQ 1")


def test_arm_dose_and_lot_are_sealed(tmp_path: Path) -> None:
    run_import(small_study(tmp_path / "study"))

    with unsealed(trial()):
        arms = {
            row.participant.code: (row.arm_code, row.received_arm_code) for row in Allocation.objects.all()
        }
        doses = {
            row.participant.code: (row.product, row.dose, row.dose_unit)
            for row in DispensedDose.objects.all()
        }
        batch = ProductBatch.objects.get()
    assert arms == {"P1": ("Pbo", ""), "P2": ("Xan_Hi", "Xan_Lo")}
    assert doses == {"P1": ("PLACEBO", Decimal(0), "mg"), "P2": ("XANOMELINE", Decimal(81), "mg")}
    assert (batch.code, batch.arm_code) == ("L7", "Xan_Lo")


def test_same_folder_twice_changes_nothing_and_says_so(tmp_path: Path) -> None:
    folder = small_study(tmp_path / "study")
    run_import(folder)
    before = counts()

    said = run_import(folder)

    assert "Nothing changed" in said
    assert counts() == before


def test_changed_record_becomes_a_correction_with_its_history(tmp_path: Path) -> None:
    run_import(small_study(tmp_path / "study"))
    changed = small_study(
        tmp_path / "study", ae=[ae("P1", AESEV="SEVERE"), ae("P1", "2"), ae("P2", AESHOSP="Y")]
    )

    said = run_import(changed)

    event = AdverseEvent.objects.get(participant__code="P1", number=1)
    entries = Entry.objects.of_row(table="events_adverseevent", row_id=event.pk).order_by("id")
    assert "adverse events: 0 new, 2 changed, 1 unchanged, 0 absent" in said
    assert (event.severity, event.version) == ("SEVERE", 2)
    assert [(entry.change, (entry.new or {})["severity"]) for entry in entries] == [
        ("INSERT", "MILD"),
        ("UPDATE", "SEVERE"),
    ]
    assert all(entry.reason.startswith("SDTM import study sha256 ") for entry in entries)


def test_correction_by_an_import_drops_the_signature_and_leaves_a_void_event_alone(tmp_path: Path) -> None:
    run_import(small_study(tmp_path / "study"))
    signed, void = AdverseEvent.objects.filter(participant__code="P1").order_by("number")
    by = {"by": system_user(), "at": AT}
    sign_adverse_event(event=signed, seen_version=1, **by)
    void_adverse_event(event=void, reason="of another patient", **by)

    run_import(
        small_study(
            tmp_path / "study", ae=[ae("P1", AESEV="SEVERE"), ae("P1", "2", AESEV="SEVERE"), ae("P2")]
        )
    )

    signed.refresh_from_db()
    void.refresh_from_db()
    assert (signed.severity, signed.signed_by, signed.signed_at) == ("SEVERE", "", None)
    assert (void.severity, void.version) == ("", 2)


def test_record_that_disappeared_is_reported_and_kept(tmp_path: Path) -> None:
    run_import(small_study(tmp_path / "study"))

    said = run_import(small_study(tmp_path / "study", ae=[ae("P2", AESHOSP="Y")], suppae=[]))

    assert "no longer in the files, and kept: adverse events: P1 AESEQ 2" in said
    assert AdverseEvent.objects.filter(voided_at=None).count() == 3


def test_data_set_that_is_missing_is_said_in_one_line(tmp_path: Path) -> None:
    run_import(small_study(tmp_path / "study"))

    said = run_import(small_study(tmp_path / "study", ae=[], suppae=[]))

    assert "no longer in the files, and kept: 3 adverse events: the folder has no AE" in said
    assert "adverse events: 0 new, 0 changed, 0 unchanged, 3 absent" in said
    assert "No AE data set was found" in said


def test_same_study_in_another_format_changes_nothing(tmp_path: Path) -> None:
    folder = small_study(tmp_path / "study")
    run_import(folder)
    rewrite_as_json(folder, "dm", "suppdm", "ds")
    rewrite_as_xport(folder, "ae", "ex", "suppae")

    said = run_import(folder)

    assert "Nothing changed" in said
    assert not list(folder.glob("*.csv"))


def test_later_participant_gets_the_next_number_and_nobody_is_renumbered(tmp_path: Path) -> None:
    run_import(small_study(tmp_path / "study"))
    people = [
        dm("P1", RFSTDTC="2013-01-11"),
        dm("P2", ARMCD="Xan_Hi", RFSTDTC="2013-01-08"),
        dm("P0", RFSTDTC="2013-01-01"),
    ]

    run_import(small_study(tmp_path / "study", dm=people, ds=[ds("P2")], suppdm=[]))

    numbers = dict(Participant.objects.enrolled().values_list("code", "enrolment_number"))
    assert numbers == {"P2": 1, "P1": 2, "P0": 3}


def test_one_bad_row_and_nothing_is_written(tmp_path: Path) -> None:
    before = counts()
    folder = small_study(tmp_path / "study", ae=[ae("P1"), ae("P2", AESEV="AWFUL", AEREL="MAYBE")])

    printed, sentence = run_refused(folder)

    assert printed.splitlines() == [
        "file,line,variable,value,reason",
        'ae.csv,3,AESEV,AWFUL,"the value is none of MILD, MODERATE, SEVERE"',
        'ae.csv,3,AEREL,MAYBE,"the protocol\'s causality categories are NONE, REMOTE, POSSIBLE, PROBABLE"',
    ]
    assert sentence == "2 bad rows; nothing was imported."
    assert counts() == before


def test_dry_run_says_what_would_be_done_and_writes_nothing(tmp_path: Path) -> None:
    before = counts()

    said = run_import(small_study(tmp_path / "study"), dry_run=True)

    assert "participants: 3 new" in said
    assert "Dry run: nothing was written." in said
    assert counts() == before


def test_site_that_the_protocol_does_not_list_is_made_and_named(tmp_path: Path) -> None:
    said = run_import(small_study(tmp_path / "study"))

    assert "Sites made that the trial did not have: 999" in said
    assert Site.objects.get(code="999").timezone == "America/New_York"


def test_summary_names_the_source_of_the_enrolment_date_and_counts_findings(tmp_path: Path) -> None:
    said = run_import(small_study(tmp_path / "study"))

    assert "Enrolment date taken from RFSTDTC: 2 participants" in said
    assert "Findings to reconcile: 2" in said
    assert "  criterion_not_serious: 1" in said
    assert "ae.csv line 4: P2, adverse event 1: Serious: not “yes”" in said


def kept_openly(folder: Path) -> tuple[str, list[str]]:
    """What an import says, and every open entry it leaves in the trail, without ids and clock times.

    Then taken back.
    """
    with transaction.atomic():
        said = run_import(folder)
        entries = [
            (entry.table_name, entry.change, entry.reason, _without_ids(entry.new or {}))
            for entry in Entry.objects.exclude(reason="made for a test")
        ]
        transaction.set_rollback(True)
    return said, sorted(map(str, entries))


def _without_ids(row: dict[str, object]) -> dict[str, object]:
    clocks = {"recorded_at", "changed_at", "imported_at", "enrolment_recorded_at"}
    return {name: value for name, value in row.items() if not name.endswith("id") and name not in clocks}


def test_swapping_the_arms_changes_no_byte_of_what_is_said_or_kept_openly(tmp_path: Path) -> None:
    first = {"AGE": "63.0", "AGEU": "YEARS", "SEX": "F", "DTHFL": "Y", "DTHDTC": "2013-02-01"}
    second = {"RFSTDTC": "2013-01-08", "SITEID": "999"}
    placebo = {"EXTRT": "PLACEBO", "EXDOSE": "0", "EXDOSU": "mg"}
    verum = {"EXTRT": "XANOMELINE", "EXDOSE": "81", "EXDOSU": "mg", "EXLOT": "L7"}
    low = {"ARMCD": "Xan_Hi", "ACTARMCD": "Xan_Lo"}
    failed = dm("P3", ARMCD="Scrnfail", RFSTDTC="")
    one = small_study(
        tmp_path / "study",
        dm=[dm("P1", **first), dm("P2", **second, **low), failed],
        ex=[ex("P1", **placebo), ex("P2", **verum)],
    )
    before = kept_openly(one)
    other = small_study(
        tmp_path / "study",
        dm=[dm("P1", **first, **low), dm("P2", **second), failed],
        ex=[ex("P1", **verum), ex("P2", **placebo)],
    )

    after = kept_openly(other)

    assert len(before[1]) > 10
    assert after == before


@pytest.mark.parametrize("dry_run", [True, False])
def test_import_of_a_guessed_arm_says_the_same_whether_it_is_right(tmp_path: Path, dry_run: bool) -> None:
    """Only arm, dose and lot differ between the guesses: the answers, and the runs that are kept, are the same."""
    run_import(small_study(tmp_path / "study"))
    runs = ImportRun.objects.count()
    answers = []
    for arm, lot in (("Pbo", ""), ("Xan_Hi", "L1")):
        guess = small_study(
            tmp_path / "study",
            dm=[
                dm("P1", AGE="63.0", AGEU="YEARS", SEX="F", DTHFL="Y", DTHDTC="2013-02-01", ACTARMCD=arm),
                dm("P2", ARMCD="Xan_Hi", ACTARMCD="Xan_Lo", RFSTDTC="2013-01-08", SITEID="999"),
                dm("P3", ARMCD="Scrnfail", RFSTDTC=""),
            ],
            ex=[
                ex("P1", EXDOSE="0", EXDOSU="mg", EXLOT=lot),
                ex("P2", EXTRT="XANOMELINE", EXDOSE="81", EXDOSU="mg", EXLOT="L7"),
            ],
        )
        answers.append(run_import(guess, dry_run=dry_run))

    assert answers[0] == answers[1]
    assert "Nothing changed" in answers[0]
    assert ImportRun.objects.count() == runs


def test_enrolled_participants_are_announced_once(
    tmp_path: Path, django_capture_on_commit_callbacks: Callable
) -> None:
    heard: list[int] = []

    def listen(*, trial_id: int, **_: object) -> None:
        heard.append(trial_id)

    participant_enrolled.connect(listen)
    folder = small_study(tmp_path / "study")
    run_import(folder)
    run_import(folder)
    participant_enrolled.disconnect(listen)

    assert heard == [trial().pk]


def test_participant_entered_by_hand_is_not_overwritten(tmp_path: Path) -> None:
    run_import(small_study(tmp_path / "study"))
    make_participant(trial(), Site.objects.get(code="701"), code="P4")

    printed, _ = run_refused(small_study(tmp_path / "study", dm=[dm("P1"), dm("P2"), dm("P3"), dm("P4")]))

    assert "dm.csv,5,USUBJID,P4,this participant was entered by hand" in printed


def test_enrolment_is_not_taken_back(tmp_path: Path) -> None:
    run_import(small_study(tmp_path / "study"))
    people = [dm("P1", ARMCD="Scrnfail"), dm("P2"), dm("P3", ARMCD="Scrnfail")]

    printed, _ = run_refused(small_study(tmp_path / "study", dm=people, ex=[ex("P2")], suppdm=[]))

    assert 'dm.csv,2,USUBJID,P1,"an earlier import enrolled this participant' in printed


def test_run_is_kept_with_its_hash_and_open_counts(tmp_path: Path) -> None:
    run_import(small_study(tmp_path / "study"))

    run = ImportRun.objects.get()
    assert (run.folder_name, len(run.folder_sha256)) == ("study", 64)
    assert run.summary["counts"]["participants"]["new"] == 3
    assert not any(word in str(run.summary) for word in ("Pbo", "Xan", "L7", "PLACEBO"))


@pytest.mark.parametrize("name", ["absent", "empty"])
def test_folder_that_cannot_be_read_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()

    _, sentence = run_refused(tmp_path / name)

    assert name in sentence


def test_protocol_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("code = ")

    _, sentence = run_refused(small_study(tmp_path / "study"), tmp_path / "p.toml")

    assert "nothing was imported" in sentence.lower()
