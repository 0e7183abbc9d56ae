"""The floors of the house: imports, foreign keys and migrations may go down, never up or sideways."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parents[2]
FLOORS = {
    "audit": 0,
    "accounts": 1,
    "trials": 2,
    "events": 3,
    "immunology": 3,
    "dsmb": 4,
    "pharmacovigilance": 4,
    "interchange": 4,
    "safety_monitor": 5,
    "demonstration": 5,
}
PUBLIC_FACES = {"choices", "rules", "models", "queries", "services", "signals"}
DOOR_BASES = {("accounts", "api"), ("accounts", "admin"), ("trials", "admin")}
"""Bases of resources and of admin pages that higher doors derive from, and the participant's timeline that they add to
(docs/decisions/0003).
"""
RUNGS = {
    "choices": 0,
    "signals": 0,
    "fields": 1,
    "rules": 1,
    "models": 2,
    "services": 3,
    "queries": 3,
    "admin": 5,
    "api": 5,
    "views": 5,
    "tasks": 5,
    "management": 5,
    "receivers": 6,
    "apps": 6,
    "urls": 6,
}
DOOR_RUNG = 5
"""Doors are strangers to each other; apps load their receivers."""
APPS = sorted(path.name for path in ROOT.iterdir() if (path / "__init__.py").exists() and path.name in FLOORS)


def modules(app: str) -> Iterator[Path]:
    return (path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


@dataclass(frozen=True)
class Source:
    """What the house asks of a file: absolute names of everything that it imports, also inside functions and type-checking
    blocks; each `name.method()` that it calls, with its line; the name, first line and length of each function.
    """

    imports: tuple[str, ...]
    calls: tuple[tuple[str, str, int], ...]
    functions: tuple[tuple[str, int, int], ...]


@cache
def source(path: Path) -> Source:
    """Each file is parsed once for all the tests of the house."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    calls = (node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    return Source(
        imports=tuple(name for node in nodes for name in _imported(node, path)),
        calls=tuple(
            (c.func.value.id, c.func.attr, c.lineno) for c in calls if isinstance(c.func.value, ast.Name)
        ),
        functions=tuple(
            (node.name, node.lineno, (node.end_lineno or 0) - node.lineno)
            for node in nodes
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ),
    )


def _imported(node: ast.AST, path: Path) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{path}: relative imports hide the floor"
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported(path: Path) -> tuple[str, ...]:
    return source(path).imports


def house_imports(app: str) -> Iterator[tuple[Path, list[str]]]:
    for path in modules(app):
        for name in imported(path):
            parts = name.split(".")
            if parts[0] in FLOORS:
                yield path, parts


def test_every_app_has_a_floor() -> None:
    own = {config.name for config in apps.get_app_configs() if (ROOT / config.name).is_dir()}

    assert own <= set(FLOORS)


@pytest.mark.parametrize("app", APPS)
def test_imports_go_down(app: str) -> None:
    climbing = [
        f"{path.relative_to(ROOT)} imports {'.'.join(parts)}"
        for path, parts in house_imports(app)
        if parts[0] != app and FLOORS[parts[0]] >= FLOORS[app] and FLOORS[app] < 5
    ]

    assert climbing == []


@pytest.mark.parametrize("app", [app for app in APPS if FLOORS[app] < 5])
def test_lower_apps_are_entered_by_their_public_faces(app: str) -> None:
    intruding = [
        f"{path.relative_to(ROOT)} imports {'.'.join(parts)}"
        for path, parts in house_imports(app)
        if parts[0] != app and parts[1] not in PUBLIC_FACES and tuple(parts[:2]) not in DOOR_BASES
    ]

    assert intruding == []


@pytest.mark.parametrize("app", [app for app in APPS if FLOORS[app] < 5])
def test_the_ladder_inside_an_app_is_climbed_only_downwards(app: str) -> None:
    wrong = []
    for path, parts in house_imports(app):
        rung = _rung(path, app)
        target = RUNGS.get(parts[1]) if parts[0] == app and len(parts) > 1 else None
        if rung is None or target is None or _same_file(path, app, parts[1]):
            continue
        if target > rung or (target == rung == DOOR_RUNG):
            wrong.append(f"{path.relative_to(ROOT)} imports {'.'.join(parts)}")

    assert wrong == []


def test_foreign_keys_go_down() -> None:
    climbing = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in FLOORS
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model
        if _climbs(model._meta.app_label, field.related_model._meta.app_label)
    ]

    assert climbing == []


def test_migrations_depend_downwards() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    climbing = [
        f"{app}.{name} → {target}"
        for (app, name), migration in loader.disk_migrations.items()
        if app in FLOORS
        for target, _ in migration.dependencies
        if _climbs(app, target)
    ]

    assert climbing == []


def test_names_that_say_nothing_do_not_exist() -> None:
    silent = {"core", "common", "utils", "helpers", "misc"}
    found = [
        str(path.relative_to(ROOT))
        for app in APPS
        for path in (ROOT / app).rglob("*")
        if path.stem in silent and "static" not in path.parts
    ]

    assert found == []


def _rung(path: Path, app: str) -> int | None:
    first = path.relative_to(ROOT / app).parts[0].removesuffix(".py")
    return RUNGS.get(first)


def _same_file(path: Path, app: str, name: str) -> bool:
    return path.relative_to(ROOT / app).parts[0].removesuffix(".py") == name


def _climbs(app: str, target: str) -> bool:
    return target in FLOORS and target != app and FLOORS[target] >= FLOORS[app]
