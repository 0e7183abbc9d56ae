"""Which texts the sources mark for translation. Django's own collector needs a program that not every machine has."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
APPS = (
    "accounts",
    "audit",
    "webkit",
    "trials",
    "assessments",
    "events",
    "product",
    "haemodynamics",
    "immunology",
    "pharmacovigilance",
    "reports",
    "interchange",
    "dsmb",
    "worklist",
    "data_management",
    "safety_monitor",
    "partial_dates",
    "biostatistics",
    "documents",
)
MARKS = frozenset(
    {
        "_",
        "_lazy",
        "_noop",
        "gettext",
        "gettext_lazy",
        "gettext_noop",
        "ngettext",
        "ngettext_lazy",
        "standing_reason",
    }
)
_IN_TEMPLATE = re.compile(
    r"""(?<![\w.])(n?gettext|_)\(\s*u?(?P<q>['"])(?P<one>(?:\\.|(?!(?P=q)).)*)(?P=q)(?:\s*,\s*u?(?P<p>['"])(?P<many>(?:\\.|(?!(?P=p)).)*)(?P=p))?""",
    re.S,
)

Marked = tuple[str, str]
"""A text and its plural; the plural is empty where there is one form."""


def marked_texts() -> dict[Marked, list[str]]:
    """Every marked text of the project, with the files that it stands in."""
    found: dict[Marked, list[str]] = {}
    for path in source_files():
        texts = of_python(path.read_text()) if path.suffix == ".py" else of_template(path.read_text())
        for text in texts:
            found.setdefault(text, []).append(str(path.relative_to(ROOT)))
    return found


def source_files() -> Iterator[Path]:
    """Python and HTML of the apps, without migrations."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*")):
            if path.suffix in (".py", ".html", ".txt") and "migrations" not in path.parts:
                yield path


def of_python(source: str) -> Iterator[Marked]:
    """The literal texts inside calls of the marking functions."""
    for node in ast.walk(ast.parse(source)):
        name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        if not isinstance(node, ast.Call) or name not in MARKS:
            continue
        texts = [
            arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        if texts and isinstance(node.args[0], ast.Constant):
            yield (texts[0], texts[1]) if name.startswith("ngettext") and len(texts) > 1 else (texts[0], "")


def of_template(source: str) -> Iterator[Marked]:
    """The texts of `translate` and `blocktranslate`."""
    for match in _IN_TEMPLATE.finditer(templatize(source)):
        yield _plain(match["one"]), _plain(match["many"] or "")


def _plain(text: str) -> str:
    return re.sub(r"""\\(['"\\])""", r"\1", text).replace("\\n", "\n")
