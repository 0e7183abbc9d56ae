"""What each rung may use: pure rungs are pure, only doors read the clock, frameworks stay where they belong."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.architecture import (
    DOOR_RUNG,
    FLOORS,
    PACKAGES,
    PURE,
    ROOT,
    RUNGS,
    TOP_FLOOR,
    modules,
    rooms,
    rung_name,
    source,
)

APPS = rooms()
HOUSE_APPS = [app for app in APPS if FLOORS[app] < TOP_FLOOR]
CLOCK_CALLS = {
    ("timezone", "now"),
    ("datetime", "now"),
    ("date", "today"),
    ("datetime", "today"),
    ("time", "time"),
}
NEVER_IN_RULES = ("django", "rest_framework", "celery", "os.", "pathlib", "subprocess")
NEVER_IN_PURE_RUNGS = (
    "django.apps",
    "django.conf",
    "django.contrib",
    "django.core.mail",
    "django.db",
    "django.http",
    "django.urls",
    "django.utils.timezone",
    "rest_framework",
    "celery",
    "subprocess",
)


def impure_imports(root: Path, app: str) -> list[str]:
    """Imports of ORM, settings, clock or framework in the pure rungs of an app."""
    return [
        f"{path.relative_to(root)}: {name}"
        for path in modules(root, app)
        if (rung := rung_name(path, root, app)) in PURE
        for name in source(path).imports
        if name.startswith(NEVER_IN_RULES if rung == "rules" else NEVER_IN_PURE_RUNGS)
    ]


def pure_modules() -> list[str]:
    own = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for app in HOUSE_APPS
        for path in modules(ROOT, app)
        if rung_name(path, ROOT, app) in ("rules", "frames", "tables") and path.name != "__init__.py"
    ]
    plain = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for package in PACKAGES
        for path in modules(ROOT, package)
        if path.name != "__init__.py"
    ]
    return own + plain


def below_the_doors() -> Iterator[Path]:
    for app in HOUSE_APPS:
        for path in modules(ROOT, app):
            if RUNGS.get(rung_name(path, ROOT, app), DOOR_RUNG) < DOOR_RUNG:
                yield path


@pytest.mark.parametrize("app", HOUSE_APPS)
def test_pure_rungs_use_neither_orm_nor_settings_nor_clock(app: str) -> None:
    assert impure_imports(ROOT, app) == []


def test_pure_modules_import_with_no_settings_configured() -> None:
    names = pure_modules()
    program = f"import importlib\nfor name in {names!r}: importlib.import_module(name)\nprint(len({names!r}))"
    clean = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}

    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True, env=clean, cwd=ROOT
    )

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == len(names) > 50


def test_the_clock_is_read_by_doors_only() -> None:
    paths = sorted(below_the_doors())

    readings = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in paths
        for name, method, line in source(path).calls
        if (name, method) in CLOCK_CALLS
    ]

    assert paths
    assert readings == []


@pytest.mark.parametrize(
    ("library", "places"),
    [
        ("celery", {"tasks"}),
        ("rest_framework", {"api"}),
        ("pandas", {"frames", "tables", "rules", "documents", "rendering"}),
    ],
)
def test_libraries_stay_where_they_belong(library: str, places: set[str]) -> None:
    strays = [
        f"{path.relative_to(ROOT)}"
        for app in HOUSE_APPS
        for path in modules(ROOT, app)
        if rung_name(path, ROOT, app) not in places and app != "interchange"
        for name in source(path).imports
        if name.split(".")[0] == library
    ]

    assert strays == []


def test_refused_words_are_absent() -> None:
    refused = ("post_save", "pre_save", "except Exception: pass", ".objects.all()", "eval(")
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for app in APPS
        for path in modules(ROOT, app)
        for text in [path.read_text()]
        for word in refused
        if word in text
    ]

    assert found == []


def test_no_function_is_longer_than_sixty_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for app in APPS
        for path in modules(ROOT, app)
        for name, line, length in source(path).functions
        if length >= 60
    ]

    assert long == []
