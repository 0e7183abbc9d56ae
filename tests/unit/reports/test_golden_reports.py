"""Reports of golden snapshots, byte for byte: an unintended change of any figure or word is seen in review.

JSON is compared exactly, HTML with its figures by hash; PDF depends on the version of typst, and is tested for what it
holds. `.venv/bin/python -m tests.unit.reports.golden_reports` writes the expected reports anew.
"""

import pytest

from tests.unit.reports.golden_reports import KINDS, expected, expected_pages, page_hash, report

HOW = "the report of a frozen snapshot has changed; if it should, run tests.unit.reports.golden_reports and look at the diff"


@pytest.mark.parametrize("kind", KINDS)
def test_report_of_a_golden_snapshot_has_not_changed(kind: str) -> None:
    assert report(kind).decode().splitlines() == expected(kind).decode().splitlines(), HOW


@pytest.mark.parametrize("kind", KINDS)
def test_page_of_a_golden_snapshot_has_not_changed(kind: str) -> None:
    assert page_hash(kind) == expected_pages()[kind], HOW


def test_golden_open_report_is_made_from_nothing_sealed() -> None:
    opened, closed = report("open"), report("closed")

    for sealed in (b"A*02:01", b"as the ward wrote it", b'"arm": "A"', b"DE_NOVO"):
        assert sealed not in opened
        assert sealed in closed
