"""VS with CM, IS, and a study graded by CTCAE."""

from decimal import Decimal
from pathlib import Path

import pytest

from events.models import AdverseEvent
from haemodynamics.models import HaemodynamicReading, VasopressorRate
from immunology.models import AntibodyResult, Specimen
from tests.factories import unsealed
from tests.integration.interchange.sdtm_folders import (
    STROMA_PROTOCOL,
    run_import,
    run_refused,
    small_study,
    write_folder,
)
from tests.unit.interchange.study_rows import PILOT, STROMA, ae, cm, dm, ex, is_, vs
from trials.models import Trial

pytestmark = pytest.mark.django_db


def test_vital_signs_are_readings_with_the_vasopressors_that_ran(tmp_path: Path) -> None:
    folder = small_study(
        tmp_path / "study",
        vs=[
            vs(VSDTC="2013-01-10T09:30"),
            vs(seq="2", VSDTC="2013-01-10T12:30"),
            vs(seq="3", VSDTC="2013-01-11"),
        ],
        cm=[cm(CMSTDTC="2013-01-10T09:00", CMENDTC="2013-01-10T12:00")],
    )

    run_import(folder)

    rates = {
        row.reading.source_key.split(" #")[0]: (row.agent, row.rate, row.unit)
        for row in VasopressorRate.objects.select_related("reading")
    }
    assert rates == {
        "VS 2013-01-10T09:30": ("norepinephrine", Decimal(8), "ug/min"),
        "CM 1 start": ("norepinephrine", Decimal(8), "ug/min"),
        "CM 1 end": ("norepinephrine", Decimal(0), "ug/min"),
    }
    precisions = HaemodynamicReading.objects.filter(sbp_mmhg=120).order_by("taken_at")
    assert [row.taken_precision for row in precisions] == ["minute", "minute", "day"]
    assert run_import(folder).endswith(
        "Nothing changed: the trial has all of these open records already. Of sealed records nothing is said.\n"
    )


def test_antibodies_are_sealed_and_a_changed_one_is_voided_and_recorded_anew(tmp_path: Path) -> None:
    run_import(small_study(tmp_path / "study", **{"is": [is_(), is_(seq="2", ISBDAGNT="B7")]}))

    changed = small_study(tmp_path / "study", **{"is": [is_(ISSTRESN="900"), is_(seq="2", ISBDAGNT="B7")]})
    run_import(changed)

    assert Specimen.objects.get().code == "P1/2013-01-10"
    with unsealed(Trial.objects.get(code=PILOT)):
        rows = AntibodyResult.objects.filter(specificity="A*02:01").order_by("pk")
        found = [(row.mfi, row.voided_at is not None) for row in rows]
        assert AntibodyResult.objects.filter(voided_at=None).count() == 2
    assert found == [(Decimal(1200), True), (Decimal(900), False)]
    assert "Nothing changed" in run_import(changed)


def stroma(folder: Path, *events: dict[str, str]) -> Path:
    people = [dm(study=STROMA, SITEID="01", RFSTDTC="2020-04-10", DMDTC="2020-04-09")]
    dose = ex(study=STROMA, EXSTDTC="2020-04-11T10:00", EXENDTC="2020-04-11T11:00")
    return write_folder(folder, dm=people, ex=[dose], ae=list(events))


def event(**values: str) -> dict[str, str]:
    row = ae(study=STROMA, AETERM="Low pressure", AEDECOD="Hypotension", AESTDTC="2020-04-11T12:00")
    return row | {"AETOXGR": "3.0"} | values


def test_event_of_a_graded_study_is_of_its_vocabulary_and_follows_its_infusion(tmp_path: Path) -> None:
    run_import(stroma(tmp_path / "stroma", event()), STROMA_PROTOCOL)

    row = AdverseEvent.objects.get()
    assert (row.ctcae_term.term, row.ctcae_term.ctcae_version, row.grade) == ("Hypotension", "5.0", 3)
    assert (row.dictionary_term, row.after_infusion.number) == ("", 1)


def test_grade_that_the_term_does_not_have_refuses_the_whole_import(tmp_path: Path) -> None:
    folder = stroma(tmp_path / "stroma", event(), event(AESEQ="2", AEDECOD="Sinus tachycardia", AETOXGR="4"))

    printed, _ = run_refused(folder, STROMA_PROTOCOL)

    assert "ae.csv,3,AETOXGR,4," in printed
    assert not AdverseEvent.objects.exists()
