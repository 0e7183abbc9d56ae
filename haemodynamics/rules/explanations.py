"""The input of an evaluation, as data that are stored beside its result and can be read years later."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from haemodynamics.rules.criterion_windows import CriterionWindow
from haemodynamics.rules.measurements import Comparison, baseline_of
from haemodynamics.rules.possible import Measured, exactly
from haemodynamics.rules.readings import Reading
from haemodynamics.rules.reasons import text_of_reasons
from haemodynamics.rules.results import Baseline

SHOWN_DECIMALS = Decimal("0.000001")


def baselines_of(scene: CriterionWindow, comparisons: Sequence[Comparison]) -> tuple[Baseline, ...]:
    """The last value of each variable before the infusion, for those that have one."""
    found = ((comparison, baseline_of(scene.before, comparison)) for comparison in comparisons)
    return tuple(
        Baseline(comparison.name, last.at, text_of(last.measured), comparison.unit)
        for comparison, last in found
        if last is not None
    )


def inputs_of(scene: CriterionWindow, comparisons: Sequence[Comparison]) -> Mapping[str, Any]:
    """Window, weight, thresholds and every value in the window; JSON-able, times as ISO 8601."""
    criterion = scene.criterion
    lasting = (
        {} if criterion.sustained_minutes is None else {"sustained_minutes": criterion.sustained_minutes}
    )
    return {
        **lasting,
        "window": [scene.window.opens_at.isoformat(), scene.window.closes_at.isoformat()],
        "weight_kg": None if scene.weight_kg is None else str(scene.weight_kg),
        "combinator": scene.criterion.combinator,
        "source": scene.criterion.source,
        "thresholds": [_threshold(comparison) for comparison in comparisons],
        "rhythms": list(scene.criterion.rhythms),
        "readings": [_seen(reading, comparisons) for reading in scene.within],
    }


def _threshold(comparison: Comparison) -> Mapping[str, str]:
    return {
        "variable": comparison.name,
        "operator": comparison.threshold.operator,
        "value": text_of(exactly(comparison.threshold.value)),
        "unit": comparison.unit,
        "semantics": comparison.threshold.semantics,
    }


def _seen(reading: Reading, comparisons: Sequence[Comparison]) -> Mapping[str, Any]:
    seen: dict[str, Any] = {"at": reading.at.isoformat()}
    for comparison in comparisons:
        measured = comparison.look(reading)
        seen[comparison.name] = None if measured is None else text_of(measured)
    if not comparisons:
        seen["seen"], seen["excluded"] = sorted(reading.seen()), sorted(reading.excluded())
    return seen


def text_of(measured: Measured) -> str:
    """The value as a decimal of at most six places; when it is not known, its possible values and the reason."""
    if measured.value is not None:
        return plain_decimal(measured.value)
    limits, reasons = measured.limits, text_of_reasons(measured.reasons)
    if limits is None:
        return reasons
    return f"{plain_decimal(limits.low)} to {plain_decimal(limits.high)} ({reasons})"


def plain_decimal(value: Fraction) -> str:
    """A fraction as plain decimal text without trailing zeros, half up at the sixth place."""
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    text = f"{decimal.quantize(SHOWN_DECIMALS):f}"
    return text.rstrip("0").rstrip(".")
