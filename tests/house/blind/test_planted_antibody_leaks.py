"""Three leaks that the pages of the HLA laboratory invite, planted one at a time: the comparison goes red where they are."""

from dataclasses import replace
from typing import Any

from accounts.choices import Role
from immunology.admin import laboratory as laboratory_pages
from immunology.admin import specimens as specimen_pages
from immunology.models import SerumInRun
from immunology.rules.control_charts import ChartPoint
from immunology.rules.sampling import SerumJourney
from product.models import Allocation
from tests.factories import unsealed
from tests.full_fixture import ACTIVE
from tests.house.blind.planting import INDEX, Patch, asked, reported
from tests.house.blind.states import States
from trials.models import Trial
from worklist.pages import offices

PLATES = "GET admin:immunology_specimen_plates"
CHARTS = "GET admin:immunology_seruminrun_charts"
WATCHED = asked(INDEX, PLATES, CHARTS)


def with_cells() -> set[str]:
    with unsealed(Trial.objects.get()):
        return set(Allocation.objects.filter(arm_code=ACTIVE).values_list("participant__code", flat=True))


def test_nothing_is_reported_when_nothing_is_planted(two_states: States) -> None:
    assert reported(two_states, Role.HLA_LABORATORY, WATCHED) == {}


def test_a_plate_chosen_from_what_was_given_is_reported(two_states: States, monkeypatch: Patch) -> None:
    """Sera of who got cells are run first, as if a re-run were chosen from calls."""
    honest = specimen_pages.stored_sera

    def stored(*, trial_id: int) -> list[Any]:
        chosen, sera = with_cells(), honest(trial_id=trial_id)
        return [replace(one, participant=f"{one.participant not in chosen}{one.participant}") for one in sera]

    monkeypatch.setattr(specimen_pages, "stored_sera", stored)

    assert set(reported(two_states, Role.HLA_LABORATORY, WATCHED)) == {PLATES}


def test_another_laboratorys_control_on_the_chart_is_reported(two_states: States, monkeypatch: Patch) -> None:
    """The chart takes the sera of every laboratory: another one's runs differ between the states."""

    def charts(*, trial_id: int, user_id: int) -> Any:
        rows = SerumInRun.objects.filter(trial=trial_id).order_by("pk")
        yield (
            "PC",
            tuple(ChartPoint(run, None, None, ()) for run in rows.values_list("run__run_code", flat=True)),
        )

    monkeypatch.setattr(laboratory_pages, "control_charts_of", charts)

    assert set(reported(two_states, Role.HLA_LABORATORY, WATCHED)) == {CHARTS}


def test_a_serum_called_lost_in_one_arm_only_is_reported(two_states: States, monkeypatch: Patch) -> None:
    honest = offices.sera_on_the_way

    def on_the_way(**named: Any) -> list[Any]:
        chosen = with_cells()
        return [
            (row, SerumJourney.LOST if row.participant.code in chosen else SerumJourney.ON_ITS_WAY)
            for row, _journey in honest(**named)
        ]

    monkeypatch.setattr(offices, "sera_on_the_way", on_the_way)

    assert set(reported(two_states, Role.HLA_LABORATORY, WATCHED)) == {INDEX}
