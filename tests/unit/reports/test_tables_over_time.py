"""Deaths, first events, rates and mean numbers over follow-up: against counting by hand, arm by arm."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from reports.frames import Frames
from reports.tables import closed_tables, open_tables
from reports.tables.ae_by_soc_term import ae_by_soc_term
from reports.tables.deaths import deaths
from reports.tables.event_rates import event_rates
from reports.tables.mean_cumulative_events import mean_cumulative_events
from reports.tables.plan import TablePlan
from reports.tables.time_to_first_event import time_to_first_event
from tests.unit.reports.snapshots import (
    cell,
    comparison,
    make_event,
    make_frames,
    make_participant,
    make_plan,
)
from trials.rules.protocol import RateComparisons

PLAN = replace(make_plan(), data_cutoff_at=datetime(2020, 7, 1, tzinfo=UTC))
OVER_TIME = (deaths, time_to_first_event, event_rates, mean_cumulative_events)


def ward(swapped: bool = False) -> Frames:
    """Arm A: A1 dies on day 10, A2 leaves on day 20, A3 and A4 stay. Arm B: four who stay."""
    a, b = ("B", "A") if swapped else ("A", "B")
    people = [
        make_participant("A1", a, died=True, death_day=10),
        make_participant("A2", a, withdrawn_at="2020-04-25T22:00:00Z"),
        make_participant("A3", a), make_participant("A4", a),
        *(make_participant(f"B{i}", b) for i in range(1, 5)),
    ]  # fmt: skip
    events = [
        make_event("A1", 1, day=2), make_event("A1", 2, day=5, serious=True, grade=4),
        make_event("A3", 1, day=12, serious=True, grade=3), make_event("A3", 2, day=20),
        make_event("B1", 1, day=12),
    ]  # fmt: skip
    return make_frames(participants=people, adverse_events=events)


def value(table: dict[str, Any], measure: str, level: str | None, arm: str) -> dict[str, Any]:
    return cell(table, measure, level=level, arm=arm)


def test_probability_of_death_is_kaplan_meiers() -> None:
    table = deaths(ward(), PLAN)

    early, late = (value(table, "probability_of_death", f"D{day}", "A") for day in (14, 28))
    assert (early["count"], early["denominator"], early["at_risk"], early["estimate"]) == (1, 4, 3, 0.25)
    assert (late["at_risk"], late["estimate"], late["percent"]) == (2, 0.25, None)
    assert 0 < early["ci_low"] < 0.25 < early["ci_high"] < 1


def test_nobody_dead_has_an_upper_limit_from_those_still_followed() -> None:
    none = value(deaths(ward(), PLAN), "probability_of_death", "D28", "B")

    assert (none["estimate"], none["ci_low"]) == (0.0, 0.0)
    assert none["ci_high"] == pytest.approx(0.6024, abs=1e-4)  # Clopper and Pearson, 0 of 4
    assert none["zero_upper_limit"] == pytest.approx(1 - 0.05 ** (1 / 4))


def test_deaths_are_compared_over_the_whole_follow_up() -> None:
    table = deaths(ward(), PLAN)

    (test,) = table["tests"]
    assert (test["arm"], test["reference"], test["test"]) == ("A", "B", "permutation_log_rank")
    assert test["p_value"] == 1.0  # one death: in half of all splits it falls to A, in half to B


def test_curve_that_nobody_reaches_says_so_rather_than_staying_flat() -> None:
    early = replace(PLAN, data_cutoff_at=datetime(2020, 4, 20, 12, tzinfo=UTC))  # day 14

    table = time_to_first_event(ward(), early)

    assert value(table, "first_ae", "D14", "B")["estimate"] == 0.25
    assert value(table, "first_ae", "D28", "B")["estimate"] is None


def test_first_serious_event_with_death_and_withdrawal() -> None:
    table = time_to_first_event(ward(), PLAN)

    # A: of 4 one has it on day 5 (and dies later), of 3 one on day 12.
    found = value(table, "first_sae", "D28", "A")
    assert (found["count"], found["denominator"]) == (2, 4)
    assert found["estimate"] == pytest.approx(1 / 4 + 3 / 4 * 1 / 3)


def test_death_without_the_event_keeps_it_from_coming() -> None:
    people = [make_participant("A1", died=True, death_day=3), make_participant("A2")]
    frames = make_frames(participants=people, adverse_events=[make_event("A2", day=9)])

    found = value(time_to_first_event(frames, PLAN), "first_ae", "D28", "A")

    assert found["estimate"] == pytest.approx(0.5)  # 1 minus Kaplan-Meier would say 1


def test_participants_and_events_have_their_own_time() -> None:
    table = event_rates(ward(), PLAN)

    people, events = value(table, "incidence_ae", None, "A"), value(table, "rate_ae", None, "A")
    assert (people["count"], people["exposure"]) == (2, 2 + 20 + 12 + 28)
    assert (events["count"], events["exposure"]) == (4, 10 + 20 + 28 + 28)
    assert events["estimate"] == pytest.approx(4 / 86)
    assert people["ci_low"] < people["estimate"] < people["ci_high"]
    assert value(table, "rate_sae", None, "B")["ci_low"] == 0.0


def comparing_from(participants: int) -> TablePlan:
    rule = RateComparisons(participants, "the charter")
    return replace(PLAN, protocol=replace(PLAN.protocol, rate_comparisons=rule))


def test_rates_of_arms_with_too_few_participants_are_not_compared() -> None:
    """Four participants in each arm."""
    table = event_rates(ward(), comparing_from(5))

    assert table["rows"]
    nothing = {
        row[name] for row in table["rows"] for name in ("estimate", "ci_low", "ci_method", "p_value", "test")
    }
    assert nothing == {None}
    assert "fewer than 5 treated participants are not compared (the charter)" in " ".join(table["notes"])


def test_least_number_of_participants_has_a_default() -> None:
    assert PLAN.protocol.rate_comparisons.least_participants == 10
    assert {row["estimate"] for row in event_rates(ward(), PLAN)["rows"]} == {None}


def test_rates_of_arms_are_compared_kind_by_kind() -> None:
    rows = {row["what"]: row for row in event_rates(ward(), comparing_from(4))["rows"]}

    ratio = rows["Events: adverse events: ratio"]
    assert ratio["arms"] == "A / B"
    assert ratio["estimate"] == pytest.approx((4 / 86) / (1 / 112))
    assert rows["Events: serious adverse events: ratio"]["estimate"] is None  # none in B: no finite ratio


def test_mean_number_counts_events_and_the_dead() -> None:
    table = mean_cumulative_events(ward(), PLAN)

    early = value(table, "mean_ae", "D14", "A")
    assert (early["count"], early["denominator"], early["estimate"]) == (3, 4, pytest.approx(0.75))
    # day 20: one event among 3 at risk of whom 3/4 are still alive
    assert value(table, "mean_ae", "D28", "A")["estimate"] == pytest.approx(0.75 + 0.75 / 3)


def test_curves_carry_their_steps_and_who_is_at_risk() -> None:
    (curve,) = [
        c
        for c in time_to_first_event(ward(), PLAN)["curves"]
        if (c["measure"], c["arm"]) == ("first_ae", "A")
    ]

    assert [(point["day"], point["events"]) for point in curve["points"]] == [(2, 1), (12, 1)]
    assert [point["at_risk"] for point in curve["at_risk"]] == [4, 3, 2, 1, 1]


def test_ungraded_dictionary_has_no_curve_of_grades() -> None:
    plan = replace(
        make_plan(dictionary=replace(PLAN.protocol.dictionary, name="none")),
        data_cutoff_at=PLAN.data_cutoff_at,
    )

    assert set(time_to_first_event(ward(), plan)["measures"]) == {"first_ae", "first_sae"}


@pytest.mark.parametrize("make", OVER_TIME)
def test_without_a_cut_off_the_tables_say_that_nothing_can_be_said(make: Any) -> None:
    table = make(ward(), make_plan())

    assert "Without a data cut-off nothing can be said about follow-up." in table["notes"]
    assert not table.get("curves")


@pytest.mark.parametrize("people", [[], [make_participant("A1", treated=False)]])
@pytest.mark.parametrize("make", OVER_TIME)
def test_tables_of_nobody_are_empty(make: Any, people: list[dict[str, Any]]) -> None:
    table = make(make_frames(participants=people), PLAN)

    assert not table.get("curves")
    assert all(c["estimate"] is None for c in table["cells"] if "estimate" in c)


def test_open_tables_over_time_are_the_same_bytes_when_the_arms_are_swapped() -> None:
    before, after = (
        json.dumps(open_tables(ward(swapped), PLAN), allow_nan=False) for swapped in (False, True)
    )

    assert before == after
    assert '"arm": "A"' not in before


def test_closed_tables_over_time_hold_no_number_that_json_does_not_know() -> None:
    assert json.dumps(closed_tables(ward(), PLAN), allow_nan=False)


def term_plan() -> TablePlan:
    return PLAN


def test_term_that_stands_out_is_flagged_and_its_interval_stays() -> None:
    people = [make_participant(f"{arm}{i:02}", arm) for arm in "AB" for i in range(20)]
    events = [make_event(f"A{i:02}", 1, term="Sepsis", soc="Infections") for i in range(12)]
    events += [make_event(f"B{i:02}", 1, term="Fever", soc="General") for i in range(2)]

    table = ae_by_soc_term(make_frames(participants=people, adverse_events=events), term_plan())

    sepsis, fever = (comparison(table, "participants", term=term) for term in ("Sepsis", "Fever"))
    assert (sepsis["fdr_flag"], fever["fdr_flag"]) == (True, False)
    assert sepsis["p_adjusted"] == sepsis["p_value"]  # alone in its class
    assert sepsis["p_adjusted_class"] == pytest.approx(2 * sepsis["p_value"])
    assert "fdr_flag" not in comparison(table, "participants", term=None, soc="Infections")
    assert any("Mehrotra and Heyse" in note for note in table["notes"])
