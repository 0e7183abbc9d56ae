"""What a signed version of a case says: everything known and derived, without an arm."""

from typing import Any

from pharmacovigilance.choices import Side
from pharmacovigilance.queries.judging import CaseJudgement, JudgedEvent, opinions_in_words
from pharmacovigilance.rules.reasons import reasons_as_json


def content_of(judgement: CaseJudgement, *, number: int, kind: str) -> dict[str, Any]:
    """The content of the next version, ready to be frozen and signed."""
    case = judgement.case
    return {
        "worldwide_number": case.worldwide_number,
        "trial": case.trial.code,
        "participant": case.participant.code,
        "version": number,
        "kind": kind,
        "situations": sorted(case.situations),
        "day_0_at": judgement.day_0_at.isoformat() if judgement.day_0_at else None,
        "last_received_at": judgement.receipts[-1].received_at.isoformat() if judgement.receipts else None,
        "events": [_event(one) for one in judgement.events],
    }


def _event(one: JudgedEvent) -> dict[str, Any]:
    return {
        "number": one.event.number,
        "version": one.event.version,
        "facts": dict(one.facts),
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
