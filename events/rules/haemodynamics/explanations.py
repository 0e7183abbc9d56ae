"""What an evaluation looked at, as data that can be stored beside its result and read years later."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from events.rules.haemodynamics.measurements import Comparison, baseline_of
from events.rules.haemodynamics.readings import Reading
from events.rules.haemodynamics.results import Baseline
from events.rules.haemodynamics.scenes import Scene
from events.rules.haemodynamics.units import Measured

SHOWN_DECIMALS = Decimal("0.000001")


def baselines_of(scene: Scene, comparisons: Sequence[Comparison]) -> tuple[Baseline, ...]:
    """The last value of each variable before the infusion, for those that have one."""
    found = ((comparison, baseline_of(scene.before, comparison)) for comparison in comparisons)
    return tuple(
        Baseline(comparison.name, last.at, text_of(last.measured), comparison.unit)
        for comparison, last in found
        if last is not None
    )


def inputs_of(scene: Scene, comparisons: Sequence[Comparison]) -> Mapping[str, Any]:
    """Window, weight, thresholds and every value in the window; JSON-able, moments as ISO 8601."""
    return {
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
        "value": text_of(Measured(comparison.threshold.value)),
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
    """The value as a decimal of at most six places, or the reason why there is none."""
    if measured.value is None:
        return measured.reason
    return decimal_text(measured.value)


def decimal_text(value: Fraction) -> str:
    """A fraction as plain decimal text without trailing zeros, half up at the sixth place."""
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    text = f"{decimal.quantize(SHOWN_DECIMALS):f}"
    return text.rstrip("0").rstrip(".")
