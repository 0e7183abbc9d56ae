"""Heads of the audit trail and hashes of reports outside the machine: the lines of a mail, written and read back.

Pure. The lines are the same in every language. They have hashes only: no number of blocks or entries, because those of
the sealed chain would reveal how much sealed work was done.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

CHAINS = ("open", "sealed")
_HASH = r"([0-9a-f]{64})"
_QUOTED = r"^[>|\s]*"
_TRIAL = re.compile(_QUOTED + r"Trial: (\S+)\s*$")
_HEAD = re.compile(_QUOTED + rf"(Trail|Accounts), (open|sealed): {_HASH}\s*$")
_REPORT = re.compile(_QUOTED + rf"Report (\d+), (open|closed): {_HASH}\s*$")


@dataclass(frozen=True)
class KeptChainHead:
    """The stored head of one chain; of the chains of no trial when `trial` is None."""

    trial: str | None
    chain: str
    sha256: str
    block: int | None = None


@dataclass(frozen=True)
class KeptSnapshot:
    """The stored SHA-256 of a report's snapshot."""

    trial: str
    report: int
    kind: str
    sha256: str


@dataclass(frozen=True)
class Kept:
    """All heads and hashes of one file or mail, and its source, in words."""

    where: str
    heads: tuple[KeptChainHead, ...] = field(default=())
    snapshots: tuple[KeptSnapshot, ...] = field(default=())


def head_lines(*, trial: str, kept: Kept) -> list[str]:
    """The lines of a mail."""
    lines = [f"Trial: {trial}"]
    lines += [f"{'Trail' if head.trial else 'Accounts'}, {head.chain}: {head.sha256}" for head in kept.heads]
    lines += [f"Report {one.report}, {one.kind}: {one.sha256}" for one in kept.snapshots]
    return lines


def read_kept(text: str, *, where: str) -> Kept:
    """The heads and hashes in the text of mails, or in JSON of `audit_head`.

    Raises ValueError when there is none.
    """
    kept = (
        _from_json(text, where) if text.lstrip().startswith("{") else kept_in_lines(text.splitlines(), where)
    )
    if not kept.heads and not kept.snapshots:
        raise ValueError("there is no head in it.")
    return kept


def kept_in_lines(lines: Iterable[str], where: str) -> Kept:
    """The content of lines of mails. A head or hash belongs to the last trial named before it."""
    trial = ""
    heads: list[KeptChainHead] = []
    snapshots: list[KeptSnapshot] = []
    for line in lines:
        if found := _TRIAL.match(line):
            trial = found[1]
        elif found := _HEAD.match(line):
            heads.append(KeptChainHead(_named(trial) if found[1] == "Trail" else None, found[2], found[3]))
        elif found := _REPORT.match(line):
            snapshots.append(KeptSnapshot(_named(trial), int(found[1]), found[2], found[3]))
    return Kept(where, tuple(heads), tuple(snapshots))


def _named(trial: str) -> str:
    if not trial:
        raise ValueError("a line with a head stands before any line “Trial: …”.")
    return trial


def _from_json(text: str, where: str) -> Kept:
    try:
        content = json.loads(text)
        trial = content["trial"]
        heads = tuple(_head(trial, name, content[name]) for name in CHAINS if content.get(name))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("it is not what `audit_head` prints.") from error
    return Kept(where, heads)


def _head(trial: str | None, chain: str, content: Mapping[str, Any]) -> KeptChainHead:
    return KeptChainHead(trial, chain, str(content["sha256"]), int(content["block"]))
