"""The documentation agrees with the code."""

import re
from pathlib import Path

import pytest

from accounts.choices import Action, Role
from accounts.rules import PERMISSIONS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])


def test_permissions_page_is_the_permission_table() -> None:
    page = (ROOT / "docs" / "permissions.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\|(.+)\|$", page, flags=re.MULTILINE)

    table = {
        action: {role for role, cell in zip(Role, cells.split("|"), strict=True) if cell.strip()}
        for action, cells in rows
    }

    assert set(table) == {str(action) for action in Action}
    assert table == {str(action): set(roles) for action, roles in PERMISSIONS.items()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())

    assert [target for target in targets if not (page.parent / target).exists()] == []


WRAPPED = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
WIDTH = 120
# The changelog has one line per change, so that two branches can add a line each without a conflict.
UNWRAPPED = {ROOT / "CHANGELOG.md"}


def too_long(text: str) -> list[str]:
    """Lines of prose over the width. Tables, code, addresses and a lone link cannot be broken."""
    prose = re.sub(r"^( *)```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)
    unbroken = re.compile(r"\||    |\s*(?:[-*] )?!?\[[^\]]*\]\([^)]*\)\S*$|\s*(?:[-*] )?\S+$")
    return [line for line in prose.splitlines() if len(line) > WIDTH and not unbroken.match(line)]


@pytest.mark.parametrize("page", WRAPPED, ids=lambda page: str(page.relative_to(ROOT)))
def test_lines_of_pages_are_wrapped(page: Path) -> None:
    long_lines = too_long(page.read_text())

    assert page in UNWRAPPED or long_lines == []


def test_a_long_line_of_prose_is_found() -> None:
    prose = "word " * 30
    unbroken = f"| {prose}|\n    {prose}\n```\n{prose}\n```\n[words]({'x' * 120})\n"

    assert too_long(f"{unbroken}{prose}\n- {prose}") == [prose, f"- {prose}"]
