"""The stylesheet's colours are readable, in light and in dark."""

import re
from pathlib import Path

import pytest

STYLE = (Path(__file__).resolve().parents[3] / "webkit/static/webkit/site.css").read_text()
LEGIBLE = 4.5  # WCAG 2.2, 1.4.3, text
VISIBLE = 3.0  # WCAG 2.2, 1.4.11, borders of fields and focus

TEXT_ON_GROUND = [
    ("ink", "page"),
    ("ink", "surface"),
    ("ink", "sunken"),
    ("ink-soft", "page"),
    ("ink-soft", "surface"),
    ("ink-soft", "sunken"),
    ("accent", "page"),
    ("accent", "surface"),
    ("accent", "sunken"),
    ("accent-hover", "surface"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("accent", "accent-soft"),
    ("ink", "accent-soft"),
    ("due", "due-soft"),
    ("soon", "soon-soft"),
    ("overdue", "overdue-soft"),
    ("overdue", "surface"),
    ("done", "done-soft"),
    ("unknown", "unknown-soft"),
    ("ink", "done-soft"),
    ("ink", "soon-soft"),
    ("ink", "overdue-soft"),
]
EDGES = [
    ("line-strong", "surface"),
    ("line-strong", "page"),
    ("focus", "surface"),
    ("focus", "page"),
    ("overdue", "surface"),
]


def tokens_of(opening: str) -> dict[str, str]:
    """The hexadecimal colours of the first block that begins like this."""
    start = STYLE.index(opening)
    block = STYLE[start : STYLE.index("}", start)]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block))


LIGHT = tokens_of(":root {")
DARK = {**LIGHT, **tokens_of(':root[data-theme="dark"] {')}


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read(theme: dict[str, str], text: str, ground: str) -> None:
    assert contrast(theme[text], theme[ground]) >= LEGIBLE


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_can_be_seen(theme: dict[str, str], edge: str, ground: str) -> None:
    assert contrast(theme[edge], theme[ground]) >= VISIBLE


def test_dark_by_choice_and_dark_by_system_are_the_same() -> None:
    chosen = tokens_of(':root[data-theme="dark"] {')
    by_system = tokens_of(':root:not([data-theme="light"]):not([data-theme="dark"]) {')

    assert chosen == by_system


def test_every_state_has_a_shape_of_its_own() -> None:
    shapes = dict(re.findall(r"\.state-(\w+)::before \{ content: \"(.)\"; \}", STYLE))

    assert shapes == {"due": "○", "soon": "◔", "overdue": "●", "done": "✓", "unknown": "–"}
