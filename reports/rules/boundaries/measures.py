"""The participants that a boundary counts."""

from __future__ import annotations

from collections.abc import Iterable

from trials.rules.protocol import CausalityCategory

RELATED_SERIOUS = "participants_with_related_sae"
SERIOUS = "participants_with_sae"
DIED = "participants_died"


def related_codes(categories: Iterable[CausalityCategory]) -> frozenset[str]:
    """The codes that count as related: also an undetermined cause, which is not excluded (fail-safe)."""
    return frozenset(each.code for each in categories if each.is_related or each.is_undetermined)


def counts_as_related(code: str | None, related: frozenset[str]) -> bool:
    """Whether a recorded answer counts as related; no answer yet does (fail-safe)."""
    return not code or code in related
