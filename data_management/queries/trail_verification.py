"""The verdict on a trial's trail: both chains, the present rows, and the heads stored elsewhere."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.choices import ClearanceGround
from accounts.models import User
from accounts.services import cleared
from audit.queries.heads import Head, chain_head, has_block, sha256_of_block
from audit.queries.rows import check_rows
from audit.queries.verifying import TrailFinding, check_chain, waiting_of
from reports.queries.audit_heads import heads_in_mails, heads_in_snapshots, missing_heads
from reports.rules.kept_heads import Kept, KeptChainHead
from reports.services.heads import NO_TRIAL
from trials.models import Trial

CHAINS = {"open": False, "sealed": True}
SEALED_BY_THEN = timedelta(hours=1)
"""An entry that is older and of a trial without any block was not left over by a slow worker (own choice)."""
PURPOSE = "Verify the audit trail"


@dataclass(frozen=True)
class ChainState:
    """The length of a chain, and the entries that are not in it yet."""

    blocks: int
    entries: int
    head_sha256: str
    unsealed: int
    oldest_unsealed_at: datetime | None


@dataclass(frozen=True)
class TrailVerdict:
    """What was checked, and every error."""

    name: str
    chains: Mapping[str, ChainState]
    findings: tuple[TrailFinding, ...]

    @property
    def summary(self) -> str:
        """The chains in one sentence."""
        parts = [_sentence(name, state) for name, state in self.chains.items()]
        return f"{len(self.findings)} findings; {'; '.join(parts)}."


def verify_trial(*, trial: Trial, kept: Sequence[Kept], rows: bool, by: User, at: datetime) -> TrailVerdict:
    """Every difference between a trial's trail and what was sealed. Opens the trial's seal, which is logged.

    `kept`: heads from outside the machine. Heads of other trials in it are skipped.
    """
    opening = cleared(ground=ClearanceGround.AUDIT, by=by, trial_id=trial.pk, purpose=PURPOSE, at=at)
    with opening:
        states = {name: _state(trial.pk, sealed) for name, sealed in CHAINS.items()}
        findings = [
            *_chains(trial.pk, states, at),
            *_against_kept(trial, [*kept, *heads_in_mails(trial_code=trial.code)]),
            *_against_snapshots(trial),
            *(check_rows(trial_id=trial.pk, trial_code=trial.code) if rows else ()),
        ]
    return TrailVerdict(trial.code, states, tuple(findings))


def verify_accounts(*, kept: Sequence[Kept], rows: bool, by: User, at: datetime) -> TrailVerdict:
    """The same of the entries that belong to no trial: accounts, tokens, terms; sealed: the outboxes."""
    opening = cleared(ground=ClearanceGround.AUDIT, by=by, trial_id=NO_TRIAL, purpose=PURPOSE, at=at)
    with opening:
        states = {name: _state(None, sealed) for name, sealed in CHAINS.items()}
        findings = [
            *_chains(None, states, at),
            *_against_kept(None, kept),
            *(check_rows(trial_id=None, trial_code="") if rows else ()),
        ]
    return TrailVerdict("accounts", states, tuple(findings))


def heads_of_unknown_trials(kept: Iterable[Kept], known: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Trials with stored heads that do not exist any more, and where the heads were stored."""
    codes = set(known)
    for one in kept:
        named = {head.trial for head in one.heads} | {snapshot.trial for snapshot in one.snapshots}
        for trial in sorted(code for code in named if code and code not in codes):
            yield trial, one.where


def _chains(trial_id: int | None, states: Mapping[str, ChainState], at: datetime) -> Iterator[TrailFinding]:
    for name, sealed in CHAINS.items():
        yield from check_chain(trial_id=trial_id, sealed=sealed)
        yield from _missing_chain(name, sealed, states[name], at)


def _missing_chain(name: str, sealed: bool, state: ChainState, at: datetime) -> Iterator[TrailFinding]:
    """A trial and its accounts have rows from the first day, so they have an open chain.

    A sealed one exists where entries are.
    """
    if state.blocks:
        return
    oldest = state.oldest_unsealed_at
    if oldest is None and not sealed:
        yield TrailFinding(
            "chain", f"the {name} chain is not there, and there is no entry to make one of.", sealed
        )
    elif oldest is not None and oldest < at - SEALED_BY_THEN:
        since = oldest.isoformat(timespec="seconds")
        what = f"the {name} chain is not there, though there are entries since {since}: it was removed or never made."
        yield TrailFinding("chain", what, sealed)


def _against_kept(trial: Trial | None, kept: Iterable[Kept]) -> Iterator[TrailFinding]:
    trial_id, code = (trial.pk, trial.code) if trial else (None, None)
    seen = set()
    for one in kept:
        for head in one.heads:
            if head.trial == code and head not in seen:
                seen.add(head)
                yield from _compare(trial_id, head, one.where)


def _against_snapshots(trial: Trial) -> Iterator[TrailFinding]:
    names = {sealed: name for name, sealed in CHAINS.items()}
    for kept in heads_in_snapshots(trial_id=trial.pk):
        head = KeptChainHead(trial.code, names[kept.sealed], kept.sha256, kept.block)
        yield from _compare(trial.pk, head, kept.where)
    for where, name in missing_heads(trial_id=trial.pk):
        what = f"{where} holds no head of the {name} chain: nothing of it was sealed when it was frozen, or it was replaced."
        yield TrailFinding("head", what, CHAINS[name])


def _compare(trial_id: int | None, head: KeptChainHead, where: str) -> Iterator[TrailFinding]:
    sealed = CHAINS[head.chain]
    if head.block is None:
        if not has_block(trial_id=trial_id, sealed=sealed, sha256=head.sha256):
            what = (
                f"no block of the {head.chain} chain has the hash {head.sha256} that {where} has as its head."
            )
            yield TrailFinding("head", what, sealed)
        return
    found = sha256_of_block(trial_id=trial_id, sealed=sealed, number=head.block)
    if found != head.sha256:
        state = "is not there any more" if found is None else "has another hash now"
        yield TrailFinding(
            "head", f"block {head.block} {state}: {where} says {head.sha256}.", sealed, head.block
        )


def _state(trial_id: int | None, sealed: bool) -> ChainState:
    head = chain_head(trial_id=trial_id, sealed=sealed) or Head(0, 0, "")
    waiting = waiting_of(trial_id=trial_id, sealed=sealed)
    return ChainState(head.block, head.entries, head.sha256, waiting.count, waiting.oldest_at)


def _sentence(name: str, state: ChainState) -> str:
    sealed = f"{name} chain of {state.entries} entries in {state.blocks} blocks, head {state.head_sha256 or 'none'}"
    if not state.unsealed or state.oldest_unsealed_at is None:
        return f"{sealed}, nothing waits to be sealed"
    since = state.oldest_unsealed_at.isoformat(timespec="seconds")
    return f"{sealed}, {state.unsealed} entries not sealed yet, the oldest since {since}"
