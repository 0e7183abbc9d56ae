"""The rows of the frames of daily assessments, follow-up and protocol deviations."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from assessments.choices import Place
from assessments.rules import SOFA_ORGANS, pf_ratio, sofa_total
from reports.frames.writing import Row, moment_text
from reports.queries.people import FrameRow, People, number_or_none
from reports.queries.spans import day_until_cutoff, death_day, possible_death_days

SHOWS_LIFE = ("pao2_mmhg", "fio2_fraction", "pf_ratio_given", "ventilation", "place")
"""Any of these on a day shows the participant alive on it."""
DEATH_DAYS = ("earliest_death_day", "latest_death_day")
OUT_OF_ICU = (Place.WARD, Place.DISCHARGED)


def assessment_rows(people: People) -> Iterable[FrameRow]:
    """The frame `daily_assessments`: of the enrolled participants of the report, from day 0 on."""
    return (_assessment(people, row, day) for row, day in _assessed(people))


def _assessed(people: People) -> Iterator[tuple[Row, int]]:
    for row in people.records["daily_assessments"]:
        day = _day(people, row["participant_id"], row["assessed_date"])
        if row["participant_id"] in people.counted and day is not None and day >= 0:
            yield row, day


def _day(people: People, participant_id: int, on: date | None) -> int | None:
    day0 = people.by_id[participant_id]["day0_date"] if participant_id in people.by_id else None
    return None if on is None or day0 is None else (on - day0).days


def _assessment(people: People, row: Row, day: int) -> FrameRow:
    ratio = pf_ratio(
        pao2_mmhg=row["pao2_mmhg"], fio2_fraction=row["fio2_fraction"], given=row["pf_ratio_given"]
    )
    return {
        "participant": people.code(row["participant_id"]),
        "study_day": day,
        "pf_ratio": None if ratio is None else float(ratio.value),
        "pf_is_given": None if ratio is None else ratio.is_given,
        "ventilation": row["ventilation"] or None,
        "peep_cmh2o": number_or_none(row["peep_cmh2o"]),
        **{f"sofa_{organ}": row[f"sofa_{organ}"] for organ in SOFA_ORGANS},
        "sofa_total": sofa_total({organ: row[f"sofa_{organ}"] for organ in SOFA_ORGANS}),
        "vasopressor": row["vasopressor"],
        "renal_replacement": row["renal_replacement"],
        "place": row["place"] or None,
        "no_sample_improved": row["no_sample_improved"],
        "recorded_at": moment_text(row["recorded_at"]),
    }


def follow_up_rows(people: People) -> Iterable[FrameRow]:
    """The frame `follow_up`: one row per enrolled participant."""
    alive, left = _last_alive_days(people), _left_icu_days(people)
    return (
        {
            "participant": row["code"],
            "last_alive_day": alive.get(row["id"]),
            "death_day": death_day(people, row["id"]),
            **dict(zip(DEATH_DAYS, possible_death_days(people, row["id"]), strict=True)),
            "died": bool(row["has_died"]),
            "cutoff_day": people.study_day(row["id"], people.records.cutoff),
            "left_icu_day": left.get(row["id"]),
        }
        for row in people.enrolled
    )


def _last_alive_days(people: People) -> Mapping[int, int]:
    """The last day on which an assessment, an infusion, the completion or the withdrawal shows the participant alive."""
    days: dict[int, int] = {}
    for participant_id, day in _days_alive(people):
        if day is not None:
            days[participant_id] = max(day, days.get(participant_id, day))
    return days


def _days_alive(people: People) -> Iterator[tuple[int, int | None]]:
    for row, day in _assessed(people):
        if row["alive"] or (row["alive"] is None and any(row[name] not in (None, "") for name in SHOWS_LIFE)):
            yield row["participant_id"], day
    for person in people.enrolled:
        for name in ("completed_date", "withdrawn_date"):
            yield person["id"], _day(people, person["id"], person[name])
    for participant_id, infusions in people.given.items():
        for infusion in infusions:
            yield participant_id, people.study_day(participant_id, infusion["started_at"])


def _left_icu_days(people: People) -> Mapping[int, int]:
    """The first day out of intensive care: the date when one is recorded, else the first day assessed elsewhere."""
    days: dict[int, int] = {}
    for row, day in _assessed(people):
        dated = [row["left_icu_date"], row["left_hospital_date"]]
        found = [_day(people, row["participant_id"], one) for one in dated]
        known = [one for one in found if one is not None]
        if row["place"] in OUT_OF_ICU and not known:
            known = [day]
        for one in known:
            days[row["participant_id"]] = min(one, days.get(row["participant_id"], one))
    return days


def deviation_rows(people: People) -> list[FrameRow]:
    """The frame `deviations`; those of participants enrolled after the look are left out."""
    sites = {row["id"]: row["code"] for row in people.records["sites"]}
    return [
        _deviation(people, row, sites[row["site_id"]])
        for row in people.records["protocol_deviations"]
        if row["participant_id"] is None or row["participant_id"] in people.counted
    ]


def product_deviation_rows(people: People) -> list[FrameRow]:
    """The frame `product_deviations` (sealed)."""
    sites = {row["id"]: row["code"] for row in people.records["sites"]}
    return [
        _deviation(people, row, sites[people.by_id[row["participant_id"]]["site_id"]])
        for row in people.records["product_deviations"]
        if row["participant_id"] in people.counted
    ]


def _deviation(people: People, row: Row, site: str) -> FrameRow:
    participant_id: Any = row["participant_id"]
    known = participant_id is not None
    moments = (row["occurred_earliest_at"], row["occurred_latest_at"])
    return {
        "participant": people.code(participant_id) if known else None,
        "site": site,
        "category": row["category"],
        "importance": row["importance"],
        "occurred_text": row["occurred"],
        "study_day": day_until_cutoff(people, participant_id, *moments) if known else None,
        "recorded_at": moment_text(row["recorded_at"]),
    }
