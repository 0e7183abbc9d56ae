"""Values beyond the reader's range as intervals; cut-offs of one locus, maker and conjugate; the threshold's reach."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from immunology.rules.calls import Assay, Call, Serum, call_of
from immunology.rules.changes import fold_of, has_fallen, has_risen
from immunology.rules.classification import classify
from immunology.rules.trajectories import Anchor, SerumSeries
from tests.unit.immunology.antibody_plans import make_antibody_plan
from trials.rules.protocol import AntibodyCutoff

T0 = datetime(2020, 4, 6, 10, tzinfo=UTC)


def serum(mfi: object, day: int = 14, limit: str = "", **assay: Any) -> Serum:
    at = T0 + timedelta(days=day)
    return Serum(at, at, Decimal(str(mfi)), Assay(treatment="EDTA", **assay), limit=limit)


def cutoff(lo: int, hi: int, **named: Any) -> AntibodyCutoff:
    told = {"locus": "", "vendor": "", "conjugate": "", "assay_cv": None, "source": "test", **named}
    return AntibodyCutoff(lo=Decimal(lo), hi=Decimal(hi), **told)


@pytest.mark.parametrize(
    ("mfi", "limit", "call"),
    [
        (500, "<", Call.NEGATIVE), (501, "<", Call.GREY), (1000, "<", Call.GREY), (25000, "<", Call.GREY),
        (1000, ">", Call.POSITIVE), (999, ">", Call.GREY), (499, ">", Call.GREY), (25000, ">", Call.POSITIVE),
        (500, "", Call.GREY), ("499.99", "", Call.NEGATIVE),
    ],
)  # fmt: skip
def test_a_value_beyond_the_range_is_called_only_when_every_value_is(
    mfi: object, limit: str, call: Call
) -> None:
    assert call_of(serum(mfi, limit=limit), make_antibody_plan()) is call


@pytest.mark.parametrize(
    ("before", "after", "risen"),
    [
        ((500, "<"), (1100, ""), True),
        ((500, "<"), (999, ""), False),
        ((900, "<"), (1500, ""), False),
        ((20000, ""), (25000, ">"), False),
        ((10000, ""), (25000, ">"), True),
    ],
)
def test_a_rise_counts_only_when_it_is_certain(before: Any, after: Any, risen: bool) -> None:
    one, other = serum(before[0], 0, before[1]), serum(after[0], 14, after[1])

    assert has_risen(one, other, make_antibody_plan()) is risen


def test_a_fall_counts_only_when_it_is_certain() -> None:
    plan = make_antibody_plan()

    assert has_fallen(serum(25000, 0, ">"), serum(9000), plan)
    assert not has_fallen(serum(900, 0, "<"), serum(100), plan)
    assert not has_fallen(serum(900, 0), serum(300, limit=">"), plan)


def test_the_most_exact_cut_offs_count() -> None:
    rows = (
        cutoff(300, 600, locus="DQB1"),
        cutoff(700, 2000, locus="DQB1", vendor="IMMUCOR", assay_cv=Decimal("0.62")),
        cutoff(100, 200, conjugate="C1q"),
    )
    plan = make_antibody_plan(cutoffs=rows)

    def call(locus: str, mfi: int, **assay: Any) -> Call:
        one = serum(mfi, **assay)
        return call_of(Serum(one.earliest, one.latest, one.mfi, one.assay, locus=locus), plan)

    assert call("DQB1", 700) is Call.POSITIVE
    assert call("DQB1", 700, vendor="IMMUCOR") is Call.GREY
    assert call("A", 700) is Call.GREY
    assert call("A", 200, conjugate="C1q") is Call.POSITIVE
    immucor = Serum(T0, T0, Decimal(1), Assay(vendor="IMMUCOR"), locus="DQB1")
    assert round(fold_of(plan, immucor), 2) == 4.86
    assert fold_of(plan) == 2.0


def series(*sera: Serum, hla_class: str = "I") -> SerumSeries:
    return SerumSeries(hla_class=hla_class, anchor=Anchor(T0, T0), sera=sera)


@pytest.mark.parametrize(
    ("hla_class", "assay", "mfi", "limit", "above", "beyond"),
    [
        ("I", {}, 5000, "", False, ()),
        ("I", {}, "5000.01", "", True, ()),
        ("I", {}, 5000, ">", True, ()),
        ("I", {}, 4000, ">", None, ()),
        ("I", {}, 6000, "<", None, ()),
        ("II", {}, 9000, "", None, ("class",)),
        ("I", {"conjugate": "C1q"}, 9000, "", False, ("conjugate",)),
        ("II", {"conjugate": "C1q"}, 9000, "", None, ("class", "conjugate")),
    ],
)
def test_the_threshold_says_where_it_has_no_evidence(
    hla_class: str, assay: Any, mfi: object, limit: str, above: bool | None, beyond: tuple[str, ...]
) -> None:
    found = classify(
        series(serum(100, -1), serum(mfi, 14, limit, **assay), hla_class=hla_class), make_antibody_plan()
    )

    assert (found.above_threshold, found.beyond_evidence) == (above, beyond)
