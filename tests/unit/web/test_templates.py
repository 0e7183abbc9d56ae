"""Templates obey the content security policy: nothing inline, nothing from other sites."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = sorted(ROOT.glob("*/templates/**/*.html"))
FILES_OF_THEIR_OWN = {"letter.html", "report.html"}
"""Documents that are kept and sent as one file: their style is inside, and their own policy names its hash."""
FORBIDDEN = {
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "a style block": r"<style[\s>]",
    "an inline script": r"<script(?![^>]*\bsrc=)[^>]*>",
    "an event handler": r"<[^>]*\son[a-z]+\s*=",
    "something from elsewhere": r"(?:src|href)=[\"']https?://",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_template_holds_nothing_inline_or_foreign(what: str) -> None:
    holding = {path.name for path in TEMPLATES if re.search(FORBIDDEN[what], path.read_text())}

    assert TEMPLATES
    assert holding == (FILES_OF_THEIR_OWN if what == "a style block" else set())


def test_the_patterns_find_what_they_forbid() -> None:
    samples = ['<p style="x">', "<style>", "<script>x</script>", '<a onclick="x">', '<img src="https://x">']

    found = [
        bool(re.search(pattern, sample)) for pattern, sample in zip(FORBIDDEN.values(), samples, strict=True)
    ]

    assert all(found)
