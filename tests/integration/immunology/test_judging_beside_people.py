"""A judgement during a concurrent panel: findings match the panels, in either order."""

import pytest

from immunology.services import judge_every_trial
from tests.concurrency import while_reading
from tests.integration.immunology.antibody_rows import D0, D14, NOW, make_study


@pytest.mark.django_db(transaction=True)
def test_a_panel_that_comes_during_the_sweep_keeps_its_findings() -> None:
    study = make_study()
    study.measure(study.take(study.treated, D0, 0), A0201="120")
    later = study.take(study.treated, D14, 14)

    with while_reading(lambda: study.measure(later, A0201="9000"), once_read="immunology_antibodyresult"):
        judge_every_trial(at=NOW)

    assert study.findings(study.treated)[("D-1", "A*02:01")] == ("DE_NOVO", True)
