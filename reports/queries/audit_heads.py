"""Heads of the audit chain that stand outside the chain itself: in kept reports, and in mails that have left."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from accounts.models import Mail
from audit.queries.heads import chain_head
from reports.choices import ReportKind
from reports.models import ReportSnapshot
from reports.rules.kept_heads import CHAINS, Kept, KeptChainHead, KeptSnapshot, kept_in_lines

MAIL_KIND = "trail_heads"
"""The kind of the mails that contain the heads of the trail."""
_HEAD = re.compile(r"block (\d+) ([0-9a-f]{64})")


@dataclass(frozen=True)
class KeptHead:
    """A head as a snapshot tells it."""

    where: str
    sealed: bool
    block: int
    sha256: str


def audit_heads(*, trial_id: int, kind: ReportKind) -> dict[str, str]:
    """What a snapshot keeps of the trail: its open chain's head.

    The sealed one's in the closed report alone, since it grows with sealed writes. Chains that have no block yet are
    left out.
    """
    heads = {name: chain_head(trial_id=trial_id, sealed=name == "sealed") for name in _wanted(kind)}
    return {name: str(head) for name, head in heads.items() if head is not None}


def heads_in_snapshots(*, trial_id: int) -> Iterator[KeptHead]:
    """Every head in every kept snapshot of the trial. Needs an open clearance."""
    for snapshot in _snapshots(trial_id):
        for name, text in _heads_in(snapshot).items():
            if match := _HEAD.fullmatch(text):
                yield KeptHead(_where(snapshot), name == "sealed", int(match[1]), match[2])


def missing_heads(*, trial_id: int) -> Iterator[tuple[str, str]]:
    """The kept snapshots that lack a head they should have, in words, and the chain's name. Needs an open clearance."""
    for snapshot in _snapshots(trial_id):
        heads = _heads_in(snapshot)
        for name in _wanted(ReportKind(snapshot.kind)):
            if name not in heads:
                yield _where(snapshot), name


def chain_heads(*, trial_id: int | None, trial_code: str | None) -> tuple[KeptChainHead, ...]:
    """The heads of a trial's chains (or of those of no trial) as they leave: hashes only. Sealed ones need a clearance."""
    heads = {name: chain_head(trial_id=trial_id, sealed=name == "sealed") for name in CHAINS}
    return tuple(KeptChainHead(trial_code, name, head.sha256) for name, head in heads.items() if head)


def snapshot_hashes(*, trial_id: int, trial_code: str) -> tuple[KeptSnapshot, ...]:
    """The hashes of the snapshots of finished reports as they leave. Needs an open clearance.

    A closed snapshot's is given only where the snapshot holds the sealed chain's head. Nobody can guess that, so nobody
    can try whether a guess of the arms has this hash.
    """
    return tuple(
        KeptSnapshot(trial_code, one.report.number, one.kind, one.sha256)
        for one in _snapshots(trial_id)
        if one.kind == ReportKind.OPEN or "sealed" in _heads_in(one)
    )


def heads_in_mails(*, trial_code: str) -> Iterator[Kept]:
    """What the outbox says of the mails that took heads of the trial away."""
    mails = Mail.objects.filter(kind=MAIL_KIND, words__trial=trial_code).order_by("about", "id")
    for about, words in mails.distinct("about").values_list("about", "words"):
        yield kept_in_lines(words["lines"], f"the mail about {about}")


def _wanted(kind: ReportKind) -> tuple[str, ...]:
    return CHAINS if kind == ReportKind.CLOSED else ("open",)


def _snapshots(trial_id: int) -> Iterator[ReportSnapshot]:
    snapshots = ReportSnapshot.objects.filter(trial_id=trial_id).order_by("report_id", "kind")
    return snapshots.select_related("report").iterator(chunk_size=1)


def _heads_in(snapshot: ReportSnapshot) -> Mapping[str, str]:
    """Nothing for bytes that are no snapshot: `verify_report` names those."""
    try:
        return json.loads(bytes(snapshot.content)).get("provenance", {}).get("audit_head") or {}
    except ValueError:
        return {}


def _where(snapshot: ReportSnapshot) -> str:
    return f"the {snapshot.kind} snapshot of report {snapshot.report.number}"
