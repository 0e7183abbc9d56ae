"""The frozen input of a report: every row that it uses and every version that made it, as plain JSON.

The open snapshot is made from blinded records only, so that neither its rows nor its hash can reveal an arm.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from partial_dates import local_date
from pharmacovigilance.queries.judged_events import signed_rsi
from reports.choices import ReportKind, ReportState
from reports.frames.writing import frame_json, moment_text
from reports.models import BoardReport
from reports.queries.adverse_events import ReferenceSafety, terms_of
from reports.queries.audit_heads import audit_heads
from reports.queries.frames import FrameMaterial, FrameRows, blinded_frames, whole_frames
from reports.queries.open_steps import is_close_to_another
from reports.queries.people import People
from reports.queries.provenance import code_version
from reports.queries.records import OPEN_TABLES, OWN_TABLES, SEALED_TABLES, records_of
from reports.queries.versions import corrections_for, corrections_of, kept_snapshot
from trials.models import ProtocolVersion
from trials.rules.protocol import Protocol

FORMAT = 1
"""The version of the snapshot's layout, for readers of old snapshots."""

Snapshot = dict[str, Any]


@dataclass(frozen=True)
class Frozen:
    """The protocol version in force at the cut-off, and its content as loaded."""

    label: str
    sha256: str
    content: Mapping[str, Any]
    protocol: Protocol


def snapshots_of(report: BoardReport, *, cutoff: datetime) -> dict[ReportKind, Snapshot]:
    """Both snapshots of a report at its cut-off. Needs an open clearance; changes nothing."""
    zone = report.trial.timezone
    version = _version_in_force(report, cutoff, zone)
    records = records_of(
        trial_id=report.trial_id,
        zone=zone,
        cutoff=cutoff,
        enrolled_up_to=report.look,
        corrections=corrections_for(report),
    )
    earlier = _earlier_look(report, cutoff)
    previous_cutoff = earlier.data_cutoff_at if earlier else None
    material = FrameMaterial(
        version.protocol,
        terms_of(version.protocol),
        previous_cutoff,
        ReferenceSafety(version.protocol.dictionary.version, signed_rsi(report.trial_id, until=cutoff)),
    )
    blinded, everything = People(records.without(SEALED_TABLES)), People(records)
    shared = blinded_frames(blinded, material)
    opened, closed = (whole_frames(people, material, shared) for people in (blinded, everything))
    is_close = is_close_to_another(report, enrolled=len(blinded.enrolled), protocol=version.protocol)
    return {
        ReportKind.OPEN: _snapshot(report, ReportKind.OPEN, version, earlier, blinded, opened)
        | {"is_close_to_another": is_close},
        ReportKind.CLOSED: _snapshot(report, ReportKind.CLOSED, version, earlier, everything, closed),
    }


def _version_in_force(report: BoardReport, cutoff: datetime, zone: str) -> Frozen:
    """The protocol version at the cut-off; for a corrected report that of the version before.

    It stays the same when an older version was loaded since.
    """
    if report.corrects is not None:
        sha256 = kept_snapshot(report.corrects, ReportKind.OPEN)["protocol"]["sha256"]
        row = ProtocolVersion.objects.filter(trial_id=report.trial_id, content_sha256=sha256).order_by("pk")[
            0
        ]
    else:
        row = ProtocolVersion.objects.version_of(trial_id=report.trial_id, on=local_date(cutoff, zone))
    return Frozen(row.label, row.content_sha256, row.content, row.protocol())


def _snapshot(
    report: BoardReport,
    kind: ReportKind,
    version: Frozen,
    earlier: BoardReport | None,
    people: People,
    frames: Mapping[str, FrameRows],
) -> Snapshot:
    read = (*OPEN_TABLES, *(SEALED_TABLES if kind == ReportKind.CLOSED else ()))
    names = tuple(name for name in read if name not in OWN_TABLES)
    records = people.records
    return {
        "format": FORMAT,
        "trial": report.trial.code,
        "title": report.trial.title,
        "look": report.look,
        "trigger": str(report.called_for_by.value),
        "kind": str(kind.value),
        "version": report.report_version,
        "data_cutoff_at": moment_text(records.cutoff),
        "previous_cutoff_at": moment_text(earlier.data_cutoff_at if earlier else None),
        "protocol": {"label": version.label, "sha256": version.sha256, "content": version.content},
        "provenance": _provenance(report, kind, version),
        "entered_after_cutoff": records.entered_later(names),
        "corrected_after_cutoff": records.corrected_later(names),
        "arms": sorted(row["letter"] for row in records["arm_letters"]),
        "previous_look": earlier.look if earlier else None,
        "without_allocation": len(people.without_allocation) if kind == ReportKind.CLOSED else None,
        "enrolment_basis": dict(sorted(Counter(row["enrolment_basis"] for row in people.enrolled).items())),
        "corrections": corrections_of(report, kind, people, frames),
        "frames": {name: frame_json(rows) for name, rows in frames.items()},
    }


def _earlier_look(report: BoardReport, cutoff: datetime) -> BoardReport | None:
    """The planned look before this report, when one was made."""
    earlier = BoardReport.objects.filter(
        trial_id=report.trial_id, look__isnull=False, state=ReportState.READY
    )
    earlier = earlier.exclude(pk=report.pk).filter(data_cutoff_at__lt=cutoff)
    return earlier.order_by("-data_cutoff_at").first()


def _provenance(report: BoardReport, kind: ReportKind, version: Frozen) -> dict[str, Any]:
    """The versions that made the report, and the head of the trail at that time."""
    protocol = version.protocol
    rule_sets = [
        plan.rule_set
        for plan in (protocol.haemodynamics, protocol.antibodies, protocol.outcomes)
        if plan is not None
    ]
    return {
        "protocol_version": version.label,
        "protocol_sha256": version.sha256,
        "dictionary": " ".join(filter(None, (protocol.dictionary.name, protocol.dictionary.version))),
        "rule_sets": ", ".join(rule_sets) or "none",
        "audit_head": audit_heads(trial_id=report.trial_id, kind=kind),
        **code_version(),
    }
