"""The verdict on a trial's trail: both chains, the heads that were kept elsewhere, and (asked for) the rows themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.choices import ClearanceGround
from accounts.models import User
from accounts.services import cleared
from audit.queries.heads import Head, head_of, sha256_of_block
from audit.queries.rows import check_rows
from audit.queries.verifying import Finding, check_chain, waiting_of
from dsmb.queries.audit_heads import heads_in_snapshots
from trials.models import Trial

CHAINS = {"open": False, "sealed": True}


@dataclass(frozen=True)
class Keepsake:
    """Heads as `audit_head` printed them, by the chain's name; of accounts when there is no trial."""

    trial: str | None
    heads: Mapping[str, Head]

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> "Keepsake":
        """Raises KeyError, TypeError or ValueError for anything else than what was printed."""
        heads = {name: Head(**content[name]) for name in CHAINS if content.get(name)}
        return cls(content["trial"], heads)


@dataclass(frozen=True)
class ChainState:
    """How long a chain is, and what is not in it yet."""

    blocks: int
    entries: int
    head_sha256: str
    unsealed: int
    oldest_unsealed_at: datetime | None


@dataclass(frozen=True)
class Verdict:
    """What was looked at, and everything that is wrong."""

    name: str
    chains: Mapping[str, ChainState]
    findings: tuple[Finding, ...]

    @property
    def summary(self) -> str:
        """The chains in one sentence."""
        parts = [_sentence(name, state) for name, state in self.chains.items()]
        return f"{len(self.findings)} findings; {'; '.join(parts)}."


def verify_trial(*, trial: Trial, kept: Keepsake | None, rows: bool, by: User, at: datetime) -> Verdict:
    """Everything in a trial's trail that is not as it was sealed. Opens the trial's seal for it, and logs that."""
    opening = cleared(
        ground=ClearanceGround.AUDIT, by=by, trial_id=trial.pk, purpose="Verify the audit trail", at=at
    )
    with opening:
        findings = [
            *(
                finding
                for sealed in (False, True)
                for finding in check_chain(trial_id=trial.pk, sealed=sealed)
            ),
            *_against_keepsake(trial.pk, kept),
            *_against_snapshots(trial),
            *(check_rows(trial_id=trial.pk, trial_code=trial.code) if rows else ()),
        ]
        states = {name: _state(trial.pk, sealed) for name, sealed in CHAINS.items()}
    return Verdict(trial.code, states, tuple(findings))


def verify_accounts(*, kept: Keepsake | None, rows: bool) -> Verdict:
    """The same of the entries that belong to no trial."""
    findings = [
        *check_chain(trial_id=None, sealed=False),
        *_against_keepsake(None, kept),
        *(check_rows(trial_id=None, trial_code="") if rows else ()),
    ]
    return Verdict("accounts", {"open": _state(None, False)}, tuple(findings))


def _against_keepsake(trial_id: int | None, kept: Keepsake | None) -> Iterator[Finding]:
    for name, head in (kept.heads if kept else {}).items():
        yield from _compare(trial_id, CHAINS[name], head.block, head.sha256, "the head kept in the file")


def _against_snapshots(trial: Trial) -> Iterator[Finding]:
    for kept in heads_in_snapshots(trial_id=trial.pk):
        yield from _compare(trial.pk, kept.sealed, kept.block, kept.sha256, f"the head kept in {kept.where}")


def _compare(trial_id: int | None, sealed: bool, number: int, wanted: str, where: str) -> Iterator[Finding]:
    found = sha256_of_block(trial_id=trial_id, sealed=sealed, number=number)
    if found != wanted:
        state = "is not there any more" if found is None else "has another hash now"
        yield Finding("head", f"block {number} {state}: {where} says {wanted}.", sealed, number)


def _state(trial_id: int | None, sealed: bool) -> ChainState:
    head = head_of(trial_id=trial_id, sealed=sealed) or Head(0, 0, "")
    waiting = waiting_of(trial_id=trial_id, sealed=sealed)
    return ChainState(head.block, head.entries, head.sha256, waiting.count, waiting.oldest_at)


def _sentence(name: str, state: ChainState) -> str:
    sealed = f"{name} chain of {state.entries} entries in {state.blocks} blocks, head {state.head_sha256 or 'none'}"
    if not state.unsealed or state.oldest_unsealed_at is None:
        return f"{sealed}, nothing waits to be sealed"
    since = state.oldest_unsealed_at.isoformat(timespec="seconds")
    return f"{sealed}, {state.unsealed} entries not sealed yet, the oldest since {since}"
