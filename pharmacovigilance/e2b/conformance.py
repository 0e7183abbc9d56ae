"""The rules that a batch breaks.

The rules are data: the element table, and `data/rules.csv`, each with its source.

A valid schema proves almost nothing: without these checks a report without an outcome, without a narrative, or from the
year 2099 passes.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from pharmacovigilance.e2b.conditions import RuleScope, Truth, rule_condition
from pharmacovigilance.e2b.icsr import IcsrBatch, IcsrGroup, IcsrValue
from pharmacovigilance.e2b.mapping import DATA, E2bElement, element_table
from pharmacovigilance.e2b.value_checks import broken_rules

PROFILES = ("ich", "fda", "ema")
ERROR, WARNING = "error", "warning"
_SHOWN_LETTERS = 200  # of a value in a finding; a narrative has up to 100,000


@dataclass(frozen=True)
class ConformanceRule:
    """One row of `rules.csv`: in each group `scope`, when `when` is true, `require` must be."""

    identifier: str
    profiles: frozenset[str]
    severity: str
    scope: str
    element: str
    when: Truth
    require: Truth
    text: str
    source: str


@dataclass(frozen=True)
class ConformanceFinding:
    """A rule that a message breaks. `path` are the groups with their numbers, from 1, down to the element."""

    element: str
    path: str
    value: str | None
    rule: str
    severity: str

    def __str__(self) -> str:
        value = "no value" if self.value is None else f"“{self.value}”"
        return f"{self.path}: {value}; {self.rule}"


@cache
def conformance_rules() -> tuple[ConformanceRule, ...]:
    """The conformance rules of the shipped table."""
    lines = (DATA / "rules.csv").read_text(encoding="utf-8").splitlines()
    return tuple(_rule(row) for row in csv.DictReader(lines))


def _rule(row: dict[str, str]) -> ConformanceRule:
    return ConformanceRule(
        identifier=row["rule"],
        profiles=frozenset(row["profiles"].split()),
        severity=row["severity"],
        scope=row["scope"],
        element=row["element"],
        when=rule_condition(row["when"]),
        require=rule_condition(row["require"]),
        text=row["text"],
        source=row["source"],
    )


def check_batch(batch: IcsrBatch, *, profile: str, at: datetime) -> tuple[ConformanceFinding, ...]:
    """Every rule of the profile that the batch breaks, in the order of the message.

    `at` (aware) defines the future.
    """
    if profile not in PROFILES:
        raise ValueError(f"Profile {profile!r} is not known; profiles are {', '.join(PROFILES)}.")
    those = _rules_by_scope(profile)
    return tuple(_check((batch.root,), (), those, at))


@cache
def _rules_by_scope(profile: str) -> dict[str, tuple[ConformanceRule, ...]]:
    scopes: dict[str, tuple[ConformanceRule, ...]] = {}
    for rule in conformance_rules():
        if profile in rule.profiles:
            scopes[rule.scope] = (*scopes.get(rule.scope, ()), rule)
    return scopes


def _check(
    chain: tuple[IcsrGroup, ...],
    place: tuple[str, ...],
    those: dict[str, tuple[ConformanceRule, ...]],
    at: datetime,
) -> Iterator[ConformanceFinding]:
    group = chain[0]
    yield from _elements(group, place, at)
    scope = RuleScope(chain)
    for rule in those.get(group.name, ()):
        if rule.when(scope) and not rule.require(scope):
            yield _finding(rule, scope, place)
    numbers: dict[str, int] = {}
    for inner in group.groups():
        numbers[inner.name] = numbers.get(inner.name, 0) + 1
        yield from _check((inner, *chain), (*place, f"{inner.name}[{numbers[inner.name]}]"), those, at)


def _finding(rule: ConformanceRule, scope: RuleScope, place: tuple[str, ...]) -> ConformanceFinding:
    value = next(scope.values(rule.element), None)
    return ConformanceFinding(
        element=rule.element,
        path="/".join((*place, rule.element)),
        value=_shown(value),
        rule=f"{rule.identifier}: {rule.text} ({rule.source})",
        severity=rule.severity,
    )


def _elements(group: IcsrGroup, place: tuple[str, ...], at: datetime) -> Iterator[ConformanceFinding]:
    """The checks of the element table for each value of the group itself."""
    for element in element_table().elements_of.get(group.name, ()):
        value = group.value(element.number)
        if value is None and element.required:
            yield _of_table(element, place, None, "a value is mandatory here")
        for rule in broken_rules(element, value, at) if value is not None else ():
            yield _of_table(element, place, value, rule)


def _of_table(
    element: E2bElement, place: tuple[str, ...], value: IcsrValue | None, rule: str
) -> ConformanceFinding:
    source = element.source if element.source != "wrapper" else "HL7"
    return ConformanceFinding(
        element=element.number,
        path="/".join((*place, element.number)),
        value=_shown(value),
        rule=f"{source} {element.number}: {rule}",
        severity=ERROR,
    )


def _shown(value: IcsrValue | None) -> str | None:
    if value is None:
        return None
    text = value.text if value.text is not None else f"nullFlavor {value.null}"
    return text if len(text) <= _SHOWN_LETTERS else text[:_SHOWN_LETTERS] + "…"
