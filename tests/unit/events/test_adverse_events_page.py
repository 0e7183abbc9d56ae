"""The page on the rules lists every code of the rules, where it is refused, and nothing else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from events.rules.adverse_events.verdicts import IMPOSSIBLE

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "event-rules.md"
RULES = [*(ROOT / "events/rules/adverse_events").glob("*.py"), ROOT / "events/rules/reconciliation.py"]
SERVICES_REFUSE = {"version_is_old", "nothing_changed", "reason_missing"}


def codes_in_the_rules() -> Iterator[str]:
    """The second argument of every `Remark(…)`; one is made from a field's name."""
    for path in RULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Remark":
                code = node.args[1]
                yield from [code.value] if isinstance(code, ast.Constant) else _made_of_names(code)


def _made_of_names(code: ast.expr) -> list[str]:
    ending = "".join(part.value for part in ast.walk(code) if isinstance(part, ast.Constant))
    return [f"{name}{ending}" for name in ("ended", "worsened")]


def rows_of_the_page() -> list[list[str]]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| `")]


def test_page_names_every_code_of_the_rules() -> None:
    on_the_page = [re.sub("`", "", row[0]) for row in rows_of_the_page()]

    assert sorted(on_the_page) == sorted(set(codes_in_the_rules()))


def test_page_says_what_drafts_and_imports_cannot_say() -> None:
    refused = {row[0].strip("`") for row in rows_of_the_page() if row[4] == "refused"}

    assert refused - SERVICES_REFUSE == IMPOSSIBLE
