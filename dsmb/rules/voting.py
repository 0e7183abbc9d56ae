"""Counting a vote by the charter's rule. Pure: ballots in, outcome out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from dsmb.choices import ABSTAIN, Decision


@dataclass(frozen=True)
class Ballot:
    """One member's vote: a recommendation's code, or `ABSTAIN`."""

    member_id: int
    choice: str
    is_chair: bool = False


@dataclass(frozen=True)
class VoteOutcome:
    """Votes by choice (abstentions included), the decision (empty: none), and how or why not."""

    counts: Mapping[str, int]
    decided: str
    how: Decision


def outcome_of(ballots: Iterable[Ballot], *, voting_rule: str | None, tie_rule: str | None) -> VoteOutcome:
    """The decision of the board.

    Abstentions are counted and count in no direction. `majority`: more than half of the votes that are no abstentions;
    `two_thirds`: at least two thirds; `unanimity`: all. When the leading options tie and the charter gives ties to the
    chair, the chair's vote counts once more and the rule is applied again. Without a rule nothing is decided here.
    """
    cast = tuple(ballots)
    counts = Counter(ballot.choice for ballot in cast)
    if voting_rule is None:
        return VoteOutcome(dict(counts), "", Decision.NO_RULE)
    votes = Counter({choice: count for choice, count in counts.items() if choice != ABSTAIN})
    decided = _decided(votes, voting_rule)
    if decided:
        return VoteOutcome(dict(counts), decided, Decision.BY_RULE)
    decided = _decided_by_chair(votes, cast, voting_rule) if tie_rule == "chair" else ""
    return VoteOutcome(dict(counts), decided, Decision.BY_CHAIR if decided else Decision.NO_MAJORITY)


def _decided(votes: Mapping[str, int], voting_rule: str) -> str:
    total = sum(votes.values())
    passed = [choice for choice, count in votes.items() if _passes(count, total, voting_rule)]
    return passed[0] if len(passed) == 1 else ""


def _passes(count: int, total: int, voting_rule: str) -> bool:
    share = Fraction(count, total)
    return {
        "majority": share > Fraction(1, 2),
        "two_thirds": share >= Fraction(2, 3),
        "unanimity": share == 1,
    }[voting_rule]


def _decided_by_chair(votes: Mapping[str, int], cast: tuple[Ballot, ...], voting_rule: str) -> str:
    leading = [choice for choice, count in votes.items() if count == max(votes.values())]
    chosen = [ballot.choice for ballot in cast if ballot.is_chair and ballot.choice in leading]
    if len(leading) <= 1 or len(chosen) != 1:
        return ""
    return _decided({**votes, chosen[0]: votes[chosen[0]] + 1}, voting_rule)
