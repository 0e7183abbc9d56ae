"""Services on readings: effect, trail, rollback, permissions; findings that rise and fall with them."""

import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services import system_user
from audit.models import Entry
from haemodynamics.models import HaemodynamicFinding, HaemodynamicReading, VasopressorRate
from haemodynamics.rules import RunningVasopressor as Rate
from haemodynamics.services import correct_reading, evaluate_participants, record_reading, void_reading
from haemodynamics.services.imports import import_readings
from haemodynamics.signals import haemodynamic_finding_raised
from tests.factories import make_enrolled, make_infusion, make_user
from tests.integration.haemodynamics.haemodynamic_rows import (
    NOW,
    REASON,
    START,
    Bedside,
    at,
    make_bedside,
    norepinephrine,
)
from tests.plugins.shared_rows import shared_rows

pytestmark = pytest.mark.django_db


@shared_rows
def bedside() -> Bedside:
    return make_bedside()


@pytest.fixture
def news() -> Iterator[list[int]]:
    """The ids of the findings of the signal."""
    heard: list[int] = []

    def hear(finding_id: int, **_: Any) -> None:
        heard.append(finding_id)

    haemodynamic_finding_raised.connect(hear)
    yield heard
    haemodynamic_finding_raised.disconnect(hear)


def states() -> dict[str, str]:
    return dict(HaemodynamicFinding.objects.values_list("criterion", "state"))


def test_reading_is_kept_with_its_pumps_and_its_trail(bedside: Bedside) -> None:
    row = bedside.read(15, norepinephrine("4.5"), map_mmhg=70, spo2_percent=Decimal("96.5"))

    stored = HaemodynamicReading.objects.get()
    pump = stored.vasopressors.get()
    entry = Entry.objects.get(table_name="haemodynamics_haemodynamicreading")
    assert (stored.pk, stored.map_mmhg, stored.spo2_percent) == (row.pk, 70, Decimal("96.5"))
    assert stored.vasopressors_checked is True
    assert stored.heart_rate_bpm is None
    assert (pump.agent, pump.rate, pump.salt) == ("norepinephrine", Decimal("4.5"), "base")
    assert (entry.actor_label, entry.reason, entry.at) == (bedside.nurse.username, REASON, NOW)


def test_zero_is_kept_as_zero(bedside: Bedside) -> None:
    row = bedside.read(15, heart_rate_bpm=0, map_mmhg=0, cardiac_arrest=True)

    row.refresh_from_db()
    assert (row.heart_rate_bpm, row.map_mmhg, row.sbp_mmhg) == (0, 0, None)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"heart_rate_bpm": 301}, "heart_rate_bpm"),
        ({"heart_rate_bpm": -1}, "heart_rate_bpm"),
        ({"fio2_fraction": Decimal(60)}, "fio2_fraction"),
        ({"dbp_mmhg": 90, "sbp_mmhg": 80}, "dbp_mmhg"),
        ({"taken_at": NOW.replace(year=2021), "map_mmhg": 70}, "taken_at"),
        ({}, "heart_rate_bpm"),
        ({"pulse": 80}, "pulse"),
        ({"respiratory_support": "tent", "map_mmhg": 70}, "respiratory_support"),
    ],
)
def test_impossible_reading_is_refused_at_its_field(
    bedside: Bedside, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        record_reading(
            participant=bedside.participant,
            values={"taken_at": at(15), **values},
            by=bedside.nurse,
            at=NOW,
            reason=REASON,
        )

    assert field in refused.value.message_dict
    assert not HaemodynamicReading.objects.exists()


@pytest.mark.parametrize(("rate", "unit"), [("-1", "ug/min"), ("3.5", "ug/kg/min"), ("1", "drops/min")])
def test_impossible_pump_is_refused_and_nothing_is_kept(bedside: Bedside, rate: str, unit: str) -> None:
    with pytest.raises(ValidationError):
        bedside.read(15, norepinephrine(rate, unit), map_mmhg=70)

    assert not HaemodynamicReading.objects.exists()
    assert not VasopressorRate.objects.exists()


def test_reading_of_another_site_is_refused(bedside: Bedside) -> None:
    stranger = make_user("nurse", trial=bedside.trial, site=bedside.trial.sites.get(code="02"))

    with pytest.raises(PermissionDenied):
        record_reading(
            participant=bedside.participant,
            values={"taken_at": at(15), "map_mmhg": 70},
            by=stranger,
            at=NOW,
            reason=REASON,
        )


def test_reading_without_reason_is_refused(bedside: Bedside) -> None:
    with pytest.raises(ValidationError) as refused:
        record_reading(
            participant=bedside.participant,
            values={"taken_at": at(15), "map_mmhg": 70},
            by=bedside.nurse,
            at=NOW,
            reason=" ",
        )

    assert "reason" in refused.value.message_dict


def test_hit_raises_one_candidate_with_its_evidence(bedside: Bedside, news: list[int]) -> None:
    bedside.read(-10, norepinephrine("5"))
    bedside.read(60, norepinephrine("0.12", "ug/kg/min"))
    bedside.read(90, norepinephrine("10.001"))
    bedside.read(120, norepinephrine("20"))

    finding = HaemodynamicFinding.objects.get()
    assert (finding.criterion, finding.state) == ("NOREPINEPHRINE", "candidate")
    assert (finding.infusion_id, finding.first_hit_at) == (bedside.infusion.pk, at(90))
    assert finding.rule_set == "START-2014"
    assert finding.inputs["baseline"][0]["value"] == "5"
    assert finding.inputs["first_hit"] == {"at": at(90).isoformat(), "norepinephrine": "10.001"}
    assert finding.inputs["thresholds"][0] | {} == {
        "variable": "norepinephrine",
        "operator": ">",
        "value": "10",
        "unit": "ug/min",
        "semantics": "increase_to",
    }
    assert news == [finding.pk]


def test_reading_outside_the_window_raises_nothing(bedside: Bedside) -> None:
    bedside.read(-10, norepinephrine("5"))
    bedside.read(361, norepinephrine("20"))

    assert not HaemodynamicFinding.objects.exists()


def test_baseline_that_comes_in_late_raises_the_finding(bedside: Bedside) -> None:
    bedside.read(60, norepinephrine("20"))
    assert not HaemodynamicFinding.objects.exists()

    bedside.read(-10, norepinephrine("5"))

    assert states() == {"NOREPINEPHRINE": "candidate"}


def test_voided_reading_withdraws_its_finding_and_deletes_nothing(bedside: Bedside, news: list[int]) -> None:
    bedside.read(-10, norepinephrine("5"))
    hit = bedside.read(60, norepinephrine("20"))

    void_reading(reading=hit, by=bedside.nurse, at=NOW, reason="wrong participant")

    hit.refresh_from_db()
    assert hit.void_reason == "wrong participant"
    assert states() == {"NOREPINEPHRINE": "withdrawn"}
    bedside.read(61, norepinephrine("20"))
    assert states() == {"NOREPINEPHRINE": "candidate"}
    assert len(news) == 2
    assert len(set(news)) == 1


def test_corrected_rate_changes_the_finding_and_keeps_both_versions(bedside: Bedside) -> None:
    bedside.read(-10, norepinephrine("5"))
    hit = bedside.read(60, norepinephrine("20"), map_mmhg=70)

    row = correct_reading(
        reading=hit,
        values={"map_mmhg": 72},
        vasopressors=[norepinephrine("2")],
        by=bedside.nurse,
        at=NOW,
        reason="misread the pump",
    )

    assert (row.version, row.map_mmhg, row.vasopressors.get().rate) == (2, 72, Decimal(2))
    assert states() == {"NOREPINEPHRINE": "withdrawn"}
    entry = Entry.objects.get(table_name="haemodynamics_vasopressorrate", change="UPDATE")
    assert Decimal(str(entry.old["rate"])) == 20
    assert entry.reason == "misread the pump"


def test_pump_left_out_of_a_correction_ran_at_zero(bedside: Bedside) -> None:
    row = bedside.read(15, norepinephrine("5"))

    correct_reading(reading=row, values={}, vasopressors=[], by=bedside.nurse, at=NOW, reason="was off")

    assert row.vasopressors.get().rate == 0


def test_void_reading_is_not_changed_any_more(bedside: Bedside) -> None:
    row = bedside.read(15, map_mmhg=70)
    void_reading(reading=row, by=bedside.nurse, at=NOW, reason="twice")

    with pytest.raises(ValidationError):
        correct_reading(reading=row, values={"map_mmhg": 71}, by=bedside.nurse, at=NOW, reason="again")
    with pytest.raises(ValidationError):
        void_reading(reading=row, by=bedside.nurse, at=NOW, reason="again")


def test_third_vasopressor_and_arrest_are_found(bedside: Bedside) -> None:
    two = ("norepinephrine", "epinephrine")
    bedside.read(-10, *(pump(agent) for agent in two))
    bedside.read(30, *(pump(agent) for agent in (*two, "dopamine")), cardiac_arrest=True)

    assert states() == {"THIRD_VASOPRESSOR": "candidate", "ARREST_OR_DEATH": "candidate"}


def pump(agent: str) -> Any:
    return Rate(agent, Decimal("0.05"), "ug/kg/min", "base")


def test_recording_costs_the_same_with_one_reading_and_with_ten(bedside: Bedside) -> None:
    bedside.read(-10, norepinephrine("5"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        bedside.read(1, norepinephrine("5"))
    for minutes in range(2, 12):
        bedside.read(minutes, norepinephrine("5"))

    with CaptureQueriesContext(connection) as many:
        bedside.read(20, norepinephrine("5"))

    assert len(many) == len(few)


def test_eight_thousand_imported_readings_are_evaluated_quickly(bedside: Bedside) -> None:
    people = [bedside.participant, *(make_enrolled(bedside.trial, bedside.site) for _ in range(9))]
    for person in people[1:]:
        make_infusion(person, started_at=START)
    wanted = {
        (person.pk, f"m{n}"): {"taken_at": at(-400 + n), "map_mmhg": 70, "vasopressors_checked": True}
        for person in people
        for n in range(800)
    }
    who = {"by": system_user(), "at": NOW, "reason": "export"}

    began = time.process_time()
    with CaptureQueriesContext(connection) as queries:
        done = import_readings(trial=bedside.trial, wanted=wanted, **who)
        evaluate_participants(participants=people, **who)
    seconds = time.process_time() - began

    assert len(done.created) == 8000
    assert len(queries) < 60
    assert seconds < 6, f"{seconds:.1f} s of our own processor time"  # about 2 s on an idle core


def test_evaluation_after_an_import_raises_and_changes_nothing_the_second_time(bedside: Bedside) -> None:
    wanted = {
        (bedside.participant.pk, f"m{n}"): {"taken_at": at(n), "cardiac_arrest": n == 30} for n in range(40)
    }
    who = {"by": system_user(), "at": NOW, "reason": "export"}
    import_readings(trial=bedside.trial, wanted=wanted, **who)

    first = evaluate_participants(participants=[bedside.participant], **who)
    again = evaluate_participants(participants=[bedside.participant], **who)

    assert (first, again, states()) == (1, 0, {"ARREST_OR_DEATH": "candidate"})
