"""The CDISC pilot study, imported, against counts made from its files by pandas alone."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from django.core.management import call_command
from django.db import transaction

from events.models import AdverseEvent
from haemodynamics.models import HaemodynamicReading
from product.models import Allocation, ArmLetter
from tests.factories import unsealed
from tests.integration.interchange.sdtm_folders import run_import
from tests.plugins.shared_rows import GROUND
from tests.unit.interchange.study_rows import PILOT
from trials.models import Infusion, Participant, Trial

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "cdiscpilot"
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the pilot study is not beside the project (../shared/data)"
)


@pytest.fixture(scope="module", autouse=True)
def said(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """What the import of the pilot says.

    It is imported once for all tests here, in a transaction that is taken back.
    """
    with django_db_blocker.unblock():
        GROUND.clear()
        with transaction.atomic():
            yield run_import(FOLDER)
            transaction.set_rollback(True)


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", dtype=str, keep_default_na=False)


def emergent_events() -> pd.DataFrame:
    """Treatment-emergent events of the safety population, with the planned arm (from the files alone)."""
    arm = read("dm").set_index("USUBJID")["ARMCD"]
    flags = read("suppdm")
    safe = set(flags.loc[(flags["QNAM"] == "SAFETY") & (flags["QVAL"] == "Y"), "USUBJID"])
    emergent = read("suppae").query("QNAM == 'AETRTEM' and QVAL == 'Y'")
    keys = set(zip(emergent["USUBJID"], emergent["IDVARVAL"].astype(float), strict=True))
    events = read("ae")
    chosen = [
        (code, float(sequence)) in keys and code in safe
        for code, sequence in zip(events["USUBJID"], events["AESEQ"], strict=True)
    ]
    return events.loc[chosen].assign(ARM=lambda frame: frame["USUBJID"].map(arm))


def expected_cells(letters: dict[str, str]) -> dict[tuple[str | None, str | None, str], tuple[int, int]]:
    """(class, term, coded arm) to (participants, events); None = any."""
    events = emergent_events()
    cells = {}
    for arm, of_arm in [("total", events), *((letters[code], rows) for code, rows in events.groupby("ARM"))]:
        cells[None, None, arm] = (of_arm["USUBJID"].nunique(), len(of_arm))
        for soc, of_soc in of_arm.groupby("AEBODSYS"):
            cells[soc, None, arm] = (of_soc["USUBJID"].nunique(), len(of_soc))
            for term, of_term in of_soc.groupby("AEDECOD"):
                cells[soc, term, arm] = (of_term["USUBJID"].nunique(), len(of_term))
    return cells


def test_pilot_is_imported_whole(said: str) -> None:
    assert Participant.objects.count() == 306
    assert Participant.objects.enrolled().count() == 254
    assert Participant.objects.filter(status="screen_failure").count() == 52
    assert Participant.objects.filter(has_died=True).count() == 3
    assert Infusion.objects.count() == len(read("ex"))
    assert AdverseEvent.objects.count() == 1191
    assert AdverseEvent.objects.filter(onset__regex=r"^\d{4}(-\d{2})?$").count() == 26
    signs = read("vs").query("VSTESTCD == 'SYSBP' and VSSTRESN != ''")
    assert HaemodynamicReading.objects.exclude(sbp_mmhg=None).count() == len(signs)
    assert "criterion_not_serious: 30" in said
    assert "fatal_not_serious: 3" in said


def test_pilot_twice_changes_nothing() -> None:
    said_again = run_import(FOLDER)

    assert "Nothing changed" in said_again


def test_planned_and_received_arms_of_the_pilot_are_kept_apart() -> None:
    people = read("dm").query("ARMCD != 'Scrnfail'")
    with unsealed(Trial.objects.get(code=PILOT)):
        planned = pd.Series([row.arm_code for row in Allocation.objects.all()]).value_counts()
        differing = Allocation.objects.exclude(received_arm_code="").count()
    assert planned.to_dict() == people["ARMCD"].value_counts().to_dict()
    assert differing == (people["ARMCD"] != people["ACTARMCD"]).sum() == 12


def test_enrolment_numbers_of_the_pilot_are_in_the_order_of_dates() -> None:
    numbered = Participant.objects.enrolled().order_by("enrolment_number")
    listed = list(numbered.values_list("enrolled_at", "code"))
    assert listed == sorted(listed)
    assert list(numbered.values_list("enrolment_number", flat=True)) == list(range(1, 255))


def test_closed_report_counts_participants_and_events_of_every_class_and_term(tmp_path: Path) -> None:
    file = tmp_path / "closed.json"

    call_command("dsmb_report", PILOT, now=True, kind="closed", format="json", output=str(file))

    report = json.loads(file.read_text())
    with unsealed(Trial.objects.get(code=PILOT)):
        letters = dict(ArmLetter.objects.values_list("arm_code", "letter"))
    table = next(table for table in report["tables"] if table["id"] == "ae_by_soc_term")
    found: dict[tuple[str | None, str | None, str], dict[str, int]] = {}
    for cell in table["cells"]:
        found.setdefault((cell["soc"], cell["term"], cell["arm"]), {})[cell["measure"]] = cell["count"]
    expected = expected_cells(letters)
    assert {
        key: (cell["participants"], cell["events"]) for key, cell in found.items() if cell["events"]
    } == expected
    assert sum(key[1] is not None and key[2] == "total" for key in expected) > 200
    assert {row["code"]: (row["enrolled"], row["treated"]) for row in report["arms"]} == {
        letters["Pbo"]: (86, 86),
        letters["Xan_Hi"]: (84, 84),
        letters["Xan_Lo"]: (84, 84),
    }
