"""The input of FHIR adverse events: open facts only, the same in every arm."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings

from events.models import AdverseEvent
from events.rules.adverse_events.entered import CRITERIA
from pharmacovigilance.choices import CodedSubject
from pharmacovigilance.models import TermCoding
from pharmacovigilance.queries.case_reports import version_of_codes
from pharmacovigilance.queries.coding import last_codings, words_of
from pharmacovigilance.queries.event_facts import facts_now, reaction_of
from pharmacovigilance.queries.judged_events import signed_rsi
from pharmacovigilance.rendering.fhir import FhirEvent
from pharmacovigilance.rules.expectedness import RsiFacts, expectedness
from trials.models import ProtocolVersion, Trial
from trials.rules.protocol import Protocol


def fhir_events(events: Iterable[AdverseEvent]) -> list[FhirEvent]:
    """The input of these events' resources. A fixed number of queries for each trial among them."""
    rows = list(events)
    codings = last_codings(CodedSubject.EVENT, [row.pk for row in rows])
    trials = {row.trial_id: _TrialFacts(row.trial) for row in rows}
    return [_event(row, codings.get(row.pk), trials[row.trial_id]) for row in rows]


class _TrialFacts:
    """The common facts of a trial's events, read once."""

    def __init__(self, trial: Trial) -> None:
        self.protocol: Protocol = ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None)
        self.rsi: list[RsiFacts] = signed_rsi(trial.pk)
        self.code_version: str = version_of_codes(trial)


def _event(row: AdverseEvent, coding: TermCoding | None, trial: _TrialFacts) -> FhirEvent:
    facts = facts_now(row)
    code, term = _code(row, coding, facts, trial)
    verdict = expectedness(reaction_of(facts, row.trial.timezone), trial.rsi)
    return FhirEvent(
        id=row.pk,
        version=row.version,
        changed_at=row.changed_at,
        recorded_at=row.recorded_at,
        aware_at=row.aware_at,
        trial=row.trial.code,
        trial_title=row.trial.title,
        participant=row.participant.code,
        number=row.number,
        site=row.participant.site.code,
        words=row.reported_term,
        term=term,
        code=code,
        code_version=trial.code_version if code else "",
        onset=row.onset,
        onset_at=row.onset_earliest_at,
        ended=row.ended,
        ended_at=row.ended_earliest_at,
        grade=row.grade,
        severity=row.severity,
        serious=row.serious,
        criteria={name: getattr(row, name) for name in CRITERIA},
        outcome=row.outcome,
        relatedness=_relatedness(row, trial),
        expected=None if verdict.is_assumed else verdict.expected,
        is_void=row.voided_at is not None,
        product=str(settings.E2B_ROUTES["ich"]["blinded_product"]),
    )


def _code(
    row: AdverseEvent, coding: TermCoding | None, facts: Mapping[str, Any], trial: _TrialFacts
) -> tuple[str, str]:
    """The MedDRA code of the event's message, and its term."""
    words = words_of(CodedSubject.EVENT, row)
    if coding and coding.llt_code and (coding.words, coding.meddra.number) == (words, trial.code_version):
        return coding.llt_code, coding.llt_name
    if trial.protocol.coding.events == "ctcae":
        return str(facts["code"]), str(facts["term"])
    return "", str(facts["term"])


def _relatedness(row: AdverseEvent, trial: _TrialFacts) -> str:
    """The investigator's answer in the clinical record; undetermined is not excluded."""
    category = trial.protocol.cause(row.causality) if row.causality else None
    if category is None:
        return ""
    if category.is_undetermined:
        return "possibly"
    return "related" if category.is_related else "not related"
