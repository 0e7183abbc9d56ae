"""A public name is defined once in the house, so that a search finds one definition."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.house.architecture import DEVELOPMENT_SERVICES, DOOR_RUNG, PACKAGES, ROOT, RUNGS, modules, rooms

REQUIRED = {"Command", "main", "ready"}
"""Names that Django or Python require in each module."""
Definition = tuple[str, str]


def definitions(root: Path, packages: Iterable[str]) -> Mapping[str, list[Definition]]:
    """Per public name of a class or function at the top of a module: kind and module."""
    found: dict[str, list[Definition]] = defaultdict(list)
    for package in packages:
        for path in modules(root, package):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                    kind = "class" if isinstance(node, ast.ClassDef) else "function"
                    found[node.name].append((kind, path.relative_to(root).as_posix()))
    return {name: places for name, places in found.items() if name not in REQUIRED}


def is_door(place: str) -> bool:
    rung = place.split("/")[1].removesuffix(".py")
    return RUNGS.get(rung, 0) >= DOOR_RUNG


def names_of_two_things(root: Path, packages: Iterable[str]) -> list[str]:
    """Names defined more than once.

    A page's verb, a view or a task may have the name of the one service that it calls.
    """
    return [
        f"{name}: {', '.join(place for _kind, place in places)}"
        for name, places in sorted(definitions(root, packages).items())
        if len(places) > 1 and not _is_door_of_its_service(places)
    ]


def _is_door_of_its_service(places: list[Definition]) -> bool:
    services = [place for kind, place in places if "/services" in place and kind == "function"]
    doors = [place for kind, place in places if is_door(place) and kind == "function"]
    return len(services) == 1 and len(doors) + 1 == len(places)


def test_a_public_name_is_defined_once() -> None:
    assert names_of_two_things(ROOT, [*rooms(), *PACKAGES, DEVELOPMENT_SERVICES]) == []


def test_a_name_of_two_things_is_seen(tmp_path: Path) -> None:
    for place in ("trials/rules.py", "reports/rules.py"):
        file = tmp_path / place
        file.parent.mkdir()
        file.write_text("class Place:\n    pass\n")

    assert names_of_two_things(tmp_path, ["trials", "reports"]) == [
        "Place: trials/rules.py, reports/rules.py"
    ]
