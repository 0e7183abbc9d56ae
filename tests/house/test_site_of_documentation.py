"""The documentation as a site: it is complete, and its pages load nothing from other servers."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


def test_site_is_strict_and_loads_no_font_or_script_from_elsewhere() -> None:
    site = yaml.safe_load((ROOT / "mkdocs.yml").read_text())

    assert site["strict"] is True
    assert site["theme"]["font"] is False
    assert {"extra_css", "extra_javascript"} & set(site) == set()


def test_first_page_links_to_every_page_but_the_decisions() -> None:
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"index.md"}
    linked = set(re.findall(r"\]\((\S+\.md)\)", (ROOT / "docs" / "index.md").read_text()))

    assert linked == pages


def test_pages_of_the_site_link_to_no_file_outside_it() -> None:
    docs = ROOT / "docs"
    targets = [
        (page.relative_to(docs), target)
        for page in docs.rglob("*.md")
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
        if docs not in (page.parent / target).resolve().parents
    ]

    assert targets == []


def test_every_product_room_is_measured_for_coverage() -> None:
    config = (ROOT / "pyproject.toml").read_text()
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {
        "tests",
        "demonstration",
        "devserver",
        "bin",
    }

    assert {room for room in rooms if f'"{room}"' not in config.split("[tool.coverage.run]")[1]} == set()
