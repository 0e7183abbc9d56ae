"""The content of a signed version of a case: everything known and derived, without an arm."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from assessments.models import LaboratoryResult, Medication, SensitisingEvent
from pharmacovigilance.choices import CodedSubject, Side
from pharmacovigilance.queries.coding import words_of
from pharmacovigilance.queries.judged_events import JudgedEvent, opinions_in_words
from pharmacovigilance.queries.judging import CaseJudgement
from pharmacovigilance.rules.reasons import reasons_as_json
from trials.choices import TimePrecision
from trials.models import Infusion

TESTS_BEFORE_ONSET = timedelta(days=7)
"""Results from this long before the first event on are part of a report, besides baselines (own choice)."""
MOST_TESTS = 200
PHYSICIAN, OTHER_PROFESSIONAL = "1", "3"
"""Qualifications of a reporter (ICH E2B(R3) C.2.r.4): an investigator signed; a nurse recorded."""


def content_of(judgement: CaseJudgement, *, number: int, kind: str) -> dict[str, Any]:
    """The content of the next version, ready to be frozen and signed. A fixed number of queries."""
    case = judgement.case
    given = list(Infusion.objects.given().filter(participant=case.participant_id).order_by("number"))
    return {
        "worldwide_number": case.worldwide_number,
        "trial": case.trial.code,
        "participant": case.participant.code,
        "version": number,
        "kind": kind,
        "situations": sorted(case.situations),
        "day_0_at": judgement.day_0_at.isoformat() if judgement.day_0_at else None,
        "last_received_at": judgement.receipts[-1].received_at.isoformat() if judgement.receipts else None,
        "reporter": _reporter(judgement),
        "patient": _patient(judgement, given),
        "events": [_event(one, given) for one in judgement.events],
    }


def _reporter(judgement: CaseJudgement) -> dict[str, str]:
    is_signed = any(event.signed_at for event in judgement.links)
    return {
        "country": judgement.case.participant.site.country,
        "qualification": PHYSICIAN if is_signed else OTHER_PROFESSIONAL,
    }


def _patient(judgement: CaseJudgement, given: Sequence[Infusion]) -> dict[str, Any]:
    """Facts of the participant, as of now. Nothing here depends on the arm."""
    row = judgement.case.participant
    return {
        "sex": row.sex,
        "age_years": row.age_years,
        "weight_kg": _text(row.weight_kg),
        "died": row.died,
        "infusions": [_infusion(one, judgement.zone) for one in given],
        "history": [_history(one) for one in _of(SensitisingEvent, row.pk, "occurred_earliest_at")],
        "medication": _medications(judgement, given),
        "tests": [_test(one) for one in _tests(judgement)],
    }


def _of(model: Any, participant_id: int, order: str) -> Any:
    return model.objects.standing().filter(participant=participant_id).order_by(order, "pk")


def _text(value: Any) -> str:
    """A number without trailing zeros; empty for None."""
    return "" if value is None else f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)


def _infusion(row: Infusion, zone: str) -> dict[str, Any]:
    return {
        "number": row.number,
        "started": _moment(row.started_at, row.start_precision, zone),
        "ended": _moment(row.ended_at, row.end_precision, zone),
    }


def _moment(at: datetime | None, precision: str, zone: str) -> str:
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(zone))
    return (
        local.isoformat(timespec="minutes") if precision == TimePrecision.MINUTE else local.date().isoformat()
    )


def _history(row: SensitisingEvent) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "words": words_of(CodedSubject.HISTORY, row),
        "occurred": row.occurred,
    }


def _medications(judgement: CaseJudgement, given: Sequence[Infusion]) -> list[dict[str, Any]]:
    """Past and concomitant drugs.

    A drug that certainly began after the last onset treats the event and is left out (ICH G.k).
    """
    onsets = [event.onset_latest_at for event in judgement.links]
    last_onset = None if None in onsets else max((at for at in onsets if at), default=None)
    first_infusion = min((one.started_at for one in given if one.started_at), default=None)
    rows = _of(Medication, judgement.case.participant_id, "started_earliest_at")
    return [
        _medication(row, first_infusion)
        for row in rows
        if last_onset is None or row.started_earliest_at is None or row.started_earliest_at <= last_onset
    ]


def _medication(row: Medication, first_infusion: datetime | None) -> dict[str, Any]:
    ended = row.ended_latest_at
    return {
        "id": row.pk,
        "drug": row.drug,
        "dose": _text(row.dose),
        "dose_unit": row.dose_unit,
        "route": row.route,
        "started": row.started,
        "ended": row.ended,
        "indication": row.indication,
        "is_past": ended is not None and first_infusion is not None and ended < first_infusion,
    }


def _tests(judgement: CaseJudgement) -> list[LaboratoryResult]:
    onsets = [event.onset_earliest_at for event in judgement.links if event.onset_earliest_at]
    since = min(onsets) - TESTS_BEFORE_ONSET if onsets else None
    rows = _of(LaboratoryResult, judgement.case.participant_id, "sampled_earliest_at")
    return [row for row in rows if since is None or row.is_baseline or _may_be_since(row, since)][:MOST_TESTS]


def _may_be_since(row: LaboratoryResult, since: datetime) -> bool:
    return row.sampled_latest_at is None or row.sampled_latest_at >= since


def _test(row: LaboratoryResult) -> dict[str, Any]:
    return {
        "test": row.test,
        "value": _text(row.value),
        "unit": row.unit,
        "lower": _text(row.lower_limit),
        "upper": _text(row.upper_limit),
        "sampled": row.sampled,
        "remark": row.remark,
    }


def _event(one: JudgedEvent, given: Sequence[Infusion]) -> dict[str, Any]:
    return {
        "id": one.event.pk,
        "number": one.event.number,
        "version": one.event.version,
        "words": words_of(CodedSubject.EVENT, one.event),
        "facts": dict(one.facts),
        "rechallenge": _rechallenge(one, given),
        "sponsor_serious": one.sponsor_serious,
        "opinions": opinions_in_words(one),
        "related": {side: one.views[side].related for side in Side},
        "disagree": one.disagree,
        "expected": one.expectedness.expected,
        "expectedness": one.expectedness.reason.as_json(),
        "rsi_version": one.expectedness.version,
        "susar": {
            judgement: {
                "is_susar": found.is_susar,
                "reasons": reasons_as_json(found.reasons),
                "missing": list(found.missing),
            }
            for judgement, found in one.susars.items()
        },
    }


NOT_GIVEN_AGAIN = "4"
"""ICH E2B(R3) G.k.9.i.4: no rechallenge was done."""


def _rechallenge(one: JudgedEvent, given: Sequence[Infusion]) -> str:
    """The code “4” when certainly no infusion began after the onset.

    Empty when one did, or when that is not certain.
    """
    onset = one.event.onset_earliest_at
    if onset is None or not given:
        return ""
    lasts = [_latest_start(row) for row in given]
    return NOT_GIVEN_AGAIN if all(at is not None and at <= onset for at in lasts) else ""


def _latest_start(row: Infusion) -> datetime | None:
    if row.started_at is None:
        return None
    return (
        row.started_at if row.start_precision == TimePrecision.MINUTE else row.started_at + timedelta(days=1)
    )
