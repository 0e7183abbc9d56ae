"""Boundaries in words: in the language of whoever looks at the page, in English in every report."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from reports.queries.alerts import READERS
from reports.rules.boundaries import UndesignedError, design_of
from reports.rules.boundaries.states import BoundaryCounts
from reports.rules.boundaries.wording import (
    ENGLISH,
    evidence_text,
    in_advance_text,
    rule_text,
    state_text,
    undesigned_text,
)
from trials.rules.protocol import Boundary

COMMON = {"id": "b", "label": "B", "measure": "died", "source": "test", "null_rate": Decimal("0.2")}
NOTHING = {"threshold": None, "prior_alpha": None, "prior_beta": None}
PRIOR = {"prior_alpha": Decimal("0.6"), "prior_beta": Decimal("2.4"), "threshold": Decimal("0.95")}
LOOKS = {"alpha": Decimal("0.05"), "looks": (10, 20)}
KINDS: tuple[tuple[dict[str, Any], str, str], ...] = (
    (
        {"method": "beta_binomial", **PRIOR},
        "Pr(rate > 0.2 | data) > 0.95, prior Beta(0.6, 2.4)",
        "Pr(taux > 0,2 | données) > 0,95, loi a priori Bêta(0,6 ; 2,4)",
    ),
    (
        {"method": "pocock", **LOOKS},
        "P(as many or more | rate 0.2) ≤ 0.03214 (Pocock type)",
        "P(autant ou plus | taux 0,2) ≤ 0,03214 (type Pocock)",
    ),
    (
        {"method": "obrien_fleming", **LOOKS},
        "4 or more above what rate 0.2 lets expect (O'Brien–Fleming type)",
        "4 ou plus au-dessus du nombre attendu pour un taux de 0,2 (type O’Brien–Fleming)",
    ),
    (
        {"method": "two_arm", **PRIOR, "delta": Decimal("0.1")},
        "Pr(rate > other arm's rate + 0.1 | data) > 0.95 in either direction, prior Beta(0.6, 2.4) in both",
        (
            "Pr(taux > taux de l’autre bras + 0,1 | données) > 0,95 dans un sens ou dans l’autre, loi a priori "
            "Bêta(0,6 ; 2,4) dans les deux"
        ),
    ),
)


def designed(kind: dict[str, Any]) -> Any:
    return design_of(Boundary(**(COMMON | NOTHING | kind)), (5, 10))


def plain(text: str) -> str:
    """Without the spaces that hold a French mark to its word."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def counts(**changes: Any) -> BoundaryCounts:
    values = {
        "arm": "A", "against": "", "affected": 3, "evaluable": 5, "affected_against": None,
        "evaluable_against": None, "evidence": 0.9512, "prompts": True,
    }  # fmt: skip
    return BoundaryCounts(**(values | changes))


@pytest.mark.parametrize(("kind", "english", "french"), KINDS, ids=lambda kind: str(kind)[:30])
def test_rule_is_said_in_the_readers_language(kind: dict[str, Any], english: str, french: str) -> None:
    with translation.override("en"):
        assert rule_text(designed(kind), READERS) == english
    with translation.override("fr"):
        assert plain(rule_text(designed(kind), READERS)) == french


@pytest.mark.parametrize("kind", [kind for kind, *_ in KINDS], ids=lambda kind: str(kind["method"]))
def test_report_is_english_whoever_makes_it(kind: dict[str, Any]) -> None:
    design = designed(kind)
    with translation.override("fr"):
        in_french = (rule_text(design), in_advance_text(design), state_text(design, counts()))
    with translation.override("en"):
        in_english = (
            rule_text(design, ENGLISH),
            in_advance_text(design, READERS),
            state_text(design, counts()),
        )

    assert in_french == in_english


def test_what_prompts_and_the_evidence_are_said_in_french() -> None:
    design = designed({"method": "beta_binomial", **PRIOR})

    with translation.override("fr"):
        assert plain(in_advance_text(design, READERS)) == (
            "4 sur 5, 5 sur 10 ; vérifié à chaque participant traité"
        )
        assert evidence_text(design, counts(), READERS) == "probabilité a posteriori 0,951"


def test_boundary_that_cannot_be_computed_says_why_in_both() -> None:
    with pytest.raises(UndesignedError) as refused:
        designed({"method": "pocock"})

    assert str(refused.value) == undesigned_text(refused.value) == "pocock needs alpha and looks."
    with translation.override("fr"):
        assert undesigned_text(refused.value, READERS) == "pocock exige alpha et des analyses prévues."
