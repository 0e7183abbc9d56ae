"""Draws docs/architecture.svg from the imports: the rooms on their floors, and an arrow for each import.

Run by `make architecture`; tests/house/test_architecture_picture.py fails when the picture differs from the code.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.house.architecture import FLOORS, house_imports, modules, rooms  # noqa: E402  (the path comes first)

PICTURE = ROOT / "docs" / "architecture.svg"
BOX_WIDTH, BOX_HEIGHT, GAP_X, GAP_Y, MARGIN, LEFT = 190, 44, 70, 46, 20, 70
"""Of the boxes and between them, in pixels; `LEFT` is for the number of the floor."""
Place = tuple[int, int]


def arrows(root: Path = ROOT) -> list[tuple[str, str]]:
    """The imports between rooms, below the top floor, in order; without the two rooms that all import."""
    found = {
        (app, parts[0])
        for app in rooms(root)
        for _path, parts in house_imports(root, app)
        if parts[0] != app and parts[0] not in ("audit", "accounts")
    }
    return sorted(found)


def lines_of_code(app: str, root: Path = ROOT) -> int:
    """Lines of Python, without migrations."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in modules(root, app))


def places(apps: list[str]) -> Mapping[str, Place]:
    """The upper left corner of each room's box, with the highest floor at the top."""
    floors = sorted({FLOORS[app] for app in apps}, reverse=True)
    return {
        app: (LEFT + column * (BOX_WIDTH + GAP_X), MARGIN + row * (BOX_HEIGHT + GAP_Y))
        for row, floor in enumerate(floors)
        for column, app in enumerate(sorted(app for app in apps if FLOORS[app] == floor))
    }


def drawing() -> str:
    """The picture as SVG, the same for the same imports; sizes to the nearest hundred lines."""
    apps = rooms(ROOT)
    corners = places(apps)
    width = max(x for x, _y in corners.values()) + BOX_WIDTH + MARGIN
    height = max(y for _x, y in corners.values()) + BOX_HEIGHT + MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" font-family="sans-serif">',
            "<title>The rooms of the house and what they import</title>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *_arrows(corners),
            *_boxes(corners),
            "</svg>",
            "",
        ]
    )


def _arrows(corners: Mapping[str, Place]) -> Iterator[str]:
    for app, target in arrows():
        (x1, y1), (x2, y2) = corners[app], corners[target]
        if y1 == y2:
            continue
        start, end = (x1 + BOX_WIDTH // 2, y1 + BOX_HEIGHT), (x2 + BOX_WIDTH // 2, y2)
        yield (
            f'<path d="M{start[0]} {start[1]} L{end[0]} {end[1]}" stroke="#5a6b7b" stroke-width="1" fill="none">'
            f"<title>{app} imports {target}</title></path>"
        )


def _boxes(corners: Mapping[str, Place]) -> Iterator[str]:
    for app, (x, y) in corners.items():
        size = round(lines_of_code(app), -2)
        yield f'<rect x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="4" fill="#e8eef4" stroke="#2f4858"/>'
        yield f'<text x="{x + 10}" y="{y + 19}" font-size="14" fill="#1b2a35">{app}</text>'
        yield f'<text x="{x + 10}" y="{y + 35}" font-size="11" fill="#3c4f5d">about {size:,} lines</text>'
    for floor in {FLOORS[app] for app in corners}:
        y = next(corners[app][1] for app in corners if FLOORS[app] == floor)
        yield f'<text x="{MARGIN}" y="{y + 27}" font-size="14" fill="#1b2a35">{floor}</text>'


if __name__ == "__main__":
    PICTURE.write_text(drawing(), encoding="utf-8")
