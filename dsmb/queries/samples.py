"""Specimens and (sealed) what was found about antibodies in them, as the report's frames want them."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from dsmb.queries.as_of import Row
from dsmb.queries.people import FrameRow, People, number_or_none
from immunology.rules.calls import Call, call_value
from immunology.rules.codes import (
    BASELINE_NEGATIVE_CODES,
    DE_NOVO_CODES,
    INDETERMINATE_CODES,
    NOT_DE_NOVO_CODES,
    NOT_EVALUABLE_CODES,
    PREFORMED_CODES,
    Code,
)
from trials.rules.dates import local_date
from trials.rules.protocol import AntibodyPlan

WITHOUT_BASELINE = NOT_EVALUABLE_CODES | {Code.NEGATIVE_NO_BASELINE, Code.POSITIVE_ORIGIN_UNKNOWN}
"""Nothing is known of the time before the first infusion."""

WITHOUT_FOLLOWUP = NOT_EVALUABLE_CODES | {code for code in Code if code.endswith("_NO_FOLLOWUP")}
"""Nothing is known of the time after it."""


def specimen_rows(people: People, plan: AntibodyPlan | None) -> list[FrameRow]:
    """The frame `specimens`: those taken, and those planned whose time is over without one."""
    taken = [row for row in people.records["specimens"] if row["participant_id"] in people.counted]
    rows = [_specimen(people, row["participant_id"], row) for row in taken]
    seen = {(row["participant_id"], row["planned_day"]) for row in taken}
    return rows + [row for key, row in _due(people, plan) if key not in seen]


def _specimen(people: People, pk: int, row: Row) -> FrameRow:
    return {
        "participant": people.code(pk),
        "planned_day": row["planned_day"],
        "taken": True,
        "study_day": people.study_day(pk, row["collected_at"]),
    }


def _due(people: People, plan: AntibodyPlan | None) -> Iterator[tuple[tuple[int, int], FrameRow]]:
    """Every planned specimen of an enrolled participant whose last day is over at the cut-off."""
    today = local_date(people.records.cutoff, people.records.zone)
    for pk in sorted(people.counted):
        person = people.by_id[pk]
        if person["enrolment_number"] is None or person["day0_date"] is None or plan is None:
            continue
        for sample in plan.sampling:
            last_day = person["day0_date"] + timedelta(days=sample.day + sample.after_days)
            if last_day < today and not person["has_died"]:
                row = {
                    "participant": person["code"],
                    "planned_day": sample.day,
                    "taken": False,
                    "study_day": None,
                }
                yield (pk, sample.day), row


def antibody_rows(people: People, plan: AntibodyPlan | None) -> list[FrameRow]:
    """The frame `antibodies` (sealed): one line per treated participant; null where nobody can say."""
    if plan is None or not people.letters:
        return []
    results = _by_participant(people.records["antibody_results"])
    findings = _by_participant(row for row in people.records["dsa_findings"] if row["is_reference"])
    return [
        {
            "participant": people.code(pk),
            **_any_antibody(people, pk, results.get(pk, []), plan),
            **_donor_specific(findings.get(pk, [])),
        }
        for pk in people.given
    ]


def _any_antibody(people: People, pk: int, results: list[Row], plan: AntibodyPlan) -> dict[str, bool | None]:
    """Whether any specificity was positive in a serum before the first infusion, and in one after it."""
    collected = {row["id"]: row["collected_at"] for row in people.records["specimens"]}
    first = min(row["started_at"] for row in people.given[pk])
    before: list[Call] = []
    after: list[Call] = []
    for row in results:
        if row["specimen_id"] in collected and row["mfi"] is not None and not row["is_rejected"]:
            side = before if collected[row["specimen_id"]] < first else after
            side.append(call_value(row["mfi"], plan))
    return {"anti_hla_before": _answer(before), "anti_hla_after": _answer(after)}


def _answer(calls: list[Call]) -> bool | None:
    """Yes with any positive; no only when everything was negative; grey alone is neither."""
    if Call.POSITIVE in calls:
        return True
    return None if not calls or Call.GREY in calls else False


def _donor_specific(findings: list[Row]) -> dict[str, object]:
    codes = {row["classification"] for row in findings}
    peaks = [row["peak_mfi"] for row in findings if row["peak_mfi"] is not None]
    thresholds = {row["above_threshold"] for row in findings} - {None}
    return {
        "preformed_dsa": _said(codes, PREFORMED_CODES, BASELINE_NEGATIVE_CODES),
        "de_novo_dsa": _said(codes, DE_NOVO_CODES, NOT_DE_NOVO_CODES),
        "above_threshold": any(thresholds) if thresholds else None,
        "indeterminate": bool(codes & INDETERMINATE_CODES) if codes else None,
        "baseline_evaluable": bool(codes - WITHOUT_BASELINE),
        "followup_evaluable": bool(codes - WITHOUT_FOLLOWUP),
        "peak_mfi": number_or_none(max(peaks, default=None)),
    }


def dsa_finding_rows(people: People) -> list[FrameRow]:
    """The frame `dsa_findings` (sealed): the targets of the reference donor, of everybody treated."""
    if not people.letters:
        return []
    return [
        {
            "participant": people.code(row["participant_id"]),
            "specificity": row["specificity"],
            "hla_class": row["hla_class"],
            "classification": row["classification"],
            **{name: number_or_none(row[name]) for name in ("baseline_mfi", "last_mfi", "peak_mfi")},
            "above_threshold": row["above_threshold"],
        }
        for row in people.records["dsa_findings"]
        if row["is_reference"] and row["participant_id"] in people.given
    ]


def _said(codes: set[str], yes: frozenset[str], no: frozenset[str]) -> bool | None:
    """Yes with any target that says so; no only when every indeterminate target is ruled out; else unknown."""
    if codes & yes:
        return True
    if codes & INDETERMINATE_CODES:
        return None
    return False if codes & no else None


def _by_participant(rows: Iterable[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["participant_id"], []).append(row)
    return grouped
