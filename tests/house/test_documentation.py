"""The documentation says what the code does."""

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
