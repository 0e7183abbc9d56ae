"""Exact boundaries and their characteristics: against published values, and against a second method each."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product

import numpy as np
import pytest

from reports.rules.boundaries import (
    BetaBinomialBoundary,
    OBrienFlemingBoundary,
    OneArmDesign,
    PocockBoundary,
    UndesignedError,
    characteristics,
    design_of,
    is_alert,
    obrien_fleming,
    pocock,
    states_of,
    true_rates,
)
from reports.rules.boundaries.states import BoundaryCounts
from reports.rules.boundaries.wording import in_advance_text
from trials.rules.protocol import Boundary

EVERY_OF_20 = tuple(range(1, 21))

# R package stoppingrule 0.5.2, README: boundary and operating characteristics of
# calc.rule.bin(ns=1:30, p0=0.20, alpha=0.10, type="BB", param=c(0.6, 2.4)).
PRINTED = [2, 3, 3, 3, 4, 4, 5, 5, 5, 5, 6, 6, 6, 7, 7, 7, 7, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 10, 11, 11]
PRINTED_CHARACTERISTICS = [
    (0.20, 0.09957366892, 5.651196727),
    (0.25, 0.23832300652, 6.5362931188),
    (0.30, 0.43615255723, 6.9267121066),
    (0.35, 0.64555222217, 6.819376565),
    (0.40, 0.81491087459, 6.3558033082),
]


def points(rule, looks: Sequence[int]) -> dict[int, int | None]:
    return {look: rule.prompts_at(look) for look in looks}


def enumerated(
    looks: Sequence[int], fewest: Mapping[int, int | None], rate: float
) -> tuple[float, float, float]:
    """Probability, expected affected, expected evaluable: over every sequence of participants there can be."""
    probability = affected = evaluable = 0.0
    for outcome in product((0, 1), repeat=looks[-1]):
        chance = np.prod([rate if one else 1 - rate for one in outcome])
        stops = [n for n in looks if fewest[n] is not None and sum(outcome[:n]) >= fewest[n]]
        end = stops[0] if stops else looks[-1]
        probability += chance * bool(stops)
        affected += chance * sum(outcome[:end])
        evaluable += chance * end
    return probability, affected, evaluable


@pytest.mark.parametrize(("rate", "probability", "events"), PRINTED_CHARACTERISTICS)
def test_characteristics_equal_the_published_ones(rate: float, probability: float, events: float) -> None:
    looks = tuple(range(1, 31))

    found = characteristics(looks, dict(zip(looks, PRINTED, strict=True)), rate)

    assert found.probability == pytest.approx(probability, abs=1e-10)
    assert found.expected_affected == pytest.approx(events, abs=1e-8)
    assert sum(found.by_look) == pytest.approx(probability, abs=1e-10)


@pytest.mark.parametrize("rate", [0.0, 0.07, 0.2, 0.55, 1.0])
@pytest.mark.parametrize("looks", [(3, 7, 10), (1, 2, 3, 4, 5, 6, 7, 8)])
def test_characteristics_equal_the_sum_over_every_sequence(looks: tuple[int, ...], rate: float) -> None:
    fewest = points(BetaBinomialBoundary(0.2, 0.9, 0.4, 1.6), looks)

    found = characteristics(looks, fewest, rate)

    expected = enumerated(looks, fewest, rate)
    assert (found.probability, found.expected_affected, found.expected_evaluable) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("rate", "looks", "fewest", "type_one"),
    [
        (0.10, (5, 10, 20), (3, 4, 6), 0.024),
        (0.20, (5, 10, 20), (4, 6, 8), 0.038),
        (0.30, (5, 10, 20), (4, 7, 11), 0.047),
        (0.20, (10, 20, 40), (6, 8, 14), 0.045),
        (0.30, (10, 20, 40), (7, 11, 18), 0.047),
    ],
)
def test_pocock_at_looks(
    rate: float, looks: tuple[int, ...], fewest: tuple[int, ...], type_one: float
) -> None:
    rule = pocock(looks, null_rate=rate, alpha=0.05)

    assert rule is not None
    assert tuple(rule.prompts_at(look) for look in looks) == fewest
    assert characteristics(looks, points(rule, looks), rate).probability == pytest.approx(type_one, abs=5e-4)


def test_pocock_at_every_participant() -> None:
    rule = pocock(EVERY_OF_20, null_rate=0.20, alpha=0.05)
    assert rule is not None
    design = OneArmDesign(rule, EVERY_OF_20, True, 20)

    said = in_advance_text(design)

    assert said == "3 of 3, 4 of 4–6, 5 of 7–9, 6 of 10–12, 7 of 13–15, 8 of 16–18, 9 of 19–20"
    assert design.characteristics(0.20).probability == pytest.approx(0.0484, abs=5e-5)


@pytest.mark.parametrize("tune", [pocock, obrien_fleming])
@pytest.mark.parametrize(
    ("looks", "rate", "alpha"), [((4, 8, 12), 0.2, 0.05), (tuple(range(1, 12)), 0.15, 0.1)]
)
def test_tuned_boundary_keeps_to_alpha_and_no_more_sensitive_one_does(tune, looks, rate, alpha) -> None:
    rule = tune(looks, null_rate=rate, alpha=alpha)
    found = points(rule, looks)

    # The next boundary of the same family: the strictest that prompts where this one just does not.
    below = [rule.evidence(fewest - 1, look) for look, fewest in found.items() if fewest]
    below += [rule.evidence(look, look) for look, fewest in found.items() if fewest is None]
    looser = PocockBoundary(rate, min(below)) if tune is pocock else OBrienFlemingBoundary(rate, max(below))
    assert enumerated(looks, found, rate)[0] <= alpha
    assert enumerated(looks, points(looser, looks), rate)[0] > alpha


def test_obrien_fleming_is_the_line_of_wang_and_tsiatis() -> None:
    """X_n >= n p0 + c sqrt(N p0 (1 - p0)): one critical value c for every n, hard to reach early."""
    rule = obrien_fleming(EVERY_OF_20, null_rate=0.20, alpha=0.05)
    assert rule is not None
    critical = rule.excess / np.sqrt(20 * 0.2 * 0.8)

    by_definition = {
        n: int(np.ceil(n * 0.2 + critical * np.sqrt(20 * 0.2 * 0.8) - 1e-9)) for n in EVERY_OF_20
    }

    assert points(rule, EVERY_OF_20) == {n: k if k <= n else None for n, k in by_definition.items()}
    assert rule.prompts_at(4) is None
    assert rule.prompts_at(20) < pocock(EVERY_OF_20, null_rate=0.20, alpha=0.05).prompts_at(20)


def test_no_boundary_keeps_to_an_alpha_that_is_too_small() -> None:
    assert pocock((1, 2), null_rate=0.5, alpha=0.2) is None
    assert obrien_fleming((1, 2), null_rate=0.5, alpha=0.2) is None


@pytest.mark.parametrize(("affected", "evaluable"), [(-1, 5), (6, 5)])
@pytest.mark.parametrize("rule", [PocockBoundary(0.2, 0.05), OBrienFlemingBoundary(0.2, 3.0)])
def test_impossible_counts_are_refused(rule, affected: int, evaluable: int) -> None:
    with pytest.raises(ValueError, match="affected"):
        rule.prompts(affected, evaluable)


@pytest.mark.parametrize(
    ("looks", "rate", "word"),
    [((), 0.2, "looks"), ((5, 5), 0.2, "looks"), ((0, 5), 0.2, "looks"), ((5,), 1.1, "rate")],
)
def test_characteristics_refuse_what_cannot_be(looks: tuple[int, ...], rate: float, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        characteristics(looks, {}, rate)


def make_boundary(**changes: object) -> Boundary:
    values = {
        "id": "b", "label": "B", "measure": "participants_with_sae", "method": "pocock", "null_rate": Decimal("0.2"),
        "threshold": None, "prior_alpha": None, "prior_beta": None, "source": "test", "alpha": Decimal("0.05"),
        "checked": "at_looks", "looks": (5, 10),
    }  # fmt: skip
    return Boundary(**(values | changes))


def flags(text: str) -> np.ndarray:
    """One participant per character, 1 is affected."""
    return np.array([mark == "1" for mark in text], dtype=bool)


@pytest.mark.parametrize(
    ("arm", "expected"),
    [
        ("", (0, 0, False)),
        ("1111", (4, 4, False)),
        ("11100", (3, 5, False)),
        ("11110", (4, 5, True)),
        ("11100" + "1111", (3, 5, False)),
        ("11100" + "10000", (4, 10, False)),
        ("11100" + "11000", (5, 10, True)),
        ("11110" + "00000", (4, 5, True)),
    ],
)
def test_boundary_at_looks_counts_the_participants_of_the_look(
    arm: str, expected: tuple[int, int, bool]
) -> None:
    """Pocock at 5 and 10, null rate 0.20: 4 of 5, 5 of 10. A look that was reached stays reached."""
    (state,) = states_of(design_of(make_boundary(), ()), {"A": flags(arm)})

    assert (state.affected, state.evaluable, state.prompts) == expected


@pytest.mark.parametrize(
    ("arm", "prompts"), [("111", False), ("1110", False), ("11100", True), ("11000", False)]
)
def test_continuous_boundary_waits_for_its_least_number(arm: str, prompts: bool) -> None:
    boundary = make_boundary(
        method="beta_binomial", alpha=None, threshold=Decimal("0.9"), prior_alpha=Decimal("0.4"),
        prior_beta=Decimal("1.6"), checked="continuously", looks=(), evaluable_at_least=5,
    )  # fmt: skip

    (state,) = states_of(design_of(boundary, (5, 10)), {"A": flags(arm)})

    assert state.prompts is prompts


def test_states_of_every_arm_come_in_the_order_of_letters() -> None:
    arms = {"B": flags("0"), "A": flags("1"), "C": flags("")}

    assert [state.arm for state in states_of(design_of(make_boundary(), ()), arms)] == ["A", "B", "C"]


def counts(affected: int, evaluable: int, prompts: bool) -> BoundaryCounts:
    return BoundaryCounts("A", "", affected, evaluable, None, None, 0.5, prompts)


@pytest.mark.parametrize(
    ("before", "now", "alerted"),
    [
        (None, counts(2, 5, False), False),
        (None, counts(3, 5, True), True),
        (counts(2, 5, False), counts(3, 5, True), True),
        (counts(3, 5, True), counts(3, 5, True), False),
        (counts(3, 5, True), counts(3, 6, True), False),
        (counts(3, 5, True), counts(4, 6, True), True),
        (counts(3, 5, True), counts(2, 5, True), False),
        (counts(2, 5, False), counts(2, 6, False), False),
    ],
)
def test_alert_is_a_crossing_or_a_worsening(before, now, alerted: bool) -> None:
    assert is_alert(now, before) is alerted


def test_exact_boundary_that_cannot_keep_to_alpha_says_so() -> None:
    with pytest.raises(UndesignedError, match="keeps to alpha"):
        design_of(make_boundary(looks=(1,), alpha=Decimal("0.1")), ())


def test_boundary_without_a_last_participant_has_no_characteristics() -> None:
    boundary = make_boundary(
        method="beta_binomial", alpha=None, threshold=Decimal("0.9"), prior_alpha=Decimal(1), prior_beta=Decimal(4),
        checked="continuously", looks=(),
    )  # fmt: skip

    design = design_of(boundary, (10, 20))

    assert design.characteristics(0.2) is None
    assert [each.first for each in design.in_advance()] == [10, 20]


def test_rates_are_the_protocols_or_steps_above_the_null_rate() -> None:
    assert true_rates(make_boundary(rates=(Decimal("0.1"), Decimal("0.4")))) == (0.1, 0.4)
    assert true_rates(make_boundary()) == (0.2, 0.25, 0.3, 0.35, 0.4)
    assert true_rates(make_boundary(null_rate=Decimal("0.95"))) == (0.95, 1.0)
