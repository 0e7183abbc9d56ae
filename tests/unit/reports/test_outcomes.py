"""The outcomes: imputation counted beside the values, the adjusted change, days free, death by its denominators."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from reports.tables.outcomes import outcomes
from tests.unit.reports.courses import Row, frames_of, make_days, make_stay
from tests.unit.reports.snapshots import (
    cell,
    cells,
    comparison,
    counts,
    make_frames,
    make_participant,
    make_plan,
)

TWO = {"1": "A", "2": "B"}


def results(frames: Any, **changes: Any) -> dict[str, Any]:
    return outcomes(frames, make_plan(**changes))


def origins(table: dict[str, Any], day: int, arm: str = "total") -> dict[str, int]:
    return {
        c["level"]: c["count"] for c in cells(table, "pf_origin", window=f"D{day}", arm=arm) if c["count"]
    }


def test_every_value_of_a_day_says_where_it_comes_from() -> None:
    stays = [
        make_stay("1", died=True, death_day=3, last_alive_day=2),
        make_stay("2", left_icu_day=5),
        make_stay("3"),
    ]
    days = [
        *make_days("1", {0: 100.0}),
        *make_days("2", {0: 100.0, 4: 200.0}),
        *make_days("3", {0: 100.0, 7: 300.0}),
    ]

    table = results(frames_of({"1": "A", "2": "A", "3": "A"}, stays=stays, days=days))

    assert origins(table, 0) == {"measured": 3}
    assert origins(table, 2) == {"missing": 3}
    assert origins(table, 7) == {"death": 1, "improved": 1, "measured": 1}
    on_day_7 = cell(table, "pf_ratio", window="D7", arm="A")
    assert (on_day_7["count"], on_day_7["mean"]) == (3, pytest.approx((50 + 220 + 300) / 3))


def test_the_sensitivity_analysis_holds_nothing_imputed() -> None:
    stays = [make_stay("1", died=True, death_day=3, last_alive_day=2), make_stay("2")]
    days = [*make_days("1", {0: 100.0}), *make_days("2", {0: 100.0, 7: 160.0})]

    table = results(frames_of({"1": "A", "2": "A"}, stays=stays, days=days))

    assert cell(table, "pf_change", window="D7", arm="A")["mean"] == pytest.approx((-50 + 60) / 2)
    alone = cell(table, "pf_change_observed", window="D7", arm="A")
    assert (alone["count"], alone["denominator"], alone["mean"]) == (1, 2, pytest.approx(60))


def test_a_day_that_is_not_over_is_nobodys_missing_value() -> None:
    stays = [make_stay("1", cutoff_day=7), make_stay("2", cutoff_day=8)]
    days = [*make_days("1", {0: 100.0}), *make_days("2", {0: 100.0})]

    table = results(frames_of(TWO, stays=stays, days=days))

    assert counts(table, "pf_origin", window="D7", level="missing") == {
        "A": (0, 0),
        "B": (1, 1),
        "total": (1, 1),
    }


def trial(size: int = 24, strata: bool = True) -> Any:
    """Two arms; B's change is 0.5 × baseline, A's 20 mmHg more, with some noise."""
    chance = np.random.default_rng(7)
    codes = [str(number) for number in range(size)]
    arms = {code: "AB"[number % 2] for number, code in enumerate(codes)}
    base = dict(zip(codes, chance.normal(150, 30, size), strict=True))
    noise = dict(zip(codes, chance.normal(0, 5, size), strict=True))
    days = [
        row
        for code in codes
        for row in make_days(
            code, {0: base[code], 7: 1.5 * base[code] + noise[code] + (20 if arms[code] == "A" else 0)}
        )
    ]
    levels = [
        {"participant": code, "stratum": stratum, "level": f"{stratum}_{chance.integers(2)}"}
        for code in codes
        for stratum in ("AGE", "SOFA")
    ]
    return make_frames(
        participants=[make_participant(code, arm) for code, arm in arms.items()],
        participant_strata=levels if strata else [],
        follow_up=[make_stay(code) for code in codes],
        daily_assessments=days,
    ), arms, base, days, levels  # fmt: skip


@pytest.mark.parametrize(("size", "method"), [(24, "permutation_ancova"), (40, "ancova")])
def test_the_adjusted_difference_is_least_squares_with_baseline_and_strata(size: int, method: str) -> None:
    frames, arms, base, days, levels = trial(size)
    change = {
        row["participant"]: row["pf_ratio"] - base[row["participant"]]
        for row in days
        if row["study_day"] == 7
    }
    level = {(row["participant"], row["stratum"]): row["level"][-1] == "1" for row in levels}
    design = np.array(
        [[1, arms[c] == "A", base[c], level[c, "AGE"], level[c, "SOFA"]] for c in arms], dtype=float
    )
    outcome = np.array([change[code] for code in arms])
    inverse = np.linalg.inv(design.T @ design)
    fitted = inverse @ design.T @ outcome
    spread = np.sqrt(((outcome - design @ fitted) ** 2).sum() / (size - 5) * inverse[1, 1])

    found = comparison(results(frames), "pf_change", window="D7")

    assert found["difference"] == pytest.approx(fitted[1])
    by_t = fitted[1] - stats.t.ppf(0.975, size - 5) * spread
    assert found["ci_low"] == pytest.approx(by_t, abs=0.5 if size < 40 else 1e-9)  # by permutation it is near
    assert (found["n"], found["reference_n"], found["df"]) == (size / 2, size / 2, size - 5)
    assert (found["arm"], found["reference"], found["test"]) == ("A", "B", method)
    assert found["covariates"] == ["baseline", "AGE", "SOFA"]


def test_without_recorded_strata_the_difference_is_adjusted_for_the_baseline_alone() -> None:
    frames, *_ = trial(strata=False)

    found = comparison(results(frames), "pf_change", window="D7")

    assert (found["covariates"], found["df"]) == (["baseline"], 21)


def test_too_few_participants_give_no_difference_and_no_error() -> None:
    table = results(
        frames_of(TWO, days=[*make_days("1", {0: 100.0, 7: 90.0}), *make_days("2", {0: 90.0, 7: 95.0})])
    )

    assert comparison(table, "pf_change", window="D7")["difference"] is None


def test_an_open_report_has_the_total_and_no_comparison() -> None:
    frames, *_ = trial()

    table = outcomes(frames, make_plan().opened())

    assert {c["arm"] for c in table["cells"]} == {"total"}
    assert table["comparisons"] == []


def test_an_unknown_vital_status_is_in_no_denominator_of_the_known() -> None:
    stays = [
        make_stay("1", died=True, death_day=10, last_alive_day=9),
        make_stay("2", last_alive_day=28),
        make_stay("3", last_alive_day=12),
        make_stay("4", last_alive_day=12, cutoff_day=20),
    ]
    table = results(frames_of(dict.fromkeys("1234", "A"), stays=stays, days=[]))

    assert counts(table, "deaths_of_known")["A"] == (1, 2)
    assert counts(table, "deaths_of_treated")["A"] == (1, 4)
    assert counts(table, "status_unknown")["A"] == (1, 4)
    assert counts(table, "status_not_reached")["A"] == (1, 4)
    assert sum("For 1 treated participants day 28 still lies ahead." in note for note in table["notes"]) == 1


def test_the_untreated_are_enrolled_and_in_no_denominator_of_the_treated() -> None:
    frames = make_frames(
        participants=[make_participant("1", "A"), make_participant("2", "A", treated=False)],
        follow_up=[make_stay("1"), make_stay("2", died=True, death_day=5)],
    )

    table = results(frames)

    assert counts(table, "deaths_of_treated")["A"] == (0, 1)
    assert counts(table, "deaths_of_enrolled")["A"] == (1, 2)


def supported(code: str, kinds: str) -> list[Row]:
    """One letter per day from day 1: v ventilated, o oxygen, . not recorded."""
    words = {"v": "invasive", "o": "oxygen"}
    return [
        {"participant": code, "study_day": day, "ventilation": words[kind]}
        for day, kind in enumerate(kinds, start=1)
        if kind in words
    ]


def test_days_free_of_ventilation_are_compared_by_rank_over_the_evaluable() -> None:
    days = [
        *supported("1", "v" * 10 + "o" * 18), *supported("2", "v" * 20 + "o" * 8),
        *supported("3", "v" * 28), *supported("4", "v" * 5 + "." + "o" * 22),
    ]  # fmt: skip
    table = results(frames_of({"1": "A", "2": "B", "3": "B", "4": "A"}, days=days))

    assert cell(table, "ventilator_free_days", arm="A")["median"] == 18
    assert cell(table, "ventilator_free_days", arm="B")["median"] == 4
    assert counts(table, "ventilator_free_days_not_evaluable")["A"] == (1, 2)
    assert cell(table, "ventilator_free_days_lowest", arm="A")["max"] == 22
    assert cell(table, "ventilator_free_days_highest", arm="A")["max"] == 23
    assert comparison(table, "ventilator_free_days")["too_few"] is True  # 1 against 2


def test_days_free_of_ventilation_are_compared_exactly_in_small_arms() -> None:
    ventilated = {"A": (3, 5, 7, 9), "B": (20, 22, 24, 26)}
    arms = {f"{arm}{n}": arm for arm, lengths in ventilated.items() for n in lengths}
    days = [row for code in arms for row in supported(code, "v" * int(code[1:]) + "o" * (28 - int(code[1:])))]

    found = comparison(results(frames_of(arms, days=days)), "ventilator_free_days")

    assert (found["difference"], found["ci_low"], found["ci_high"]) == (17, 11, 23)
    assert found["p_value"] == pytest.approx(2 / 70)
    assert (found["ci_method"], found["test"]) == ("hodges_lehmann_exact", "rank_sum_exact")


def test_the_dead_have_no_days_free() -> None:
    stays = [make_stay("1", died=True, death_day=20, last_alive_day=19)]

    table = results(frames_of({"1": "A"}, stays=stays, days=supported("1", "o" * 19)))

    assert cell(table, "ventilator_free_days", arm="A")["median"] == 0


def test_a_sofa_total_is_of_those_who_have_all_six_components() -> None:
    days = [
        {"participant": "1", "study_day": 0, "sofa_total": 8},
        {"participant": "2", "study_day": 0, "sofa_total": None, "sofa_renal": 2},
    ]
    table = results(frames_of({"1": "A", "2": "A"}, days=days))

    found = cell(table, "sofa_total", window="D0", arm="A")
    assert (found["count"], found["denominator"], found["mean"]) == (1, 2, 8)


def test_a_protocol_without_results_says_so() -> None:
    table = results(make_frames(participants=[make_participant("1")]), outcomes=None)

    assert table["cells"] == []
    assert table["notes"] == ["The protocol asks for no results."]


def test_a_snapshot_without_any_assessment_has_deaths_and_says_so() -> None:
    table = results(frames_of(TWO, stays=[], days=[]))

    assert {c["window"] for c in table["cells"]} == {"vital_status"}
    assert "No daily assessment was recorded up to the data cut-off." in table["notes"]
    assert counts(table, "deaths_of_known")["A"] == (0, 0)


@pytest.mark.parametrize(
    ("earliest", "latest", "alive", "expected"),
    [(1, 28, 0, (1, 0)), (1, 29, 0, (0, 1)), (29, 60, 0, (0, 0)), (1, 60, 28, (0, 0)), (0, 3, None, (1, 0))],
)
def test_status_is_known_when_every_possible_day_of_death_says_the_same(
    earliest: int, latest: int, alive: int | None, expected: tuple[int, int]
) -> None:
    """The dead by day 28 and those of unknown status, of one participant whose death is known to a span of days."""
    stay = make_stay(
        "1",
        died=True,
        earliest_death_day=earliest,
        latest_death_day=latest,
        last_alive_day=alive,
        cutoff_day=90,
    )

    table = results(frames_of({"1": "A"}, stays=[stay], days=[]))

    found = {
        c["measure"]: c["count"]
        for c in table["cells"]
        if c["arm"] == "total" and c["window"] == "vital_status"
    }
    assert (found["deaths_of_treated"], found["status_unknown"]) == expected
