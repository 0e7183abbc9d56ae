"""The frames besides events, people and deaths for the tables' benchmark, as large as the events' frame."""

from typing import Any

import numpy as np

DAYS = 10
"""Daily assessments of a participant, and readings around an infusion."""
SEED = 20220227
CRITERIA = (
    "results_in_death", "life_threatening", "hospitalisation", "disability", "congenital_anomaly",
    "medically_important",
)  # fmt: skip
ORGANS = ("respiration", "coagulation", "liver", "cardiovascular", "cns", "renal")


def further_content(content: dict[str, Any], protocol: Any) -> dict[str, Any]:
    """The content with all other frames of a trial of that size, by column."""
    random = np.random.default_rng(SEED)
    codes = content["participants"]["participant"]
    return {
        **content,
        "participants": content["participants"] | people(codes, random),
        "adverse_events": content["adverse_events"] | answers(len(content["adverse_events"]["event"]), random),
        "participant_strata": strata(codes, protocol),
        "infusions": {
            "participant": codes, "number": [1] * len(codes), "study_day": [1] * len(codes),
            "interrupted": flags(random, len(codes)), "volume_ml": random.normal(150, 2, len(codes)).tolist(),
        },
        "doses": {
            "participant": codes, "infusion_number": [1] * len(codes),
            "batch": [f"B{i % 40:02}" for i in range(len(codes))],
            "cells_million": random.normal(70, 4, len(codes)).tolist(),
        },
        "batches": {
            "batch": [f"B{i:02}" for i in range(40)], "donor": [f"D{i % 2}" for i in range(40)],
            "viability_percent": random.normal(90, 3, 40).tolist(), "within_specification": flags(random, 40),
        },
        **haemodynamics(codes, random, protocol),
        **immunology(codes, random),
        **course(codes, random),
        **records(content, codes, random),
    }  # fmt: skip


def flags(random: np.random.Generator, size: int, share: float = 0.3) -> list[bool]:
    return (random.random(size) < share).tolist()


def people(codes: list[str], random: np.random.Generator) -> dict[str, Any]:
    return {
        "age_years": random.normal(60, 9, len(codes)).tolist(),
        "sex": random.choice(["F", "M"], len(codes)).tolist(),
        "weight_kg": random.normal(80, 9, len(codes)).tolist(),
        "first_infusion_at": [f"2020-04-06T{10 + i % 9}:00:00Z" for i in range(len(codes))],
    }


def answers(events: int, random: np.random.Generator) -> dict[str, Any]:
    hours = random.uniform(0, 200, events)
    return {
        **{name: flags(random, events, 0.1) for name in CRITERIA},
        "action_taken": random.choice(["DRUG WITHDRAWN", "DRUG INTERRUPTED", "DOSE NOT CHANGED"], events).tolist(),
        "outcome": random.choice(["FATAL", "RECOVERED/RESOLVED"], events).tolist(),
        "infusion_number": [1] * events,
        "hours_after_infusion": hours.tolist(),
        "signed": flags(random, events, 0.8),
        "recorded_at": [f"2020-05-{1 + i % 28:02}T{i % 24:02}:00:00Z" for i in range(events)],
    }  # fmt: skip


def strata(codes: list[str], protocol: Any) -> dict[str, Any]:
    rows = [
        (code, s.code, s.levels[i % len(s.levels)].code)
        for s in protocol.strata
        for i, code in enumerate(codes)
    ]
    return dict(zip(("participant", "stratum", "level"), map(list, zip(*rows, strict=True)), strict=True))


def haemodynamics(codes: list[str], random: np.random.Generator, protocol: Any) -> dict[str, Any]:
    criteria = [criterion.id for criterion in protocol.haemodynamics.criteria]
    minutes = [check.minutes for check in protocol.haemodynamics.checks][:DAYS]
    found = codes[::10]
    return {
        "haemodynamic_evaluations": {
            "participant": repeated(codes, len(criteria)),
            "infusion_number": [1] * len(codes) * len(criteria),
            "criterion": criteria * len(codes),
            "result": random.choice(["HIT", "NOT_MET", "NOT_EVALUABLE"], len(codes) * len(criteria)).tolist(),
        },
        "haemodynamic_findings": {
            "participant": found, "infusion_number": [1] * len(found), "criterion": [criteria[0]] * len(found),
            "decision": random.choice(["OPEN", "CONFIRMED", "REFUTED"], len(found)).tolist(),
            "recorded_at": ["2020-05-01T00:00:00Z"] * len(found),
        },
        "haemodynamic_readings": {
            "participant": repeated(codes, len(minutes)),
            "infusion_number": [1] * len(codes) * len(minutes),
            "minutes": [float(one) for one in minutes] * len(codes),
            **{
                name: random.normal(80, 9, len(codes) * len(minutes)).tolist()
                for name in ("heart_rate_bpm", "map_mmhg", "spo2_percent", "norepinephrine_ug_min")
            },
        },
    }  # fmt: skip


def immunology(codes: list[str], random: np.random.Generator) -> dict[str, Any]:
    size = 2 * len(codes)
    questions = (
        "anti_hla_before", "anti_hla_after", "preformed_dsa", "de_novo_dsa", "above_threshold", "indeterminate",
        "baseline_evaluable", "followup_evaluable",
    )  # fmt: skip
    return {
        "antibodies": {
            "participant": codes, **{name: flags(random, len(codes)) for name in questions},
            "peak_mfi": random.uniform(0, 9000, len(codes)).tolist(),
        },
        "dsa_findings": {
            "participant": repeated(codes, 2), "specificity": ["A2", "DR4"] * len(codes),
            "hla_class": ["I", "II"] * len(codes), "classification": ["DE_NOVO", "PREFORMED"] * len(codes),
            **{
                name: random.uniform(0, 3000, size).tolist() for name in ("baseline_mfi", "last_mfi", "peak_mfi")
            },
            "above_threshold": flags(random, size),
        },
        "specimens": {
            "participant": repeated(codes, 3), "planned_day": [0, 14, 28] * len(codes),
            "taken": flags(random, 3 * len(codes), 0.9), "study_day": [0, 14, 28] * len(codes),
        },
    }  # fmt: skip


def course(codes: list[str], random: np.random.Generator) -> dict[str, Any]:
    size = len(codes) * DAYS
    organs = {f"sofa_{organ}": random.integers(0, 5, size) for organ in ORGANS}
    return {
        "daily_assessments": {
            "participant": repeated(codes, DAYS), "study_day": list(range(DAYS)) * len(codes),
            "pf_ratio": random.normal(150, 40, size).tolist(), "pf_is_given": [False] * size,
            "ventilation": random.choice(["invasive", "high_flow", "none"], size).tolist(),
            "peep_cmh2o": random.normal(10, 2, size).tolist(),
            **{name: points.tolist() for name, points in organs.items()},
            "sofa_total": sum(organs.values()).tolist(),
            "vasopressor": flags(random, size), "renal_replacement": flags(random, size),
            "place": ["icu"] * size, "no_sample_improved": [False] * size,
        },
        "follow_up": {
            "participant": codes, "last_alive_day": [DAYS - 1] * len(codes), "died": [False] * len(codes),
            "cutoff_day": [90] * len(codes),
        },
    }  # fmt: skip


def records(content: dict[str, Any], codes: list[str], random: np.random.Generator) -> dict[str, Any]:
    """Rows that tables list: changes, contradictions, deviations; a tenth of the participants have one."""
    events = content["adverse_events"]
    size = max(len(codes) // 10, 1)
    some = codes[:size]
    deviations = {
        "participant": some, "site": ["01"] * size, "importance": random.choice(["major", "minor"], size).tolist(),
        "category": random.choice(["eligibility", "consent"], size).tolist(),
    }  # fmt: skip
    return {
        "event_changes": {
            "participant": events["participant"][:size], "event": events["event"][:size], "what": ["grade"] * size,
            "before": ["2"] * size, "now": ["3"] * size,
        },
        "mismatches": {
            "rule": random.choice(["R1", "R2"], size).tolist(), "participant": some,
            "record": ["adverse event 1"] * size, "message": ["contradicts"] * size, "is_sealed": [False] * size,
        },
        "deviations": deviations,
        "product_deviations": deviations,
        "unblindings": {
            "kind": ["EMERGENCY"] * size, "number": list(range(size)), "participant": some,
            "site": ["01"] * size, "second_person": ["beside"] * size,
        },
    }  # fmt: skip


def repeated(codes: list[str], times: int) -> list[str]:
    return [code for code in codes for _ in range(times)]
