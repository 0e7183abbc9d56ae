"""The class of a series with its flags: the entry to the rules of this package."""

from dataclasses import replace

from immunology.rules.codes import Code
from immunology.rules.flags import series_flags, serum_flags
from immunology.rules.trajectories import SerumSeries, Trajectory, decide, sides_of, summarise
from trials.rules.protocol import AntibodyPlan


def classify(series: SerumSeries, plan: AntibodyPlan) -> Trajectory:
    """Pre-formed, de novo, indeterminate, negative or not evaluable, by the protocol's cut-offs; see `codes`.

    MFI are dimensionless. A series without typing, bead or anchor is not evaluable, whatever its values.
    """
    standing = tuple(series_flags(series))
    if series.locus_is_untyped:
        return Trajectory(Code.NOT_EVALUABLE_UNTYPED, standing)
    if series.anchor is None:
        return Trajectory(Code.NOT_EVALUABLE_NO_ANCHOR, standing)
    if not series.has_bead:
        return Trajectory(Code.NOT_EVALUABLE_NO_BEAD, standing)
    sides = sides_of(series, series.anchor, plan)
    decision = decide(sides, plan)
    flags = (*standing, *serum_flags(decision, series, series.anchor, sides, plan))
    return replace(summarise(decision, series, sides, plan), flags=flags)
