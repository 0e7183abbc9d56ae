"""The floors of the house: imports, foreign keys and migrations go down, never up or sideways."""

from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from tests.house.architecture import (
    DEVELOPMENT_SERVICES,
    DOOR_RUNG,
    FLOORS,
    PACKAGES,
    PURE,
    ROOT,
    RUNGS,
    TOP_FLOOR,
    climbs,
    house_imports,
    modules,
    rooms,
    rung_name,
    source,
)

ROOMS = rooms()
BELOW_THE_TOP = [app for app in ROOMS if FLOORS[app] < TOP_FLOOR]
PUBLIC_FACES = {"choices", "rules", "models", "queries", "services", "signals", "wording", "refusals"}
DOOR_BASES = {
    ("webkit", "admin"),
    ("webkit", "api"),
    ("webkit", "forms"),
    ("trials", "admin"),
    ("trials", "api"),
    ("assessments", "admin"),
    ("assessments", "api"),
    ("reports", "downloads"),
}
"""Base classes of pages and resources for higher doors, and the participant's page that they extend.

See docs/decisions/0021.
"""


def climbing_imports(root: Path, app: str) -> list[str]:
    return [
        f"{path.relative_to(root)} imports {'.'.join(parts)}"
        for path, parts in house_imports(root, app)
        if climbs(app, parts[0])
    ]


def unknown_rungs(root: Path, app: str) -> list[str]:
    """Files whose name the ladder does not know. The package's own `__init__` has no rung."""
    return [
        str(path.relative_to(root))
        for path in modules(root, app)
        if rung_name(path, root, app) not in {*RUNGS, "__init__"}
    ]


def climbing_rungs(root: Path, app: str) -> list[str]:
    """Imports inside one app that go up its ladder, or from one door to another."""
    wrong = []
    for path, parts in house_imports(root, app):
        own = rung_name(path, root, app)
        if parts[0] != app or len(parts) < 2 or parts[1] == own or own == "__init__":
            continue
        rung, target = RUNGS.get(own, -1), RUNGS.get(parts[1], DOOR_RUNG + 1)
        if target > rung or target == rung == DOOR_RUNG:
            wrong.append(f"{path.relative_to(root)} imports {'.'.join(parts)}")
    return wrong


def test_every_app_has_a_floor() -> None:
    own = {config.name for config in apps.get_app_configs() if (ROOT / config.name).is_dir()}

    assert own <= set(FLOORS)


@pytest.mark.parametrize("app", ROOMS)
def test_imports_go_down(app: str) -> None:
    assert climbing_imports(ROOT, app) == []


@pytest.mark.parametrize("app", BELOW_THE_TOP)
def test_every_file_has_a_rung(app: str) -> None:
    assert unknown_rungs(ROOT, app) == []


@pytest.mark.parametrize("app", BELOW_THE_TOP)
def test_the_ladder_inside_an_app_is_climbed_only_downwards(app: str) -> None:
    assert climbing_rungs(ROOT, app) == []


@pytest.mark.parametrize("app", BELOW_THE_TOP)
def test_lower_apps_are_entered_by_their_public_faces(app: str) -> None:
    pure = {"frames", "tables", "rendering", "documents"}
    intruding = [
        f"{path.relative_to(ROOT)} imports {'.'.join(parts)}"
        for path, parts in house_imports(ROOT, app)
        if parts[0] != app
        and parts[1] not in PUBLIC_FACES | pure
        and tuple(parts[:2]) not in DOOR_BASES
        and not (parts[0] == "audit" and parts[1] == "apps")
    ]

    assert intruding == []


@pytest.mark.parametrize("package", PACKAGES)
def test_plain_packages_know_no_app_and_no_framework(package: str) -> None:
    known = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(ROOT, package)
        for name in source(path).imports
        if name.split(".")[0] in {*FLOORS, DEVELOPMENT_SERVICES, "django", "rest_framework", "celery"}
    ]

    assert known == []


@pytest.mark.parametrize("app", BELOW_THE_TOP)
def test_no_app_knows_the_services_of_a_developers_machine(app: str) -> None:
    known = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(ROOT, app)
        for name in source(path).imports
        if name.split(".")[0] == DEVELOPMENT_SERVICES
    ]

    assert known == []


def test_foreign_keys_go_down() -> None:
    climbing = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in FLOORS
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model
        if climbs(model._meta.app_label, field.related_model._meta.app_label)
    ]

    assert climbing == []


def test_migrations_depend_downwards() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    climbing = [
        f"{app}.{name} → {target}"
        for (app, name), migration in loader.disk_migrations.items()
        if app in FLOORS
        for target, _ in migration.dependencies
        if climbs(app, target)
    ]

    assert climbing == []


def test_modules_of_models_hold_a_model() -> None:
    """Or the QuerySet of one."""
    without = [
        str(path.relative_to(ROOT))
        for app in ROOMS
        for path in modules(ROOT, app)
        if rung_name(path, ROOT, app) == "models" and path.name != "__init__.py"
        if not any(
            model.__module__ == ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for model in apps.get_models(include_auto_created=True)
        )
        and not any(name.endswith("QuerySet") for name in source(path).public)
    ]

    assert without == []


def test_no_room_is_larger_than_a_third_of_the_house() -> None:
    lines = {app: sum(len(path.read_text().splitlines()) for path in modules(ROOT, app)) for app in ROOMS}

    assert max(lines.values()) <= 0.33 * sum(lines.values()), lines


def test_names_that_say_nothing_do_not_exist() -> None:
    silent = {"core", "common", "utils", "helpers", "misc"}
    found = [
        str(path.relative_to(ROOT))
        for app in (*ROOMS, *PACKAGES, DEVELOPMENT_SERVICES)
        for path in (ROOT / app).rglob("*")
        if path.stem in silent and "static" not in path.parts
    ]

    assert found == []


def test_pure_rungs_are_rungs() -> None:
    assert set(PURE) <= set(RUNGS)
