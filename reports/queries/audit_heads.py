"""Heads of the audit chain outside the chain itself: in stored reports, and in sent mails."""

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
    """A head in a snapshot."""

    where: str
    sealed: bool
    block: int
    sha256: str


def audit_heads(*, trial_id: int, kind: ReportKind) -> dict[str, str]:
    """The heads of the trail for a snapshot: the open chain's; the sealed one's in the closed report only.

    The sealed head changes with sealed writes. Chains without a block are left out.
    """
    heads = {name: chain_head(trial_id=trial_id, sealed=name == "sealed") for name in _wanted(kind)}
    return {name: str(head) for name, head in heads.items() if head is not None}


def heads_in_snapshots(*, trial_id: int) -> Iterator[KeptHead]:
    """Every head in every stored snapshot of the trial. Needs an open clearance."""
    for snapshot in _snapshots(trial_id):
        for name, text in _heads_in(snapshot).items():
            if match := _HEAD.fullmatch(text):
                yield KeptHead(_where(snapshot), name == "sealed", int(match[1]), match[2])


def missing_heads(*, trial_id: int) -> Iterator[tuple[str, str]]:
    """The stored snapshots that lack a required head, in words, and the chain's name.

    Needs an open clearance.
    """
    for snapshot in _snapshots(trial_id):
        heads = _heads_in(snapshot)
        for name in _wanted(ReportKind(snapshot.kind)):
            if name not in heads:
                yield _where(snapshot), name


def chain_heads(*, trial_id: int | None, trial_code: str | None) -> tuple[KeptChainHead, ...]:
    """The heads of a trial's chains (or of those of no trial) for a mail: hashes only.

    Sealed ones need a clearance.
    """
    heads = {name: chain_head(trial_id=trial_id, sealed=name == "sealed") for name in CHAINS}
    return tuple(KeptChainHead(trial_code, name, head.sha256) for name, head in heads.items() if head)


def snapshot_hashes(*, trial_id: int, trial_code: str) -> tuple[KeptSnapshot, ...]:
    """The hashes of the snapshots of finished reports for a mail. Needs an open clearance.

    A closed snapshot's hash is included only where the snapshot has the sealed chain's head. That head cannot be
    guessed, so a guess of the arms cannot be tested against this hash.
    """
    return tuple(
        KeptSnapshot(trial_code, one.report.number, one.kind, one.sha256)
        for one in _snapshots(trial_id)
        if one.kind == ReportKind.OPEN or "sealed" in _heads_in(one)
    )


def heads_in_mails(*, trial_code: str) -> Iterator[Kept]:
    """The records of the outbox about mails with heads of the trail."""
    mails = Mail.objects.filter(kind=MAIL_KIND, words__trial=trial_code).order_by("about", "id")
    for about, words in mails.distinct("about").values_list("about", "words"):
        yield kept_in_lines(words["lines"], f"the mail about {about}")


def _wanted(kind: ReportKind) -> tuple[str, ...]:
    return CHAINS if kind == ReportKind.CLOSED else ("open",)


def _snapshots(trial_id: int) -> Iterator[ReportSnapshot]:
    snapshots = ReportSnapshot.objects.filter(trial_id=trial_id).order_by("report_id", "kind")
    return snapshots.select_related("report").iterator(chunk_size=1)


def _heads_in(snapshot: ReportSnapshot) -> Mapping[str, str]:
    """Nothing for bytes that are no snapshot: `verify_report` reports those."""
    try:
        return json.loads(bytes(snapshot.content)).get("provenance", {}).get("audit_head") or {}
    except ValueError:
        return {}


def _where(snapshot: ReportSnapshot) -> str:
    return f"the {snapshot.kind} snapshot of report {snapshot.report.number}"
