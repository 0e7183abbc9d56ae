"""Which code and which libraries make a report: what has to be the same for the same bytes."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
RENDERING_SOURCES = (
    "biostatistics",
    "documents",
    "partial_dates",
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
LIBRARIES = ("Django", "matplotlib", "numpy", "pandas", "scipy", "typst")


@cache
def code_version() -> dict[str, str]:
    """The SHA-256 of the sources that turn a snapshot into documents, and the versions of the libraries they
    use.
    """
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return {"code_sha256": _sources_sha256(), "libraries": libraries}


def _sources_sha256() -> str:
    digest = hashlib.sha256()
    for path in sorted(path for name in RENDERING_SOURCES for path in _files(HOUSE / name)):
        digest.update(path.relative_to(HOUSE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [inner for inner in path.rglob("*") if inner.suffix in (".py", ".typ")]
