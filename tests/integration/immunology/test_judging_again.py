"""The causes of a new judgement: a moved infusion, a changed dose or batch, and the sweep."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from celery import current_app

from accounts.services import system_user
from immunology.services import void_specimen
from immunology.tasks import judge_after_infusion, sweep_findings
from product.models import DispensedDose, ProductBatch
from product.services import correct_batch, void_dispensed_dose
from tests.factories import save_row, unsealed
from tests.integration.immunology.antibody_rows import D0, NOW, PROTOCOLS, Study, make_study
from tests.plugins.shared_rows import shared_rows
from trials.rules.protocol import protocol_content
from trials.services import load_protocol

pytestmark = pytest.mark.django_db


@shared_rows
def study() -> Study:
    return make_study()


def test_moved_infusion_judges_its_participant_again(study: Study) -> None:
    study.measure(study.take(study.treated, D0, 0), A0201="120")
    infusion = study.treated.infusions.get()
    infusion.started_at = D0 - timedelta(days=1)
    infusion.version += 1
    save_row(infusion)

    judge_after_infusion(infusion.pk)
    judge_after_infusion(infusion.pk)

    assert study.findings(study.treated)[("D-1", "A*02:01")] == ("NEGATIVE_NO_BASELINE", True)


def give_second_donor(study: Study) -> DispensedDose:
    """The treated participant's dose becomes one of donor D-2, without the services."""
    with unsealed(study.trial):
        dose = DispensedDose.objects.get(participant=study.treated)
        dose.batch = ProductBatch.objects.get(code="B-D-2")
        dose.version += 1
        save_row(dose)
    return dose


@pytest.fixture
def tasks_at_once() -> Iterator[None]:
    """Tasks run where they are sent."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


@pytest.mark.usefixtures("tasks_at_once")
def test_dose_that_is_voided_takes_its_donor_away_at_once(
    study: Study, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    dose = give_second_donor(study)
    study.measure(study.take(study.treated, D0, 0), A0201="120", A2402="100")
    before = study.findings(study.treated)

    with django_capture_on_commit_callbacks(execute=True):
        void_dispensed_dose(dose=dose, by=study.unit, at=NOW, reason="wrong bag scanned")

    after = study.findings(study.treated)
    assert (before[("D-1", "A*02:01")][1], before[("D-2", "A*24:02")][1]) == (False, True)
    assert (after[("D-1", "A*02:01")][1], after[("D-2", "A*24:02")][1]) == (True, False)


@pytest.mark.usefixtures("tasks_at_once")
def test_corrected_batch_judges_everybody_at_once(
    study: Study, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    study.measure(study.take(study.treated, D0, 0), A0201="120", A2402="100")
    with unsealed(study.trial):
        batch = ProductBatch.objects.get(code="B-D-1")

    with django_capture_on_commit_callbacks(execute=True):
        correct_batch(batch=batch, changes={"donor_code": "D-2"}, by=study.unit, at=NOW, reason="misread")

    assert study.findings(study.treated)[("D-2", "A*24:02")] == ("NEGATIVE_NO_FOLLOWUP", True)


@pytest.mark.usefixtures("tasks_at_once")
def test_voided_serum_takes_its_finding_away_at_once(
    study: Study, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    serum = study.take(study.treated, D0, 0)
    study.measure(serum, A0201="9000")
    before = study.findings(study.treated)[("D-1", "A*02:01")]

    with django_capture_on_commit_callbacks(execute=True):
        void_specimen(specimen=serum, by=study.nurse, at=NOW, reason="another patient's tube")

    after = study.findings(study.treated)[("D-1", "A*02:01")]
    assert (before, after) == (("PREFORMED_NO_FOLLOWUP", True), ("NOT_EVALUABLE_NO_SERUM", True))


def test_cut_off_of_a_protocol_loaded_ahead_does_not_judge_yet(study: Study) -> None:
    content = protocol_content((PROTOCOLS / "stroma-cov-2.toml").read_bytes())
    content |= {"version": "2.0", "effective_date": date(2021, 1, 1)}
    content["antibodies"]["positive_mfi"] = {"lo": 500, "hi": 20000}
    load_protocol(content=content, by=system_user(), at=NOW, reason="amended")

    study.measure(study.take(study.treated, D0, 0), A0201="9000")

    assert study.findings(study.treated)[("D-1", "A*02:01")] == ("PREFORMED_NO_FOLLOWUP", True)


def test_sweep_finds_a_dose_that_came_late(study: Study) -> None:
    study.measure(study.take(study.treated, D0, 0), A0201="120", A2402="100")
    give_second_donor(study)

    sweep_findings()

    assert study.findings(study.treated)[("D-2", "A*24:02")] == ("NEGATIVE_NO_FOLLOWUP", True)
    assert study.findings(study.treated)[("D-1", "A*02:01")] == ("NEGATIVE_NO_FOLLOWUP", False)
