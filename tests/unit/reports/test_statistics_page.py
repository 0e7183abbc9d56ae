"""The statistics page names exactly the functions that put a number into a report."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.unit.reports.snapshots import ROOT

PAGE = ROOT / "docs" / "statistics.md"
MODULES = (
    "proportions", "two_samples", "contingency", "event_rates", "survival", "competing_risks", "recurrent_events",
    "ancova", "rank_tests", "discoveries", "small_samples", "rounding",
)  # fmt: skip
HELPERS = {"log_log_limits", "refuse_impossible_times", "tally", "at_risk_at", "is_enumerated"}
"""Public between the modules, and inside what the page describes."""


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions_of(module: str) -> set[str]:
    body = tree_of(ROOT / "biostatistics" / f"{module}.py").body
    return {node.name for node in body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")}


@cache
def names_in(path: Path) -> set[str]:
    """Every name that the file uses, outside of what it defines or imports."""
    return {node.id for node in ast.walk(tree_of(path)) if isinstance(node, ast.Name)}


FUNCTIONS = sorted(name for module in MODULES for name in functions_of(module))
PRODUCT = [
    path
    for room in ("biostatistics", "reports")
    for path in (ROOT / room).rglob("*.py")
    if "migrations" not in path.parts
]


def test_page_names_every_function_and_no_other() -> None:
    text = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z][a-z0-9_]+)`", text))

    assert [name for name in FUNCTIONS if name not in named | HELPERS] == []
    rows = [line.split("|")[1] for line in text.splitlines() if re.match(r"\| `", line)]
    first = {name for row in rows for name in re.findall(r"`([a-z][a-z0-9_]+)`", row)}
    tables = {path.stem for path in (ROOT / "reports" / "tables").rglob("*.py")}
    assert first - tables - set(FUNCTIONS) == set()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_is_used_by_the_product(name: str) -> None:
    assert [path for path in PRODUCT if name in names_in(path)]
