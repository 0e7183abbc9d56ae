"""The code and libraries of a report: what has to be the same for the same bytes."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RENDERING_SOURCES = (
    "biostatistics",
    "documents",
    "partial_dates",
    "trials/choices.py",
    "trials/rules",
    "assessments/choices.py",
    "assessments/rules",
    "events/choices.py",
    "events/rules",
    "immunology/rules/codes.py",
    "product/choices.py",
    "reports/choices.py",
    "reports/documents.py",
    "reports/frames",
    "reports/tables",
    "reports/rules",
    "reports/rendering",
    "reports/templates/reports/grid.html",
    "reports/templates/reports/report.html",
    "reports/templates/reports/sentence.html",
    "reports/templates/reports/steps.html",
    "reports/templates/reports/report.css",
)
SUFFIXES = (".py", ".typ", ".ttf")
LIBRARIES = ("Django", "fonttools", "numpy", "pandas", "scipy", "typst")


@cache
def code_version() -> dict[str, str]:
    """The SHA-256 of the sources that render documents from a snapshot, and the versions of their libraries."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return {"code_sha256": _sources_sha256(), "libraries": libraries}


def rendering_files() -> list[Path]:
    """The files of the sources in a fixed order; FileNotFoundError when one is missing."""
    return sorted(path for name in RENDERING_SOURCES for path in _files(ROOT / name))


def _sources_sha256() -> str:
    digest = hashlib.sha256()
    for path in rendering_files():
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return [inner for inner in path.rglob("*") if inner.suffix in SUFFIXES]
    if not path.exists():
        raise FileNotFoundError(path)
    return [path]
