"""SUSAR per destination: Europe takes either opinion, the FDA the sponsor's."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from pharmacovigilance.choices import Judgement, Side
from pharmacovigilance.rules.causality import SideView
from pharmacovigilance.rules.expectedness import ExpectednessVerdict
from pharmacovigilance.rules.reasons import ReasonSentence
from pharmacovigilance.rules.susar import SusarFacts, susar

AT = datetime(2026, 3, 1, tzinfo=UTC)
VIEW = {
    "yes": SideView(True),
    "no": SideView(False),
    "unknown": SideView(True, True),
    "silent": SideView(None),
}
UNEXPECTED = ExpectednessVerdict(False, False, ReasonSentence("Unexpected."))
EXPECTED = ExpectednessVerdict(True, False, ReasonSentence("Expected."))
ASSUMED = ExpectednessVerdict(False, True, ReasonSentence("Expectedness missing."))


def facts(site: str = "yes", sponsor: str = "yes") -> SusarFacts:
    views = {Side.INVESTIGATOR: VIEW[site], Side.SPONSOR: VIEW[sponsor]}
    return SusarFacts(True, None, False, False, views, UNEXPECTED)


@pytest.mark.parametrize(("site", "sponsor"), list(product(VIEW, VIEW)))
def test_every_pair_of_opinions(site: str, sponsor: str) -> None:
    europe, america = (susar(facts(site, sponsor), each) for each in (Judgement.EITHER, Judgement.SPONSOR))

    assert europe.is_susar == (not (site == "no" and sponsor == "no"))
    assert america.is_susar == (sponsor != "no")
    assert ("causality" in america.missing) == (sponsor == "silent")
    definite = "yes" in (site, sponsor) or "unknown" in (site, sponsor)
    assert ("causality" in europe.missing) == ("silent" in (site, sponsor) and not definite)


@pytest.mark.parametrize(
    ("changes", "is_susar", "sentence"),
    [
        ({"serious_by_site": False}, False, "Not serious, by everybody who answered."),
        ({"serious_by_site": None}, False, "Not serious, by everybody who answered."),
        ({"serious_by_site": False, "serious_by_sponsor": True}, True, "either suffices"),
        ({"serious_by_sponsor": False}, True, "either suffices"),
        ({"serious_by_site": None, "is_fatal": True}, True, "Serious: fatal."),
        ({"serious_by_site": False, "is_life_threatening": True}, True, "Serious: life-threatening."),
        ({"expectedness": EXPECTED}, False, "Expected."),
        ({"expectedness": ASSUMED}, True, "Expectedness missing."),
        ({"was_treated": False}, False, "no study product was given before onset"),
        (
            {"situations": ("Pregnancy",), "expectedness": EXPECTED},
            True,
            "Reported like a reaction: Pregnancy.",
        ),
        ({"situations": ("Misuse",), "serious_by_site": False}, False, "Not serious"),
    ],
)
def test_each_part_decides(changes: dict[str, object], is_susar: bool, sentence: str) -> None:
    found = susar(replace(facts(), **changes), Judgement.EITHER)

    assert found.is_susar is is_susar
    assert any(sentence in str(reason) for reason in found.reasons)


def test_missing_parts_are_named() -> None:
    found = susar(replace(facts("silent", "silent"), expectedness=ASSUMED), Judgement.EITHER)

    assert found.is_susar
    assert found.missing == ("causality", "expectedness")


def test_the_reason_names_who_is_silent() -> None:
    reasons = [str(r) for r in susar(facts("no", "silent"), Judgement.EITHER).reasons]

    assert "Cause missing: the sponsor has not assessed it; counts as related." in reasons
