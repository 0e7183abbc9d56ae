"""The published totals that the synthetic participants add up to.

Source of every figure unless said otherwise: Monsel A et al., Crit Care 2022;26:48, doi 10.1186/s13054-022-03930-4
("the paper"), CC BY 4.0. Counts are those of its Table 5 and text; where a printed percentage disagrees with its own
counts the counts are used (docs/printed-and-computed.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass

UC_MSC = "UC_MSC"
PLACEBO = "PLACEBO"
EARLY = "D0-D14"
LATE = "after D14"
EARLY_DAYS = (1, 14)
"""Study days on which the synthetic events of the first window start: none before the first infusion."""
LATE_DAYS = (15, 27)
"""And of the second, which the paper ends at D28."""
DEATHS_BY_DAY = 28


@dataclass(frozen=True)
class EventTotals:
    """One arm in one window. The distributions lack some of `events`: those were not recorded in the paper."""

    participants: int
    events: int
    participants_with_sae: int
    saes: int
    severity: Mapping[str, int]
    grade: Mapping[int, int]
    causality: Mapping[str, int]


@dataclass(frozen=True)
class ArmTotals:
    """One arm."""

    treated: int
    untreated: int
    infusions_received: Mapping[int, int]
    deaths: int
    preformed_dsa: int
    de_novo_dsa: int
    preformed_anti_hla_only: int
    haemodynamic_events: int
    events: Mapping[str, EventTotals]


PUBLISHED_TOTALS: Mapping[str, ArmTotals] = {
    UC_MSC: ArmTotals(
        treated=21,
        untreated=1,  # 47 randomised, 45 treated; the arms of the other two are not printed: one each is assumed
        infusions_received={3: 17, 2: 2, 1: 2},
        deaths=5,
        preformed_dsa=6,
        de_novo_dsa=3,
        preformed_anti_hla_only=0,
        haemodynamic_events=0,
        events={
            EARLY: EventTotals(
                participants=18,
                events=49,
                participants_with_sae=6,
                saes=10,
                severity={"MILD": 16, "MODERATE": 24, "SEVERE": 9},
                grade={1: 19, 2: 15, 3: 9, 4: 4},
                causality={
                    "POSSIBLE": 1,
                    "OTHER_TREATMENT": 4,
                    "OTHER_DISEASE": 1,
                    "COVID_19_PROGRESSION": 28,
                    "OTHER_CAUSES": 3,
                    "UNDETERMINED": 11,
                },
            ),
            LATE: EventTotals(
                participants=9,
                events=19,
                participants_with_sae=4,
                saes=4,
                severity={"MILD": 7, "MODERATE": 7, "SEVERE": 5},
                grade={1: 7, 2: 7, 3: 1, 4: 3},
                causality={
                    "OTHER_TREATMENT": 3,
                    "OTHER_DISEASE": 1,
                    "COVID_19_PROGRESSION": 8,
                    "OTHER_CAUSES": 2,
                },
            ),
        },
    ),
    PLACEBO: ArmTotals(
        treated=24,
        untreated=1,
        infusions_received={3: 19, 2: 4, 1: 1},
        deaths=4,
        preformed_dsa=0,
        de_novo_dsa=0,
        preformed_anti_hla_only=11,
        haemodynamic_events=1,
        events={
            EARLY: EventTotals(
                participants=18,
                events=48,
                participants_with_sae=6,
                saes=6,
                severity={"MILD": 15, "MODERATE": 24, "SEVERE": 9},
                grade={1: 10, 2: 19, 3: 16, 4: 3},
                causality={
                    "OTHER_TREATMENT": 2,
                    "OTHER_DISEASE": 1,
                    "COVID_19_PROGRESSION": 37,
                    "OTHER_CAUSES": 2,
                    "UNDETERMINED": 5,
                },
            ),
            LATE: EventTotals(
                participants=9,
                events=23,
                participants_with_sae=4,
                saes=4,
                severity={"MILD": 3, "MODERATE": 12, "SEVERE": 8},
                grade={1: 3, 2: 15, 3: 3, 4: 2},
                causality={
                    "OTHER_TREATMENT": 4,
                    "COVID_19_PROGRESSION": 11,
                    "OTHER_CAUSES": 2,
                    "UNDETERMINED": 3,
                },
            ),
        },
    ),
}

BATCHES_OUT_OF_SPECIFICATION = 2
"""Of the cell batches, for their cell count (the paper, Table 3)."""
VIABILITY_PERCENT = (78.4, 5.3)
"""Mean and standard deviation of the cells' viability (the paper, Table 3)."""
VIABILITY_LIMIT_PERCENT = 70.0
"""The specification's lower limit (the paper)."""
DONORS = ("D1", "D2")
"""Two donors' cords (the paper); their HLA types are not published, those here are invented."""
