"""Sera in runs as the report's frames want them, and what the readers of calls settled (sealed)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from immunology.queries.dsa_inputs import called_serum
from immunology.rules.calls import Call, Relation, Serum, call_of, span_of
from immunology.rules.changes import are_comparable
from immunology.rules.names import HlaNameError, chains, hla_class
from immunology.rules.trajectories import relation_to
from reports.frames.writing import Row
from reports.queries.antibody_judgements import basis_at_cutoff, first_infusion_of
from reports.queries.people import FrameRow, People
from trials.rules.protocol import AntibodyPlan

SerumKey = tuple[int, str, int, str]
"""Specimen, run, who recorded it, class."""


def antibody_serum_rows(people: People, plan: AntibodyPlan | None) -> Iterator[FrameRow]:
    """The frame `antibody_sera`: one line per serum, run and class of everybody treated."""
    basis = basis_at_cutoff(people, plan)
    if basis is None or not people.letters:
        return
    sera = _sera(people)
    for pk in sorted(people.given):
        baseline = _baselines(people, pk, sera.get(pk, {}), basis.plan)
        for key, found in sorted(sera.get(pk, {}).items()):
            yield _serum_row(people, pk, key, found, baseline, basis.plan)


def _sera(people: People) -> Mapping[int, Mapping[SerumKey, list[Serum]]]:
    specimens = people.records.by_id("specimens")
    sera: defaultdict[int, defaultdict[SerumKey, list[Serum]]] = defaultdict(lambda: defaultdict(list))
    for row in people.records["antibody_results"]:
        specimen, in_class = specimens.get(row["specimen_id"]), _class_of(row["specificity"])
        if specimen is not None and in_class and row["participant_id"] in people.given:
            span = span_of(specimen["collected_at"], specimen["collected_precision"])
            key = (row["specimen_id"], row["run_code"], row["recorded_by_id"], in_class)
            sera[row["participant_id"]][key].append(called_serum(row, span))
    return sera


def _class_of(specificity: str) -> str:
    try:
        return hla_class(chains(specificity)[0])
    except HlaNameError:
        return ""


def _side(people: People, pk: int, serum: Serum) -> str:
    anchor = first_infusion_of(people, pk)
    relation = Relation.BEFORE if anchor is None else relation_to(anchor, serum)
    return str(relation.value)


def _baselines(
    people: People, pk: int, sera: Mapping[SerumKey, list[Serum]], plan: AntibodyPlan
) -> Mapping[str, list[Serum]]:
    """The valid sera of the last moment before the first infusion, by class."""
    before: defaultdict[str, list[Serum]] = defaultdict(list)
    for key, found in sera.items():
        if _side(people, pk, found[0]) == Relation.BEFORE and _is_valid(found, plan):
            before[key[3]].append(found[0])
    return {
        in_class: [one for one in found if one.latest == max(each.latest for each in found)]
        for in_class, found in before.items()
    }


def _is_valid(found: list[Serum], plan: AntibodyPlan) -> bool:
    return any(call_of(serum, plan) is not Call.INVALID for serum in found)


def _serum_row(
    people: People,
    pk: int,
    key: SerumKey,
    found: list[Serum],
    baselines: Mapping[str, list[Serum]],
    plan: AntibodyPlan,
) -> FrameRow:
    calls = {call_of(serum, plan) for serum in found}
    assay, baseline = found[0].assay, baselines.get(key[3], [])
    side = _side(people, pk, found[0])
    is_after = side == Relation.AFTER
    return {
        "participant": people.code(pk),
        "planned_day": people.records.by_id("specimens")[key[0]]["planned_day"],
        "hla_class": key[3],
        "side": side,
        "is_valid": calls != {Call.INVALID},
        "is_positive": _answer(calls),
        "vendor": assay.vendor or None,
        "lot": assay.lot or None,
        "run": assay.run or None,
        "treatment": assay.treatment,
        "conjugate": assay.conjugate,
        "is_comparable": any(are_comparable(one.assay, assay, plan) for one in baseline)
        if is_after and baseline
        else None,
        "same_run": any(one.assay.run == assay.run for one in baseline) if is_after and baseline else None,
    }


def _answer(calls: set[Call]) -> bool | None:
    """Yes with any positive bead; no when every valid bead is negative; grey alone is neither."""
    valid = calls - {Call.INVALID}
    if Call.POSITIVE in valid:
        return True
    return None if not valid or Call.GREY in valid else False


def readings_at_cutoff(people: People) -> Mapping[tuple[str, str, str], str]:
    """What the readers made of each call, in words, by participant, donor and target. The latest version counts."""
    found: defaultdict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in people.records["call_readings"]:
        shown = row["shown"]
        found[shown["participant"], shown["donor"], shown["specificity"]].append(row)
    return {key: _settled(rows) for key, rows in found.items()}


def _settled(rows: list[Row]) -> str:
    newest = max(rows, key=lambda row: (row["read_at"], row["id"]))["shown_sha256"]
    current = [row for row in rows if row["shown_sha256"] == newest]
    verdicts = [str(row["verdict"]) for row in current if row["part"] == "reader"]
    decided: Any = next((row["verdict"] for row in current if row["part"] == "adjudicator"), None)
    if decided is not None:
        return f"adjudicated: {decided}"
    if len(verdicts) > 1:
        return f"two readers: {verdicts[0]}" if len(set(verdicts)) == 1 else "two readers differ"
    return f"one reader: {verdicts[0]}" if verdicts else ""
