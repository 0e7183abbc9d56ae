"""PaO2/FiO2 by study day with the protocol's imputation, its change to the primary days, and without imputation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from assessments.rules import Filled, ValueOrigin
from biostatistics.ancova import AdjustedDifference, NotEstimableError, ancova, permuted_ancova
from biostatistics.proportions import Floats
from biostatistics.small_samples import SMALL_ARM, is_small
from reports.frames import Frames
from reports.tables.layout import Table, measure_key
from reports.tables.outcomes.courses import Analysed
from reports.tables.outcomes.measured import MEANS_OF_FEW, NOT_NEGATIVE, difference, mean_cells
from reports.tables.population import Flags, Population
from trials.rules.protocol import OutcomePlan

UNIT = "mmHg"
OBSERVED = (ValueOrigin.MEASURED, ValueOrigin.GIVEN)
ORIGINS = {
    ValueOrigin.MEASURED: "measured",
    ValueOrigin.GIVEN: "ratio as the source gave it",
    ValueOrigin.DEATH: "stands in after death",
    ValueOrigin.IMPROVED: "stands in after improvement",
    ValueOrigin.MISSING: "missing",
}
MEASURES = {
    "pf_ratio": "PaO2/FiO2, with imputation",
    "pf_origin": "Where the values come from",
    "pf_change": "Change of PaO2/FiO2 from baseline, with imputation",
    "pf_change_observed": "Change of PaO2/FiO2 from baseline, measured values alone (sensitivity analysis)",
}


def name_oxygenation(table: Table, plan: OutcomePlan) -> None:
    """The words and the notes of the rows that `add_oxygenation` adds."""
    table.measures |= MEASURES
    table.levels |= {str(origin): label for origin, label in ORIGINS.items()}
    _notes(table, plan)


def add_oxygenation(
    table: Table,
    frames: Frames,
    *,
    day: int,
    filled: Filled,
    analysed: Analysed,
    population: Population,
    plan: OutcomePlan,
) -> None:
    """One day of the course: the values, their sources, and on a primary day the compared change."""
    _add_day(table, day, filled, analysed, population)
    if day in plan.analysis.primary_days:
        _add_change(table, frames, day, filled=filled, analysed=analysed, population=population, plan=plan)


def window_id(day: int) -> str:
    """The id of a study day among the table's windows."""
    return f"D{day}"


def _add_day(table: Table, day: int, filled: Filled, analysed: Analysed, population: Population) -> None:
    over, window = analysed.over(day), window_id(day)
    arms = analysed.arms[over]
    key = measure_key("pf_ratio", window=window)
    table.cells += mean_cells(key, filled.on(day)[over], arms, population, UNIT, span=NOT_NEGATIVE)
    below = population.count_at(arms)
    for origin in ORIGINS:
        count = population.count_at(arms[filled.comes_from(day, origin)[over]])
        if count.any() or origin in (ValueOrigin.MEASURED, ValueOrigin.MISSING):
            table.count(measure_key("pf_origin", str(origin), window), count, below, population)


def _add_change(
    table: Table,
    frames: Frames,
    day: int,
    *,
    filled: Filled,
    analysed: Analysed,
    population: Population,
    plan: OutcomePlan,
) -> None:
    baseline, final = filled.on(plan.analysis.baseline_day), filled.on(day)
    observed = filled.comes_from(day, *OBSERVED)
    over = analysed.over(day)
    strata = _strata(frames, analysed, population, plan)
    for measure, kept in (("pf_change", over), ("pf_change_observed", over & observed)):
        change = np.where(kept, final - baseline, np.nan)
        key = measure_key(measure, window=window_id(day))
        table.cells += mean_cells(key, change[over], analysed.arms[over], population, UNIT)
        _compare(
            table,
            key,
            change=change,
            baseline=baseline,
            strata=strata,
            analysed=analysed,
            population=population,
        )


def _strata(
    frames: Frames, analysed: Analysed, population: Population, plan: OutcomePlan
) -> Mapping[str, Sequence[str | None]]:
    """The level of every analysed participant in each stratum of the analysis; None when not recorded."""
    found = {}
    for code in plan.analysis.covariate_strata:
        rows = frames.participant_strata[frames.participant_strata["stratum"] == code]
        levels: list[str | None] = [None] * len(population.participants)
        known = rows["level"].astype("object").where(rows["level"].notna(), None)
        for position, level in zip(population.positions(rows).tolist(), known, strict=True):
            levels[position] = level
        if any(levels):
            found[code] = [levels[place] for place in analysed.positions.tolist()]
    return found


def _compare(
    table: Table,
    key: Mapping[str, str | None],
    *,
    change: Floats,
    baseline: Floats,
    strata: Mapping[str, Sequence[str | None]],
    analysed: Analysed,
    population: Population,
) -> None:
    """Each pair of arms, adjusted; participants without a value, an arm or a stratum are excluded."""
    if not population.pairs:
        return
    compared = sorted({place for pair in population.pairs for place in pair})
    usable = ~np.isnan(change) & ~np.isnan(baseline) & np.isin(analysed.arms, compared)
    in_strata = np.array(
        [all(levels[i] is not None for levels in strata.values()) for i in range(len(usable))]
    )
    kept = usable & in_strata if len(usable) else usable
    table.note_if(
        int((usable & ~kept).sum()), "{n} without a recorded stratum are in no adjusted comparison."
    )
    names = [(population.arms[i], population.arms[base]) for i, base in population.pairs]
    adjusted = {
        reference: _adjusted(
            change, baseline, strata, kept=kept, analysed=analysed, population=population, reference=reference
        )
        for reference in dict.fromkeys(reference for _, reference in names)
    }
    covariates = ["baseline", *strata]
    table.comparisons += [
        difference(key, arm, reference, UNIT, **_shown(adjusted[reference].get(arm), covariates))
        for arm, reference in names
    ]


def _adjusted(
    change: Floats,
    baseline: Floats,
    strata: Mapping[str, Sequence[str | None]],
    *,
    kept: Flags,
    analysed: Analysed,
    population: Population,
    reference: str,
) -> Mapping[str, AdjustedDifference]:
    """The adjusted difference of every other arm from this one, in one model of all arms."""
    places = np.flatnonzero(kept).tolist()
    arms = [population.arms[analysed.arms[place]] for place in places]
    if reference not in arms or len(set(arms)) <= 1:
        return {}
    fitted = permuted_ancova if is_small(*Counter(arms).values()) else ancova
    try:
        return fitted(
            change[kept],
            arms,
            reference=reference,
            baselines={"baseline": baseline[kept]},
            strata={code: [str(levels[place]) for place in places] for code, levels in strata.items()},
        )
    except NotEstimableError:
        return {}


def _shown(found: AdjustedDifference | None, covariates: Sequence[str]) -> dict[str, object]:
    if found is None:
        return {"too_few": True, "covariates": list(covariates)}
    method = "permutation_ancova" if found.method == "permutation" else "ancova"
    return {
        "difference": found.estimate,
        "ci_low": found.low,
        "ci_high": found.high,
        "ci_method": method,
        "p_value": found.p_value,
        "test": method,
        "n": found.participants,
        "reference_n": found.reference_participants,
        "df": found.residual_df,
        "covariates": list(covariates),
    }


def _notes(table: Table, plan: OutcomePlan) -> None:
    rule, analysis = plan.imputation, plan.analysis
    strata = ", ".join(analysis.covariate_strata)
    table.notes += [
        (
            f"Imputation: from the day of death on {rule.death_value} mmHg; out of intensive care alive, or not sampled "
            f"because of improvement, the last value measured times {rule.improved_factor}. Nothing else is imputed. "
            f"Source: {rule.source}."
        ),
        (
            f"Adjusted difference: analysis of covariance of the change from day {analysis.baseline_day}, adjusted for the "
            f"value on that day{' and the strata ' + strata if strata else ''}; sensitivity analysis: measured values alone "
            f"(complete cases). Source: {analysis.source}."
        ),
        (
            f"With fewer than {SMALL_ARM} in an arm the limits and p of the adjusted difference are by permutation of the "
            f"residuals (Freedman and Lane). {MEANS_OF_FEW}"
        ),
        "A day counts for a participant once it is over at the data cut-off.",
    ]
