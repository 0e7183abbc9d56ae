"""Properties of files and calls that hold whatever the numbers are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from immunology.rules.calls import Assay, Serum
from immunology.rules.classification import classify
from immunology.rules.files.haml_out import haml_of
from immunology.rules.files.parts import SerumRun
from immunology.rules.files.reading import read_file
from immunology.rules.trajectories import Anchor, SerumSeries
from tests.unit.immunology.antibody_plans import make_antibody_plan
from tests.unit.immunology.laboratory_files import long_form, long_rows
from trials.rules.protocol import PositiveMfi

T0 = datetime(2020, 4, 6, 10, tzinfo=UTC)
VALUES = st.decimals(min_value=0, max_value=30000, places=2)
SERIES = st.lists(st.tuples(st.integers(-20, 90).filter(bool), VALUES), min_size=1, max_size=6)


def series_of(values: list[tuple[int, Decimal]], factor: int = 1) -> SerumSeries:
    sera = [
        Serum(
            T0 + timedelta(days=day),
            T0 + timedelta(days=day),
            mfi * factor,
            Assay(treatment="EDTA"),
            positive_control_mfi=Decimal(9000) * factor,
            negative_control_mfi=Decimal(80) * factor,
        )
        for day, mfi in values
    ]
    return SerumSeries(hla_class="I", anchor=Anchor(T0, T0), sera=tuple(sera))


def beads_of(serum: SerumRun) -> list[tuple[object, ...]]:
    return [(one.bead_id, one.role, one.specificity, one.mfi_raw, one.count) for one in serum.beads]


@given(st.lists(st.tuples(VALUES, VALUES), min_size=2, max_size=5), st.randoms())
@settings(max_examples=40)
def test_the_order_of_the_sera_in_a_file_changes_nothing(
    values: list[tuple[Decimal, Decimal]], chance: Random
) -> None:
    blocks = [long_rows(f"S{place}", [str(a), str(b)]) for place, (a, b) in enumerate(values)]
    shuffled = list(blocks)
    chance.shuffle(shuffled)

    one, other = (
        {
            serum.specimen: beads_of(serum)
            for serum in read_file(file="a.csv", data=long_form(chain.from_iterable(rows))).sera
        }
        for rows in (blocks, shuffled)
    )

    assert one == other


@given(SERIES, st.integers(2, 9))
@settings(max_examples=100)
def test_a_factor_on_all_values_and_limits_changes_no_call(
    values: list[tuple[int, Decimal]], factor: int
) -> None:
    """Values above 1 only: below it the ratio of two values is not looked at."""
    above = [(day, mfi + 1) for day, mfi in values]
    plan = make_antibody_plan()
    larger = replace(
        plan,
        positive_mfi=PositiveMfi(plan.positive_mfi.lo * factor, plan.positive_mfi.hi * factor),
        mfi_threshold=plan.mfi_threshold * factor,
        delta_min_mfi=plan.delta_min_mfi * factor,
        pc_min_mfi=plan.pc_min_mfi * factor,
        nc_max_mfi=plan.nc_max_mfi * factor,
    )

    one, other = classify(series_of(above), plan), classify(series_of(above, factor), larger)

    assert (one.code, one.flags, one.above_threshold) == (other.code, other.flags, other.above_threshold)


@given(SERIES, st.integers(-20, 90).filter(bool), VALUES)
@settings(max_examples=100)
def test_an_invalid_serum_changes_no_call(values: list[tuple[int, Decimal]], day: int, mfi: Decimal) -> None:
    whole = series_of(values)
    failed = replace(series_of([(day, mfi)]).sera[0], is_rejected=True)

    one = classify(whole, make_antibody_plan())
    other = classify(replace(whole, sera=(*whole.sera, failed)), make_antibody_plan())

    assert one.code == other.code
    assert (one.baseline_mfi, one.peak_mfi, one.last_mfi) == (
        other.baseline_mfi,
        other.peak_mfi,
        other.last_mfi,
    )


@given(st.lists(VALUES, min_size=2, max_size=2))
@settings(max_examples=40)
def test_what_haml_holds_comes_back_as_it_went(values: list[Decimal]) -> None:
    (serum,) = read_file(file="a.csv", data=long_form(long_rows("S1", [str(one) for one in values]))).sera

    (back,) = read_file(file="a.xml", data=haml_of([serum], center="c", document="d")).sera

    assert beads_of(back) == beads_of(serum)
    assert (back.specimen, back.run, back.run_date, back.kit.lot) == (
        serum.specimen, serum.run, serum.run_date, serum.kit.lot,
    )  # fmt: skip
