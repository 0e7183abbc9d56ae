"""A digest of the sources identifies the code of a report: of all sources, or two versions would have one name."""

import subprocess
import sys
from pathlib import Path

from reports.queries.provenance import ROOT, rendering_files

LOADED = """
import sys
sys.path[:0] = ["."]
import reports.documents, reports.rendering.html, reports.rendering.pdf
print(*(m.__file__ for m in sys.modules.values() if getattr(m, "__file__", None)), sep="\\n")
"""


def test_every_module_that_makes_a_report_is_in_the_digest() -> None:
    """Also those of lower rooms: a changed rule of theirs changes a report."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {Path(line) for line in done.stdout.splitlines() if Path(line).is_relative_to(ROOT)}
    own = {path for path in loaded if ".venv" not in path.parts and path.name != "__init__.py"}

    assert len(own) > 50
    assert {str(path.relative_to(ROOT)) for path in own - set(rendering_files())} == set()


def test_fonts_styles_and_templates_are_in_the_digest() -> None:
    suffixes = {path.suffix for path in rendering_files()}

    assert suffixes == {".py", ".typ", ".ttf", ".html", ".css"}
