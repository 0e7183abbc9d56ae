"""Bare pandas group-bys with the figures of the further tables, from the same loaded columns as bench_tables.py.

Each gets frames with the coded arm, and every participant's row; the other work of a table (limits, p-values, cells,
sentences) has no counterpart here.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from further_content import CRITERIA, ORGANS

Loaded = Mapping[str, pd.DataFrame]
"""The frames by name, each row of a participant with `arm`.

`windowed` are the treated's events with their window.
"""

ZONE = "Europe/Paris"
CUTOFF = pd.Timestamp("2020-12-31", tz="UTC")
PREVIOUS = pd.Timestamp("2020-05-14", tz="UTC")
QUANTILES = [0.25, 0.5, 0.75]


def by_arm(frame: pd.DataFrame, *names: str) -> Any:
    return frame.groupby(["arm", *names], observed=True)


def summary(frame: pd.DataFrame, column: str, *names: str) -> list[Any]:
    """Mean, SD, range, quartiles per arm and altogether."""
    groups = by_arm(frame, *names)[column]
    rest = frame.groupby(list(names), observed=True)[column] if names else frame[column]
    return [groups.agg(["count", "mean", "std", "min", "max"]), groups.quantile(QUANTILES),
            rest.agg(["count", "mean", "std", "min", "max"]), rest.quantile(QUANTILES)]  # fmt: skip


def enrolment(loaded: Loaded) -> list[Any]:
    people = loaded["participants"]
    enrolled = people[people["enrolled_at"].notna()]
    return [
        by_arm(people).size(), by_arm(enrolled).size(), by_arm(people[people["treated"]]).size(),
        by_arm(people[people["withdrawn_at"].notna()]).size(), by_arm(people[people["died"]]).size(),
        by_arm(enrolled, "site").size(), by_arm(people[people["treated"]], "site").size(),
        enrolled.groupby(enrolled["enrolled_at"].dt.tz_convert(ZONE).dt.date).size().cumsum(),
    ]  # fmt: skip


def maturity(loaded: Loaded) -> list[Any]:
    people = loaded["participants"]
    withdrew = (
        people["withdrawn_at"].dt.tz_convert(ZONE).dt.tz_localize(None).dt.normalize() - people["day0"]
    ).dt.days
    today = (CUTOFF.tz_convert(ZONE).tz_localize(None).normalize() - people["day0"]).dt.days
    ended = np.fmin(people["death_day"].astype(float), withdrew)
    found: list[Any] = []
    for day in (14, 28):
        judged = people.assign(complete=(today >= day) | (ended < day), before=ended < day,
                               days=np.fmin(np.fmin(today, ended), day))  # fmt: skip
        found.append(by_arm(judged)[["complete", "before", "days"]].sum())
    return found


def new_since(loaded: Loaded) -> list[Any]:
    people, events = loaded["participants"], loaded["adverse_events"]
    serious = events[events["serious"]]
    found: list[Any] = []
    for frame, moment in (
        (people, "enrolled_at"), (people, "first_infusion_at"), (events, "recorded_at"), (serious, "recorded_at"),
        (loaded["deaths"], "recorded_at"), (loaded["haemodynamic_findings"], "recorded_at"),
    ):  # fmt: skip
        found += [
            by_arm(frame).size(),
            by_arm(frame[frame[moment] > PREVIOUS]).size(),
            frame[moment].isna().sum(),
        ]
    lines = serious[serious["recorded_at"] > PREVIOUS].head(100)
    return [*found, lines[["participant", "term", "onset_latest_day"]].to_dict("records")]


def changes(loaded: Loaded) -> list[Any]:
    rows = loaded["event_changes"]
    named = rows.merge(
        loaded["adverse_events"][["participant", "event", "term"]], how="left", on=["participant", "event"]
    )
    return [by_arm(rows.drop_duplicates(["participant", "event"])).size(), by_arm(rows, "what").size(),
            named.sort_values(["participant", "event", "what"]).to_dict("records")]  # fmt: skip


def boundaries(loaded: Loaded) -> list[Any]:
    people, events = loaded["participants"], loaded["adverse_events"]
    ordered = people.sort_values(["first_infusion_at", "participant"])
    found: list[Any] = []
    for chosen in (
        events[events["serious"]],
        events[events["serious"] & (events["causality"] != "OTHER_DISEASE")],
    ):
        found.append(by_arm(chosen)["participant"].nunique())
        affected = ordered["participant"].isin(chosen["participant"])
        found.append(affected.groupby(ordered["arm"], observed=True).cumsum())
    return found


def seriousness(loaded: Loaded) -> list[Any]:
    events = loaded["windowed"]
    serious = events[events["serious"].fillna(False)]
    found = [by_arm(serious, "window").size()]
    for name in CRITERIA:
        groups = by_arm(serious[serious[name].fillna(False)], "window")
        found += [groups["participant"].nunique(), groups.size()]
    return found


def consequences(loaded: Loaded) -> list[Any]:
    events = loaded["windowed"]
    related = (events["causality"] != "OTHER_DISEASE").to_numpy()
    chosen = (
        events["action_taken"] == "DRUG WITHDRAWN", events["action_taken"] == "DRUG INTERRUPTED",
        events["outcome"] == "FATAL", related, related & events["serious"].fillna(False),
        (events["grade"] >= 3).fillna(False),
    )  # fmt: skip
    return [by_arm(events[rows], "window")["participant"].nunique() for rows in chosen]


def strata(loaded: Loaded) -> list[Any]:
    people, events = loaded["participants"], loaded["windowed"]
    levels = loaded["participant_strata"]
    groups = (events["participant"], events.loc[events["serious"].fillna(False), "participant"],
              people.loc[people["died"], "participant"])  # fmt: skip
    of_groups = (levels[levels["participant"].isin(who.unique())] for who in groups)
    return [by_arm(one, "stratum", "level").size() for one in (levels, *of_groups)]


def haemodynamics(loaded: Loaded) -> list[Any]:
    rows, findings = loaded["haemodynamic_evaluations"], loaded["haemodynamic_findings"]
    marked = rows[["arm", "participant", "infusion_number"]].assign(
        hit=rows["result"] == "HIT", missing=rows["result"] == "NOT_EVALUABLE"
    )
    each = marked.groupby(["arm", "participant", "infusion_number"], observed=True)[["hit", "missing"]].any()
    return [each.groupby("arm", observed=True).sum(), by_arm(rows, "criterion", "result").size(),
            by_arm(findings, "decision").size(), by_arm(findings)["participant"].nunique(),
            by_arm(loaded["infusions"]).size()]  # fmt: skip


def after_infusion(loaded: Loaded) -> list[Any]:
    events = loaded["adverse_events"]
    soon = events[events["hours_after_infusion"].between(0, 24)]
    answers = loaded["antibodies"].set_index("participant")["preformed_dsa"]
    found: list[Any] = [events["hours_after_infusion"].isna().sum()]
    for chosen in (soon, soon[soon["serious"]]):
        who = chosen[["arm", "participant"]].drop_duplicates()
        level = answers.reindex(who["participant"]).to_numpy()
        found += [who.groupby("arm", observed=True).size(), who.groupby(["arm", level], observed=True).size()]
    return found


def readings(loaded: Loaded) -> list[Any]:
    rows = loaded["haemodynamic_readings"]
    nearest = rows.sort_values(["participant", "infusion_number", "minutes"]).drop_duplicates(
        ["participant", "infusion_number", "minutes"]
    )
    names = ("map_mmhg", "heart_rate_bpm", "spo2_percent", "norepinephrine_ug_min")
    return [part for name in names for part in summary(nearest, name, "minutes")]


def antibodies(loaded: Loaded) -> list[Any]:
    rows, specimens = loaded["antibodies"], loaded["specimens"]
    names = [
        "de_novo_dsa",
        "preformed_dsa",
        "above_threshold",
        "indeterminate",
        "anti_hla_before",
        "anti_hla_after",
    ]
    at_risk = rows[rows["baseline_evaluable"] & rows["followup_evaluable"] & ~rows["preformed_dsa"]]
    clean = rows[~rows["anti_hla_before"]]
    return [
        by_arm(rows)[names].agg(["sum", "count"]), by_arm(rows)[["baseline_evaluable", "followup_evaluable"]].sum(),
        by_arm(at_risk)["de_novo_dsa"].agg(["sum", "count"]), by_arm(clean)["anti_hla_after"].agg(["sum", "count"]),
        *summary(rows, "peak_mfi"), by_arm(specimens, "planned_day")["taken"].agg(["sum", "count"]),
    ]  # fmt: skip


def targets(loaded: Loaded) -> list[Any]:
    rows = loaded["dsa_findings"]
    lines = rows.assign(highest=rows[["baseline_mfi", "last_mfi", "peak_mfi"]].max(axis=1),
                        fold=(rows["last_mfi"] / rows["baseline_mfi"]).round(2))  # fmt: skip
    seen = lines[lines["highest"] >= 1000]
    return (
        seen.sort_values(["highest", "participant", "specificity"], ascending=[False, True, True])
        .head(200)
        .to_dict("records")
    )


def outcomes(loaded: Loaded) -> list[Any]:
    """Without the imputation, the days free and the adjusted differences: there is no group-by for them."""
    rows = loaded["daily_assessments"]
    names = ("pf_ratio", "sofa_total", *(f"sofa_{organ}" for organ in ORGANS))
    return [part for name in names for part in summary(rows[rows["study_day"] <= 7], name, "study_day")]


def timeline(loaded: Loaded) -> list[Any]:
    people, events = loaded["participants"], loaded["adverse_events"]
    serious = events[events["serious"]]
    calm = ~people["participant"].isin(serious["participant"])
    first = people.assign(calm=calm).sort_values(["calm", "participant"]).head(60)
    days = [
        frame[frame["participant"].isin(first["participant"])]
        .groupby("participant", observed=True)[column]
        .agg(sorted)
        for frame, column in ((serious, "onset_latest_day"), (loaded["infusions"], "study_day"))
    ]
    others = events[~events["serious"]].groupby("participant", observed=True).size()
    return [*days, others, first.to_dict("records")]


def exposure(loaded: Loaded) -> list[Any]:
    infusions, doses = loaded["infusions"], loaded["doses"]
    weights = (
        loaded["participants"].set_index("participant")["weight_kg"].reindex(doses["participant"]).to_numpy()
    )
    per_kg = doses.assign(
        per_kg=doses["cells_million"] / weights, share=doses["cells_million"] / np.minimum(weights, 80)
    )
    batches = loaded["batches"].set_index("batch")
    used = doses.assign(is_out=~batches["within_specification"].reindex(doses["batch"]).to_numpy(),
                        donor=batches["donor"].reindex(doses["batch"]).to_numpy(),
                        viability=batches["viability_percent"].reindex(doses["batch"]).to_numpy())  # fmt: skip
    each = used.drop_duplicates(["arm", "batch"])
    return [
        by_arm(infusions, "participant").size().groupby(level="arm", observed=True).value_counts(),
        by_arm(infusions)["interrupted"].agg(["sum", "count"]), *summary(infusions, "volume_ml"),
        *summary(doses, "cells_million"), *summary(per_kg, "per_kg"), *summary(per_kg, "share"),
        by_arm(used)["is_out"].sum(), by_arm(each)[["batch", "donor"]].nunique(), by_arm(each)["is_out"].sum(),
        *summary(each, "viability"),
    ]  # fmt: skip


def baseline(loaded: Loaded) -> list[Any]:
    people, rows = loaded["participants"], loaded["daily_assessments"]
    first = rows[rows["study_day"] == 0]
    return [
        *summary(people, "age_years"), by_arm(people, "sex").size(),
        by_arm(loaded["participant_strata"], "stratum", "level").size(),
        *(part for name in ("sofa_total", "pf_ratio", "peep_cmh2o") for part in summary(first, name)),
        by_arm(first, "ventilation").size(), by_arm(first, "vasopressor").size(),
    ]  # fmt: skip


def deviations(loaded: Loaded) -> list[Any]:
    rows, product = loaded["deviations"], loaded["product_deviations"]
    major = rows[rows["importance"] == "major"]
    return [
        *(by_arm(frame)["participant"].nunique() for frame in (rows, major, product)),
        *(by_arm(rows, name).size() for name in ("importance", "category", "site")), by_arm(product, "category").size(),
    ]  # fmt: skip


def unblindings(loaded: Loaded) -> list[Any]:
    rows = loaded["unblindings"]
    return [by_arm(rows)["participant"].nunique(), by_arm(rows, "kind")["participant"].nunique(),
            by_arm(rows, "second_person").size(), rows.sort_values(["kind", "number"]).to_dict("records")]  # fmt: skip


def reconciliation(loaded: Loaded) -> list[Any]:
    events, rows = loaded["adverse_events"], loaded["mismatches"]
    names = ["soc", "term", "grade", "severity", "serious", "causality", "outcome", "onset_latest_at"]
    unsigned = events[events["serious"] & ~events["signed"]]
    return [events[names].isna().groupby(events["arm"], observed=True).sum(), by_arm(unsigned).size(),
            by_arm(events[events["serious"]]).size(), rows.groupby("rule", observed=True).size(),
            rows.sort_values(["rule", "participant", "record", "message"]).head(5000).to_dict("records")]  # fmt: skip


FURTHER: dict[str, Callable[[Loaded], list[Any]]] = {
    "enrolment": enrolment, "maturity": maturity, "new_since_last_look": new_since, "changes_since_last_look": changes,
    "boundaries": boundaries, "ae_seriousness": seriousness, "ae_consequences": consequences, "ae_by_stratum": strata,
    "haemodynamics": haemodynamics, "events_after_infusion": after_infusion, "haemodynamic_course": readings,
    "antibodies": antibodies, "antibody_changes": targets, "outcomes": outcomes, "timeline": timeline,
    "exposure": exposure, "baseline": baseline, "deviations": deviations, "unblindings": unblindings,
    "reconciliation": reconciliation,
}  # fmt: skip
"""Each table's baseline, by the table's id."""
