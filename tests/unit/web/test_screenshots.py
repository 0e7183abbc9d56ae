"""The command that takes the documentation's pictures: its accounts, and its refusals."""

from pathlib import Path

import pytest
from django.core.management.base import CommandError

from safety_monitor.management.commands.make_screenshots import LARGEST_BYTES, checked_size, logins_of

LOGINS = """Research nurse           nurse                    15DZRNeRY5QC
Cell-therapy unit        cell.therapy.unit        n0Gg-vzAd-Gv

First board report: sign in as board.member and open /board/
"""


def test_logins_are_read_by_role(tmp_path: Path) -> None:
    file = tmp_path / "demo-logins.txt"
    file.write_text(LOGINS)

    assert logins_of(file) == {
        "Research nurse": ("nurse", "15DZRNeRY5QC"),
        "Cell-therapy unit": ("cell.therapy.unit", "n0Gg-vzAd-Gv"),
    }


def test_missing_demonstration_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"demo-logins\.txt is missing"):
        logins_of(tmp_path / "demo-logins.txt")


@pytest.mark.parametrize(
    ("size", "is_refused"), [(1, False), (LARGEST_BYTES, False), (LARGEST_BYTES + 1, True)]
)
def test_picture_that_is_too_large_is_refused(tmp_path: Path, size: int, is_refused: bool) -> None:
    picture = tmp_path / "worklist.png"
    picture.write_bytes(b"0" * size)

    if is_refused:
        with pytest.raises(CommandError, match="show less of the page"):
            checked_size(picture)
    else:
        assert checked_size(picture) == size


def test_shipped_pictures_are_small_enough() -> None:
    pictures = sorted((Path(__file__).resolve().parents[3] / "docs" / "screens").glob("*.png"))

    assert pictures
    assert [picture.name for picture in pictures if picture.stat().st_size > LARGEST_BYTES] == []
