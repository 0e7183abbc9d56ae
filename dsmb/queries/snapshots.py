"""What a report freezes: every row it uses and every version it was made with, as plain JSON.

The open snapshot is made from blinded records alone, so that neither its rows nor its hash can tell an arm.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.models import Entry
from dsmb.choices import ReportKind, ReportState
from dsmb.models import BoardReport
from dsmb.provenance import code_version
from dsmb.queries.adverse_events import event_rows, mismatch_rows, terms_of
from dsmb.queries.event_changes import event_change_rows
from dsmb.queries.haemodynamics import evaluation_rows, finding_rows, reading_rows
from dsmb.queries.people import People, death_rows, moment_text, participant_rows, stratum_rows
from dsmb.queries.records import OPEN_TABLES, SEALED_TABLES, Records, records_of
from dsmb.queries.samples import antibody_rows, dsa_finding_rows, specimen_rows
from dsmb.queries.treatment import batch_rows, dose_rows, infusion_rows
from trials.models import Participant, ProtocolVersion
from trials.rules.dates import local_date
from trials.rules.protocol import Protocol

MANY_ROWS = 10_000
"""From here on a frame is kept by columns: a third of the size, and read one column at a time."""

FORMAT = 1
"""Of the snapshot's layout; a reader of old snapshots asks for it."""

Snapshot = dict[str, Any]


@dataclass(frozen=True)
class Frozen:
    """The protocol version in force at the cut-off, and its content as loaded."""

    label: str
    sha256: str
    content: Mapping[str, Any]
    protocol: Protocol


def cutoff_of_look(*, trial_id: int, look: int) -> datetime | None:
    """The moment at which the enrolment of that number was recorded; None while fewer are enrolled.

    An enrolment of a lower number may be recorded a moment later (two people entering at once): the look
    waits for it.
    """
    enrolled = Participant.objects.filter(trial_id=trial_id, enrolment_number__lte=look)
    recorded = enrolled.values_list("enrolment_recorded_at", flat=True)
    moments = [moment for moment in recorded if moment is not None]
    return max(moments) if len(moments) >= look else None


def snapshots_of(report: BoardReport, *, cutoff: datetime) -> dict[ReportKind, Snapshot]:
    """Both snapshots of a report at its cut-off. Needs an open clearance; changes nothing."""
    zone = report.trial.timezone
    version = _version_in_force(report.trial_id, cutoff, zone)
    records = records_of(trial_id=report.trial_id, zone=zone, cutoff=cutoff, enrolled_up_to=report.look)
    return {
        ReportKind.OPEN: _snapshot(report, ReportKind.OPEN, version, records.without(SEALED_TABLES)),
        ReportKind.CLOSED: _snapshot(report, ReportKind.CLOSED, version, records),
    }


def _version_in_force(trial_id: int, cutoff: datetime, zone: str) -> Frozen:
    row = ProtocolVersion.objects.version_of(trial_id=trial_id, on=local_date(cutoff, zone))
    return Frozen(row.label, row.content_sha256, row.content, row.protocol())


def _snapshot(report: BoardReport, kind: ReportKind, version: Frozen, records: Records) -> Snapshot:
    names = (*OPEN_TABLES, *(SEALED_TABLES if kind == ReportKind.CLOSED else ()))
    people = People(records)
    earlier = _earlier_look(report, records.cutoff)
    previous_cutoff = earlier.data_cutoff_at if earlier else None
    return {
        "format": FORMAT,
        "trial": report.trial.code,
        "title": report.trial.title,
        "look": report.look,
        "kind": str(kind.value),
        "version": report.report_version,
        "data_cutoff_at": moment_text(records.cutoff),
        "previous_cutoff_at": moment_text(previous_cutoff),
        "protocol": {"label": version.label, "sha256": version.sha256, "content": version.content},
        "provenance": _provenance(report, kind, version),
        "entered_after_cutoff": records.entered_later(names),
        "corrected_after_cutoff": records.corrected_later(names),
        "arms": sorted(row["letter"] for row in records["arm_letters"]),
        "previous_look": earlier.look if earlier else None,
        "without_allocation": len(people.without_allocation) if kind == ReportKind.CLOSED else None,
        "enrolment_basis": dict(sorted(Counter(row["enrolment_basis"] for row in people.enrolled).items())),
        "frames": {
            name: _compact(rows) for name, rows in _frames(people, version.protocol, previous_cutoff).items()
        },
    }


def _compact(rows: list[dict[str, Any]]) -> list[dict[str, Any]] | dict[str, list[Any]]:
    """Few rows as rows, which people read; many by columns. Every row of a frame has the same names."""
    if len(rows) < MANY_ROWS:
        return rows
    return {name: [row[name] for row in rows] for name in rows[0]}


def _frames(
    people: People, protocol: Protocol, previous_cutoff: datetime | None
) -> dict[str, list[dict[str, Any]]]:
    terms = terms_of(protocol)
    return {
        "participants": participant_rows(people),
        "participant_strata": stratum_rows(people),
        "infusions": infusion_rows(people),
        "doses": dose_rows(people),
        "batches": batch_rows(people),
        "adverse_events": event_rows(people, terms),
        "deaths": death_rows(people),
        "haemodynamic_evaluations": evaluation_rows(people, protocol.haemodynamics),
        "haemodynamic_findings": finding_rows(people),
        "antibodies": antibody_rows(people, protocol.antibodies) if people.letters else [],
        "haemodynamic_readings": reading_rows(people, protocol.haemodynamics),
        "dsa_findings": dsa_finding_rows(people) if people.letters else [],
        "specimens": specimen_rows(people, protocol.antibodies),
        "event_changes": event_change_rows(people, terms, previous_cutoff=previous_cutoff),
        "mismatches": mismatch_rows(people, terms, protocol),
    }


def _earlier_look(report: BoardReport, cutoff: datetime) -> BoardReport | None:
    """The planned look before this report, when one was made."""
    earlier = BoardReport.objects.filter(
        trial_id=report.trial_id, look__isnull=False, state=ReportState.READY
    )
    earlier = earlier.exclude(pk=report.pk).filter(data_cutoff_at__lt=cutoff)
    return earlier.order_by("-data_cutoff_at").first()


def _provenance(report: BoardReport, kind: ReportKind, version: Frozen) -> dict[str, Any]:
    """What the report was made with. The trail's head grows with sealed writes: the closed report alone
    carries it.
    """
    protocol = version.protocol
    rule_sets = [plan.rule_set for plan in (protocol.haemodynamics, protocol.antibodies) if plan is not None]
    head = Entry.objects.filter(trial_id=report.trial_id).order_by("-id").values_list("id", flat=True).first()
    return {
        "protocol_version": version.label,
        "protocol_sha256": version.sha256,
        "dictionary": " ".join(filter(None, (protocol.dictionary.name, protocol.dictionary.version))),
        "rule_sets": ", ".join(rule_sets) or "none",
        **({"audit_head": head} if kind == ReportKind.CLOSED else {}),
        **code_version(),
    }
