"""Heads of the audit chain that kept reports carry: evidence that stands outside the chain itself."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from audit.queries.heads import head_of
from dsmb.choices import ReportKind
from dsmb.models import ReportSnapshot

_HEAD = re.compile(r"block (\d+) ([0-9a-f]{64})")


@dataclass(frozen=True)
class KeptHead:
    """A head as a snapshot tells it."""

    where: str
    sealed: bool
    block: int
    sha256: str


def audit_heads(*, trial_id: int, kind: ReportKind) -> dict[str, str]:
    """What a snapshot keeps of the trail: its open chain's head; the sealed one's in the closed report alone, since it
    grows with sealed writes. Chains that have no block yet are left out.
    """
    names = {"open": False, **({"sealed": True} if kind == ReportKind.CLOSED else {})}
    heads = {name: head_of(trial_id=trial_id, sealed=sealed) for name, sealed in names.items()}
    return {name: str(head) for name, head in heads.items() if head is not None}


def heads_in_snapshots(*, trial_id: int) -> Iterator[KeptHead]:
    """Every head in every kept snapshot of the trial. Needs an open clearance."""
    snapshots = ReportSnapshot.objects.filter(trial_id=trial_id).order_by("report_id", "kind")
    for snapshot in snapshots.select_related("report").iterator(chunk_size=1):
        heads = json.loads(bytes(snapshot.content)).get("provenance", {}).get("audit_head") or {}
        for name, text in heads.items():
            if match := _HEAD.fullmatch(text):
                where = f"the {snapshot.kind} snapshot of report {snapshot.report.number}"
                yield KeptHead(where, name == "sealed", int(match[1]), match[2])
