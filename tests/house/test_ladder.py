"""What each rung may use: rules are pure, only doors read the clock, frameworks stay where they belong."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.test_floors import APPS, ROOT, imported, modules, source

HOUSE_APPS = [app for app in APPS if app not in ("safety_monitor", "demonstration")]
DOORS = {"admin", "api", "views", "tasks", "management", "receivers", "apps"}
CLOCK_CALLS = {
    ("timezone", "now"),
    ("datetime", "now"),
    ("date", "today"),
    ("datetime", "today"),
    ("time", "time"),
}


def rule_modules() -> list[str]:
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for app in HOUSE_APPS
        for path in modules(app)
        if "rules" in path.relative_to(ROOT / app).parts[0] and path.name != "__init__.py"
    ]


def below_the_doors() -> Iterator[Path]:
    for app in HOUSE_APPS:
        for path in modules(app):
            if path.relative_to(ROOT / app).parts[0].removesuffix(".py") not in DOORS:
                yield path


def test_rules_import_with_no_settings_configured() -> None:
    names = rule_modules()
    program = f"import importlib\nfor name in {names!r}: importlib.import_module(name)\nprint(len({names!r}))"
    clean = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=clean, cwd=ROOT
    )

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == len(names) > 5


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


def test_rules_use_neither_the_orm_nor_settings() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for app in HOUSE_APPS
        for path in modules(app)
        if path.relative_to(ROOT / app).parts[0].removesuffix(".py") == "rules"
        for name in imported(path)
        if name.startswith(("django", "rest_framework", "celery", "os.", "pathlib", "subprocess"))
    ]

    assert found == []


@pytest.mark.parametrize(
    ("library", "places"),
    [
        ("celery", {"tasks"}),
        ("rest_framework", {"api"}),
        ("pandas", {"frames", "tables", "rules", "reading", "rendering"}),
    ],
)
def test_libraries_stay_where_they_belong(library: str, places: set[str]) -> None:
    strays = [
        f"{path.relative_to(ROOT)}"
        for app in HOUSE_APPS
        for path in modules(app)
        if path.relative_to(ROOT / app).parts[0].removesuffix(".py") not in places and app != "interchange"
        for name in imported(path)
        if name.split(".")[0] == library
    ]

    assert strays == []


def test_refused_words_are_absent() -> None:
    refused = ("post_save", "pre_save", "except Exception: pass", ".objects.all()", "eval(")
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for app in APPS
        for path in modules(app)
        for text in [path.read_text()]
        for word in refused
        if word in text
    ]

    assert found == []


def test_no_function_is_longer_than_sixty_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for app in APPS
        for path in modules(app)
        for name, line, length in source(path).functions
        if length >= 60
    ]

    assert long == []
