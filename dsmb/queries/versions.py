"""What a new version of a report says of the one before: every value that differs, and why it was corrected."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from audit.models import Entry
from dsmb.choices import ReportKind
from dsmb.frames.held import moment_text
from dsmb.frames.schema import SCHEMAS
from dsmb.models import BoardReport, ReportSnapshot
from dsmb.rules.corrections import FrameChange, FrameRows, frame_changes
from events.models import AdverseEvent, HaemodynamicFinding
from trials.models import Infusion, Participant

Place = tuple[Any, ...]
KEYS = {name: schema.unique for name, schema in SCHEMAS.items()}

NUMBERED: Mapping[str, tuple[type[Any], str, str]] = {
    "infusions": (Infusion, "number", "number"),
    "adverse_events": (AdverseEvent, "number", "event"),
}
"""Frames whose rows are rows of a table: the table, its column and the frame's column that tell them apart."""
OF_PARTICIPANT = {"participants": Participant, "deaths": Participant, "participant_strata": Participant}


def corrections_of(
    report: BoardReport, kind: ReportKind, frames: Mapping[str, FrameRows]
) -> dict[str, Any] | None:
    """The new version's account of itself; None for a first version. Needs an open clearance.

    `changes` names frame, row, column, the value before and after, and the reasons that the trail keeps for changes of that
    row since then; a value that follows from other rows has none of its own.
    """
    if report.corrects is None:
        return None
    kept = ReportSnapshot.objects.get(report=report.corrects, kind=kind)
    before = {name: _as_rows(frame) for name, frame in json.loads(bytes(kept.content))["frames"].items()}
    reasons = _reasons(report)
    return {
        "corrects_version": report.corrects.report_version,
        "corrections_until": moment_text(report.corrections_until),
        "reason": report.reason,
        "changes": [_line(change, reasons) for change in frame_changes(before, frames, KEYS)],
    }


def _as_rows(frame: FrameRows | Mapping[str, Sequence[Any]]) -> FrameRows:
    """The rows of a frame that a snapshot keeps as rows or by columns."""
    if not isinstance(frame, Mapping):
        return frame
    return [dict(zip(frame, values, strict=True)) for values in zip(*frame.values(), strict=True)]


def _line(change: FrameChange, reasons: Mapping[Place, Sequence[str]]) -> dict[str, Any]:
    return {
        "frame": change.frame,
        "key": dict(change.key),
        "column": change.column,
        "before": change.before,
        "after": change.after,
        "reasons": list(reasons.get(_place(change), ())),
    }


def _place(change: FrameChange) -> Place:
    participant = change.key.get("participant")
    if change.frame in NUMBERED:
        return change.frame, participant, change.key[NUMBERED[change.frame][2]]
    return ("participants", participant) if change.frame in OF_PARTICIPANT else (change.frame, participant)


def _reasons(report: BoardReport) -> dict[Place, list[str]]:
    """The reasons of all changes of open rows since the version before, by where they show in the frames."""
    codes = dict(Participant.objects.filter(trial=report.trial_id).values_list("pk", "code"))
    found: dict[Place, list[str]] = {}
    for new, reason in _changes(report, Participant):
        _add(found, ("participants", codes.get(new["id"])), reason)
    for frame, (model, column, _key) in NUMBERED.items():
        for new, reason in _changes(report, model):
            _add(found, (frame, codes.get(new["participant_id"]), new[column]), reason)
    for new, reason in _changes(report, HaemodynamicFinding):
        _add(found, ("haemodynamic_findings", codes.get(new["participant_id"])), reason)
    return found


def _add(found: dict[Place, list[str]], place: Place, reason: str) -> None:
    if reason not in found.setdefault(place, []):
        found[place].append(reason)


def _changes(report: BoardReport, model: type[Any]) -> list[tuple[dict[str, Any], str]]:
    corrected = report.corrects
    since = corrected and (corrected.corrections_until or corrected.data_cutoff_at)
    entries = Entry.objects.filter(trial_id=report.trial_id, table_name=model._meta.db_table, change="UPDATE")
    later = entries.filter(at__gt=since, at__lte=report.corrections_until)
    return [(new or {}, reason) for new, reason in later.order_by("at", "id").values_list("new", "reason")]
