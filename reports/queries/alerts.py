"""Alerts and answers, for the report's frame and for the portal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import get_format
from django.utils.translation import gettext

from partial_dates import local_date
from reports.frames.writing import Row, moment_text
from reports.models import AlertAnswer, BoundaryState, SealedReport
from reports.queries.boundaries import counts_of, latest_states
from reports.queries.people import FrameRow
from reports.queries.records import Records
from reports.rules.boundaries import Design, UndesignedError, design_of
from reports.rules.boundaries.wording import (
    WordingLanguage,
    evidence_text,
    in_advance_text,
    rule_text,
    undesigned_text,
)
from trials.models import ProtocolVersion, Trial
from trials.rules.protocol import Boundary, Protocol


def _written(value: float, form: str) -> str:
    return format(value, form).replace(".", get_format("DECIMAL_SEPARATOR"))


READERS = WordingLanguage(say=gettext, number=_written)
"""The language of the page's reader."""


@dataclass(frozen=True)
class StateLine:
    """The state of a coded arm, for the page."""

    arm: str
    against: str
    affected: int
    evaluable: int
    affected_against: int | None
    evaluable_against: int | None
    evidence: str
    prompts: bool
    since: datetime


@dataclass(frozen=True)
class AlertLine:
    """An alert with its label, its state in words, and its answers, the oldest first."""

    row: BoundaryState
    label: str
    state: StateLine
    answers: tuple[AlertAnswer, ...]
    report: SealedReport | None

    @property
    def is_answered(self) -> bool:
        return bool(self.answers)


@dataclass(frozen=True)
class BoundaryCard:
    """The design of a boundary, and the states of its arms."""

    label: str
    rule: str
    in_advance: str
    source: str
    why_not: str
    states: tuple[StateLine, ...]


@dataclass(frozen=True)
class BoundaryBoard:
    """One trial's boundaries and alerts, the newest alert first."""

    trial: Trial
    boundaries: tuple[BoundaryCard, ...]
    alerts: tuple[AlertLine, ...]


def boundary_board(*, trial: Trial, at: datetime) -> BoundaryBoard:
    """Everything about a trial's boundaries. Needs a clearance; the number of queries is fixed."""
    protocol = _protocol(trial, at)
    states = tuple(latest_states(trial_id=trial.pk).values())
    alerts = tuple(_alert_line(row, protocol) for row in _alerts(trial).order_by("-recorded_at", "-pk"))
    return BoundaryBoard(trial, tuple(_card(each, protocol, states) for each in protocol.boundaries), alerts)


def alert_page(*, trial: Trial, alert_id: int) -> AlertLine:
    """One alert. Needs a clearance; raises BoundaryState.DoesNotExist, also for a state without an alert."""
    row = _alerts(trial).get(pk=alert_id)
    return _alert_line(row, _protocol(trial, row.recorded_at))


def _alerts(trial: Trial) -> QuerySet[BoundaryState]:
    rows = BoundaryState.objects.filter(trial=trial, is_alert=True)
    return rows.select_related("report").defer("report__content").prefetch_related("answers__answered_by")


def _protocol(trial: Trial, at: datetime) -> Protocol:
    return ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=local_date(at, trial.timezone))


def _card(boundary: Boundary, protocol: Protocol, states: Sequence[BoundaryState]) -> BoundaryCard:
    try:
        design = design_of(boundary, protocol.looks)
    except UndesignedError as error:
        return BoundaryCard(boundary.label, "", "", boundary.source, undesigned_text(error, READERS), ())
    mine = tuple(_state_line(row, design) for row in states if row.boundary == boundary.id)
    rule, in_advance = rule_text(design, READERS), in_advance_text(design, READERS)
    return BoundaryCard(boundary.label, rule, in_advance, boundary.source, "", mine)


def _alert_line(row: BoundaryState, protocol: Protocol) -> AlertLine:
    """In the words of the protocol; for a boundary that is not in it any more, only id and figures."""
    boundary = next((each for each in protocol.boundaries if each.id == row.boundary), None)
    design = _design(boundary, protocol)
    label = boundary.label if boundary else row.boundary
    report = getattr(row, "report", None)
    return AlertLine(row, label, _state_line(row, design), tuple(row.answers.all()), report)


def _design(boundary: Boundary | None, protocol: Protocol) -> Design | None:
    if boundary is None:
        return None
    try:
        return design_of(boundary, protocol.looks)
    except UndesignedError:
        return None


def _state_line(row: BoundaryState, design: Design | None) -> StateLine:
    counts = counts_of(row)
    evidence = (
        READERS.number(row.evidence, ".3f") if design is None else evidence_text(design, counts, READERS)
    )
    return StateLine(
        row.arm, row.against, row.affected, row.evaluable, row.affected_against, row.evaluable_against,
        evidence, row.prompts, row.recorded_at,
    )  # fmt: skip


def alert_rows(records: Records) -> list[FrameRow]:
    """The frame `boundary_alerts` (sealed)."""
    newest = _newest_answers(records)
    return [_alert(row, newest.get(row["id"])) for row in records["boundary_states"] if row["is_alert"]]


def _newest_answers(records: Records) -> Mapping[int, Row]:
    answers = sorted(records["alert_answers"], key=lambda row: (row["answered_at"], row["id"]))
    return {row["alert_id"]: row for row in answers}


def _alert(row: Row, answer: Row | None) -> dict[str, Any]:
    return {
        "boundary": row["boundary"],
        "arm": row["arm"],
        "against": row["against"] or None,
        "affected": row["affected"],
        "evaluable": row["evaluable"],
        "raised_at": moment_text(row["recorded_at"]),
        "answer": answer["choice"] if answer else None,
        "answered_at": moment_text(answer["answered_at"]) if answer else None,
    }
