"""Analysis of covariance against Snedecor and Cochran's leprosy data as SAS prints them, and by leaving one out."""

import numpy as np
import pytest
from scipy.stats import permutation_test, ttest_ind

from biostatistics.ancova import AdjustedDifference, NotEstimableError, ancova, permuted_ancova
from biostatistics.proportions import Floats

# Snedecor and Cochran 1967, p. 422: scores of leprosy bacilli before and after two antibiotics (A, D) and a control
# (F); SAS/STAT User's Guide, PROC GLM, example "Analysis of Covariance".
LEPROSY = {
    "A": ((11, 8, 5, 14, 19, 6, 10, 6, 11, 3), (6, 0, 2, 8, 11, 4, 13, 1, 8, 0)),
    "D": ((6, 6, 7, 8, 18, 8, 19, 8, 5, 15), (0, 2, 3, 1, 18, 4, 14, 9, 1, 9)),
    "F": ((16, 13, 11, 9, 21, 16, 12, 12, 7, 12), (13, 10, 18, 5, 23, 12, 5, 16, 1, 20)),
}
ARMS = [arm for arm in LEPROSY for _ in range(10)]
BEFORE = np.array([value for before, _ in LEPROSY.values() for value in before], dtype=float)
AFTER = np.array([value for _, after in LEPROSY.values() for value in after], dtype=float)
HALVES = ["UP_TO_70", "OVER_70"] * 15


@pytest.mark.parametrize(
    ("arm", "estimate", "error", "p_value"),
    [("A", -3.446138280, 1.88678065, 0.0793), ("D", -3.337166948, 1.85386642, 0.0835)],
)
def test_differences_equal_the_published_ones(
    arm: str, estimate: float, error: float, p_value: float
) -> None:
    found = ancova(AFTER, ARMS, reference="F", baselines={"before": BEFORE}, strata={})[arm]

    assert found.estimate == pytest.approx(estimate, abs=1e-9)
    assert found.standard_error == pytest.approx(error, abs=1e-8)
    assert (round(found.p_value, 4), found.residual_df) == (p_value, 26)
    assert (found.participants, found.reference_participants) == (10, 10)


def test_limits_are_as_many_standard_errors_away_as_t_says() -> None:
    found = ancova(AFTER, ARMS, reference="F", baselines={"before": BEFORE}, strata={})["A"]

    assert found.high - found.estimate == pytest.approx(
        2.0555294 * found.standard_error, rel=1e-6
    )  # t(0.975; 26)
    assert found.estimate - found.low == pytest.approx(found.high - found.estimate)


def test_without_covariates_it_is_the_two_sample_t_test() -> None:
    arms, outcome = ARMS[:10] + ARMS[20:], np.concatenate([AFTER[:10], AFTER[20:]])

    found = ancova(outcome, arms, reference="F", baselines={}, strata={})["A"]

    expected = ttest_ind(AFTER[:10], AFTER[20:])
    limits = expected.confidence_interval()
    assert found.p_value == pytest.approx(expected.pvalue, abs=1e-12)
    assert (found.low, found.high) == (pytest.approx(limits.low), pytest.approx(limits.high))


def test_strata_and_baseline_are_partialled_out_as_frisch_and_waugh_say() -> None:
    arms = ARMS[:10] + ARMS[20:]
    outcome, before, halves = (
        np.concatenate([AFTER[:10], AFTER[20:]]), np.concatenate([BEFORE[:10], BEFORE[20:]]), HALVES[:20],
    )  # fmt: skip

    found = ancova(outcome, arms, reference="F", baselines={"before": before}, strata={"AGE": halves})["A"]

    others = np.column_stack([np.ones(20), before, [half == "OVER_70" for half in halves]])
    flag = np.array([arm == "A" for arm in arms], dtype=float)
    rest_of_flag, rest_of_outcome = (
        v - others @ np.linalg.lstsq(others, v, rcond=None)[0] for v in (flag, outcome)
    )
    assert found.estimate == pytest.approx(rest_of_flag @ rest_of_outcome / (rest_of_flag @ rest_of_flag))


def test_permutation_without_covariates_is_that_of_all_splits() -> None:
    mine, theirs = np.array([3.0, 7.5, 9.0, 4.0]), np.array([1.0, 2.0, 4.0, 8.0])
    outcome, arms = np.concatenate([mine, theirs]), list("AAAABBBB")

    found = permuted_ancova(outcome, arms, reference="B", baselines={}, strata={})["A"]

    assert found.estimate == pytest.approx(mine.mean() - theirs.mean())
    assert found.p_value == pytest.approx(of_all_splits(mine, theirs))
    for limit, inwards in ((found.low, 1e-6), (found.high, -1e-6)):
        assert of_all_splits(mine - limit - inwards, theirs) > 0.05
        assert of_all_splits(mine - limit + inwards, theirs) <= 0.05


def of_all_splits(mine: Floats, theirs: Floats) -> float:
    """A second way: scipy's, by the means."""

    def apart(own: Floats, other: Floats) -> float:
        return abs(float(own.mean() - other.mean()))

    found = permutation_test((mine, theirs), apart, alternative="greater", n_resamples=1_000_000)
    return float(found.pvalue)


@pytest.mark.parametrize("arm", ["A", "D"])
def test_permutation_of_residuals_is_near_the_published_test(arm: str) -> None:
    found = permuted_ancova(AFTER, ARMS, reference="F", baselines={"before": BEFORE}, strata={})[arm]
    plain = ancova(AFTER, ARMS, reference="F", baselines={"before": BEFORE}, strata={})[arm]

    assert found.estimate == plain.estimate
    assert found.p_value == pytest.approx(plain.p_value, abs=0.02)
    assert (found.low, found.high) == (pytest.approx(plain.low, abs=0.5), pytest.approx(plain.high, abs=0.5))
    assert found.method == "permutation"


def test_arms_too_small_for_any_limits_have_none() -> None:
    outcome, arms = np.array([1.0, 2.0, 9.0, 8.0, 7.0]), list("AABBB")  # 10 splits: no p-value below 0.1

    assert permuted_ancova(outcome, arms, reference="B", baselines={}, strata={}) == {}


def test_permutation_gives_the_same_figures_each_time() -> None:
    first, second = (
        permuted_ancova(AFTER, ARMS, reference="F", baselines={"before": BEFORE}, strata={"AGE": HALVES})["A"]
        for _ in range(2)
    )

    assert (first.low, first.high, first.p_value) == (second.low, second.high, second.p_value)


def test_permuted_limits_cover_the_true_difference_as_often_as_they_say() -> None:
    random = np.random.default_rng(4)

    assert 0.9 <= np.mean([covers_in_small_arms(random) for _ in range(200)]) <= 1.0


def covers_in_small_arms(random: np.random.Generator) -> bool:
    """Four and four, lognormal: far from a bell curve."""
    outcome = random.lognormal(size=8) + 2.0 * np.repeat([1, 0], 4)
    found = permuted_ancova(outcome, list("AAAABBBB"), reference="B", baselines={}, strata={})["A"]
    return found.low <= 2 <= found.high


def test_swapping_the_arms_turns_the_difference_round() -> None:
    arms, outcome, before = ARMS[:20], AFTER[:20], BEFORE[:20]

    there = ancova(outcome, arms, reference="D", baselines={"before": before}, strata={})["A"]
    back = ancova(outcome, arms, reference="A", baselines={"before": before}, strata={})["D"]

    assert (there.estimate, there.low) == (pytest.approx(-back.estimate), pytest.approx(-back.high))
    assert there.p_value == pytest.approx(back.p_value)


def test_limits_cover_the_true_difference_as_often_as_they_say() -> None:
    random = np.random.default_rng(5)

    covered = [covers(random, 1.5) for _ in range(400)]

    assert 0.92 <= np.mean(covered) <= 0.98


@pytest.mark.parametrize(
    ("outcome", "arms", "strata", "error"),
    [
        ([1.0, float("nan"), 3.0, 4.0], "AABB", "xyxy", ValueError),
        ([1.0, 2.0, 3.0], "AABB", "xyxy", ValueError),
        ([1.0, 2.0, 3.0, 4.0], "AACC", "xyxy", ValueError),
        ([1.0, 2.0, 3.0], "AAB", "xyx", NotEstimableError),
        ([1.0, 2.0, 3.0, 4.0, 5.0], "AABBB", "xxyyy", NotEstimableError),
    ],
)
def test_what_cannot_be_estimated_is_refused(
    outcome: list[float], arms: str, strata: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        ancova(np.array(outcome), list(arms), reference="B", baselines={}, strata={"S": list(strata)})


def covers(random: np.random.Generator, truth: float) -> bool:
    arms = list("AB" * 15)
    before = random.normal(size=30)
    outcome = 0.7 * before + truth * np.array([arm == "A" for arm in arms]) + random.normal(size=30)
    found: AdjustedDifference = ancova(outcome, arms, reference="B", baselines={"b": before}, strata={})["A"]
    return found.low <= truth <= found.high
