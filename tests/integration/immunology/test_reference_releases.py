"""The commands `hla_name` and `import_imgthla`."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from immunology.models import ReferenceRelease
from tests.unit.immunology.test_releases import SIX, files

pytestmark = pytest.mark.django_db


def run(*arguments: object) -> str:
    out = StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue()


def answers(*names: str) -> list[dict[str, Any]]:
    return json.loads(run("hla_name", *names, "--format", "json"))


def test_names_are_answered_without_a_release() -> None:
    allele, old = answers("HLA-A*24:02:01:01", "A*0201")

    assert (allele["kind"], allele["normalised"], allele["locus"], allele["antigens"]) == (
        "allele",
        "A*24:02",
        "A",
        ["A24", "A9"],
    )
    assert (old["kind"], old["suggestion"], old["antigens"]) == ("refused", "A*02:01", [])


def test_a_release_answers_from_its_import_on_and_a_second_import_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "wmda"
    folder.mkdir()
    for name, data in files(SIX).items():
        (folder / name).write_bytes(data)

    first, second = run("import_imgthla", tmp_path), run("import_imgthla", tmp_path)

    assert "WMDA 3.58.0: imported" in first
    assert "not compared with a checksum" in first
    assert "nothing changed" in second
    assert ReferenceRelease.objects.count() == 1
    assert answers("A*02:03")[0]["release"] == "3.58.0"
    assert answers("A*02:03", "--release", "compact-2")[0]["release"] == "compact-2"


def test_the_same_release_with_other_content_is_refused(tmp_path: Path) -> None:
    for name, data in files(SIX).items():
        (tmp_path / name).write_bytes(data)
    run("import_imgthla", tmp_path)
    (tmp_path / "rel_dna_ser.txt").write_bytes(files(SIX + "A*;99:01;1;;;\n")["rel_dna_ser.txt"])

    with pytest.raises(CommandError, match="imported before with other content"):
        run("import_imgthla", tmp_path)


def test_an_unknown_release_and_a_missing_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no release of this name"):
        run("hla_name", "A2", "--release", "9.9.9")
    with pytest.raises(CommandError, match="no folder"):
        run("import_imgthla", tmp_path / "none")
