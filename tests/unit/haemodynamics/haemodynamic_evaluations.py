"""One criterion judged over a window of six hours, for the tests of evaluation."""

from decimal import Decimal
from typing import Any

from haemodynamics.rules import (
    CriterionResult,
    ObservedInfusion,
    Reading,
    evaluate_plan,
    statuses_of_infusion,
)
from tests.unit.haemodynamics.haemodynamic_plans import WEIGHT, make_infusion, make_plan
from trials.rules.protocol import Criterion

SIX_HOURS = 360


def evaluate(
    criterion: Criterion,
    *readings: Reading,
    infusion: ObservedInfusion | None = None,
    weight: Decimal | None = WEIGHT,
    **plan: Any,
) -> CriterionResult:
    given = (readings, infusion or make_infusion(), make_plan(criterion, **plan), weight)
    (result,) = evaluate_plan(*given)
    assert statuses_of_infusion(*given) == ((result.criterion, result.status),)
    return result
