"""The floors and rungs of the house, and the names in each file: imports, calls, strings.

The tests of the house use this module. Each function takes the root of a tree, so that a planted violation in a small
tree makes a test fail (`test_planted_violations.py`).
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = {
    "audit": 0,
    "accounts": 1,
    "webkit": 2,
    "trials": 3,
    "assessments": 4,
    "events": 5,
    "product": 5,
    "haemodynamics": 6,
    "immunology": 6,
    "pharmacovigilance": 7,
    "reports": 8,
    "interchange": 8,
    "dsmb": 9,
    "worklist": 10,
    "data_management": 10,
    "safety_monitor": 11,
    "demonstration": 11,
}
"""The rooms that are Django apps. An app names only apps of lower floors."""
PACKAGES = ("biostatistics", "partial_dates", "documents")
"""Plain Python packages below all floors: without Django, settings and apps."""
DEVELOPMENT_SERVICES = "devserver"
"""The embedded servers of a developer's machine.

Only doors of the top floor may import it, never production settings.
"""
TOP_FLOOR = 11
RUNGS = {
    "choices": 0,
    "signals": 0,
    "rules": 1,
    "e2b": 1,
    "meddra": 1,
    "frames": 2,
    "tables": 3,
    "rendering": 4,
    "documents": 5,
    "refusals": 5,
    "models": 6,
    "queries": 7,
    "services": 7,
    "forms": 8,
    "admin": 9,
    "api": 9,
    "views": 9,
    "pages": 9,
    "downloads": 8,
    "wording": 8,
    "tasks": 9,
    "management": 9,
    "templatetags": 10,
    "receivers": 10,
    "apps": 10,
    "urls": 10,
}
"""The ladder inside an app: a file uses only rungs at or below its own."""
DOOR_RUNG = 9
"""Doors of one app do not import each other."""
PURE = ("rules", "e2b", "meddra", "frames", "tables", "rendering", "documents")
"""Rungs without ORM, clock and settings."""


def rooms(root: Path = ROOT) -> list[str]:
    """The apps of the tree."""
    return sorted(name for name in FLOORS if (root / name / "__init__.py").exists())


def modules(root: Path, app: str) -> Iterator[Path]:
    """The Python files of an app or package, migrations excepted."""
    return (path for path in sorted((root / app).rglob("*.py")) if "migrations" not in path.parts)


def rung_name(path: Path, root: Path, app: str) -> str:
    """The first part of the path inside the app, without its ending."""
    return path.relative_to(root / app).parts[0].removesuffix(".py")


@dataclass(frozen=True)
class Source:
    """The names in a Python file.

    `imports`: absolute names, also inside functions and type-checking blocks. `calls`: each `name.method()` with its
    line. `functions`: name, first line and length. `strings`: every string constant that is no docstring, with its
    line. `public`: classes and functions at the top of the module, without underscore.
    """

    imports: tuple[str, ...]
    calls: tuple[tuple[str, str, int], ...]
    functions: tuple[tuple[str, int, int], ...]
    strings: tuple[tuple[str, int], ...]
    public: tuple[str, ...]


@cache
def source(path: Path) -> Source:
    """Parsed once per run."""
    tree = ast.parse(path.read_text())
    nodes = list(ast.walk(tree))
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    functions = ((node.func, node.lineno) for node in nodes if isinstance(node, ast.Call))
    return Source(
        imports=tuple(name for node in nodes for name in _imported(node, path)),
        calls=tuple(
            (function.value.id, function.attr, line)
            for function, line in functions
            if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)
        ),
        functions=tuple(
            (node.name, node.lineno, (node.end_lineno or 0) - node.lineno)
            for node in nodes
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ),
        strings=tuple(
            (node.value, node.lineno)
            for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
        ),
        public=tuple(
            node.name
            for node in tree.body
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
        ),
    )


def _imported(node: ast.AST, path: Path) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{path}: relative imports hide the floor"
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def house_imports(root: Path, app: str) -> Iterator[tuple[Path, list[str]]]:
    """Each import of one of the house's apps, as the parts of its dotted name."""
    for path in modules(root, app):
        for name in source(path).imports:
            parts = name.split(".")
            if parts[0] in FLOORS:
                yield path, parts


def climbs(app: str, target: str) -> bool:
    """Whether `app` must not import `target`.

    The apps of the top floor connect the house and may import each other.
    """
    if target not in FLOORS or target == app:
        return False
    return FLOORS[target] >= FLOORS[app] and FLOORS[app] < TOP_FLOOR


TEMPLATE_TAG = re.compile(
    r"""{%\s*(?P<tag>extends|include|static|url|load)\s+(?:"(?P<double>[^"]+)"|'(?P<single>[^']+)'|(?P<bare>\w+))"""
)
LABEL = re.compile(r"^([a-z_]+)\.([A-Z]\w*)$")


@dataclass(frozen=True)
class Names:
    """The owners of names in strings: page files and addresses, each by its app."""

    files: dict[str, str]
    addresses: dict[str, str]

    def owner(self, text: str) -> str | None:
        """The app that owns what the text names; None when it names nothing of the house."""
        if text in self.files:
            return self.files[text]
        if text in self.addresses:
            return self.addresses[text]
        if app := next((app for app in FLOORS if text.startswith(f"admin:{app}_")), None):
            return app
        if (found := LABEL.match(text)) and found.group(1) in FLOORS:
            return found.group(1)
        first, _dot, rest = text.partition(".")
        return first if first in FLOORS and rest.split(".")[0] in RUNGS else None


def names_of(root: Path) -> Names:
    """The names of the tree's apps."""
    files: dict[str, str] = {}
    addresses: dict[str, str] = {}
    for app in rooms(root):
        for folder in ("templates", "static"):
            for path in (path for path in (root / app / folder).rglob("*") if path.is_file()):
                files.setdefault(path.relative_to(root / app / folder).as_posix(), app)
        for path in modules(root, app):
            addresses |= dict.fromkeys(_addresses(path), app)
    return Names(files=files, addresses=addresses)


def _addresses(path: Path) -> Iterator[str]:
    """The names of the addresses that a file declares, with the namespace of its app or of the admin site."""
    tree = ast.parse(path.read_text())
    space = next(
        (
            node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            and getattr(node.targets[0], "id", "") == "app_name"
            and isinstance(node.value, ast.Constant)
        ),
        "admin",
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("path", "re_path"):
            for keyword in node.keywords:
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                    yield f"{space!s}:{keyword.value.value!s}"


def strings_of(root: Path, app: str) -> Iterator[tuple[Path, int, str]]:
    """Every string by which a file of the app may name a template, a static file, an address, a model or a task."""
    for path in modules(root, app):
        for text, line in source(path).strings:
            yield path, line, text
    for path in sorted((root / app).rglob("*.html")):
        for number, line_text in enumerate(path.read_text().splitlines(), 1):
            for found in TEMPLATE_TAG.finditer(line_text):
                yield path, number, found["double"] or found["single"] or found["bare"] or ""


def climbing_strings(root: Path, app: str, names: Names) -> list[str]:
    """Strings in the app's files that name something of a higher floor."""
    return [
        f"{path.relative_to(root)}:{line} names {text!r} of {owner}"
        for path, line, text in strings_of(root, app)
        if (owner := names.owner(text)) and climbs(app, owner)
    ]
