"""Rules ask by themselves: once for each finding, and they close their query when the data have no such finding any more.

Only rules on open data are here (R1 to R12 of the events and deaths): a rule that reads sealed data would tell of them by
asking.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.services import system_user
from audit.choices import standing_reason
from audit.services import attributed, next_version
from data_management.choices import QueryAct, QueryOrigin
from data_management.models import DataQuery
from data_management.queries.subjects import field_asked_about
from data_management.rules.query_states import STANDING
from data_management.services.data_queries import act_on, query_about, save_new
from events.models import AdverseEvent
from events.queries.adverse_events import mismatches
from events.rules.reconciliation import Mismatch
from trials.models import Participant, Trial
from trials.queries import protocol_in_force

RESOLVED = standing_reason("resolved by the data")
AT_ONCE = 500
"""Participants per transaction: an enrolment waits no longer than one portion takes."""
Key = tuple[str, int, str]


@dataclass(frozen=True)
class RuleFinding:
    """One finding of a rule on one record."""

    record: Any
    mismatch: Mismatch

    @property
    def key(self) -> Key:
        """What makes it the same finding: the record, the rule and the field."""
        return (self.record._meta.label_lower, self.record.pk, self.rule_code)

    @property
    def rule_code(self) -> str:
        return f"{self.mismatch.rule}.{self.mismatch.code}.{self.mismatch.remark.field}"


def sweep_rules(*, at: datetime) -> int:
    """Bring the rules' queries of every trial with a protocol up to its data; how many were raised or closed."""
    trials = Trial.objects.filter(protocol_versions__isnull=False).distinct().order_by("pk")
    return sum(sweep_trial(trial_id=pk, at=at) for pk in trials.values_list("pk", flat=True))


def sweep_trial(*, trial_id: int, at: datetime) -> int:
    """The same for one trial, some hundred participants at a time. Run twice, it changes nothing the second time."""
    ids = list(Participant.objects.filter(trial=trial_id).order_by("pk").values_list("pk", flat=True))
    portions = (ids[first : first + AT_ONCE] for first in range(0, len(ids), AT_ONCE))
    return sum(_sweep_portion(trial_id, portion, at) for portion in portions)


@transaction.atomic
def _sweep_portion(trial_id: int, ids: Sequence[int], at: datetime) -> int:
    """Two sweeps of one trial at once wait for each other."""
    Trial.objects.select_for_update(no_key=True).get(pk=trial_id)
    by, version = system_user(), protocol_in_force(trial_id=trial_id, on=None).version
    found = {finding.key: finding for finding in _findings(trial_id, ids, at)}
    rows = DataQuery.objects.filter(participant__in=ids, finding_stands=True)
    locked = rows.select_for_update(of=("self",)).order_by("pk")
    asked = {(row.subject, row.subject_id, row.rule_code): row for row in locked}
    for key in sorted(found.keys() - asked.keys()):
        _ask(found[key], version, by, at)
    for key in sorted(asked.keys() - found.keys()):
        _let_go(asked[key], by, at)
    return len(found.keys() ^ asked.keys())


def _findings(trial_id: int, ids: Sequence[int], at: datetime) -> list[RuleFinding]:
    """Each contradiction with the record that it is about. Two queries beside those of the rules."""
    listed = mismatches(trial_id=trial_id, at=at, participant_ids=ids)
    if not listed:
        return []
    codes = {one.participant for one in listed}
    people = {p.code: p for p in Participant.objects.filter(trial=trial_id, code__in=codes)}
    events = _events(people.values(), listed)
    records = (
        people[one.participant] if one.event is None else events[one.participant, one.event] for one in listed
    )
    return [RuleFinding(record, one) for record, one in zip(records, listed, strict=True)]


def _events(
    people: Iterable[Participant], listed: Iterable[Mismatch]
) -> Mapping[tuple[str, str], AdverseEvent]:
    numbers = {int(one.event) for one in listed if one.event is not None}
    rows = AdverseEvent.objects.recorded().filter(participant__in=list(people), number__in=numbers)
    return {(row.participant.code, str(row.number)): row for row in rows.select_related("participant")}


def _ask(finding: RuleFinding, version: str, by: User, at: datetime) -> None:
    remark = finding.mismatch.remark
    known = field_asked_about(type(finding.record), remark.field) is not None
    row = query_about(finding.record, remark.field if known else "")
    row.text, row.origin, row.finding_stands = str(remark), QueryOrigin.RULE, True
    row.rule_code, row.rule_version = finding.rule_code, version
    row.template, row.params = remark.message, {name: str(value) for name, value in remark.params.items()}
    save_new(row, by=by, at=at)


def _let_go(row: DataQuery, by: User, at: datetime) -> None:
    """The finding is gone: a query that stands closes by itself; one that a person closed stays as it is."""
    row.finding_stands = False
    if row.state in STANDING:
        act_on(row, QueryAct.RESOLVE, text=RESOLVED, by=by, at=at)
        return
    next_version(row, at=at)
    with attributed(by=by, reason=RESOLVED, at=at):
        row.save()
