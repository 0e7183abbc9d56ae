"""The ASCII distribution of MedDRA, tried on an invented dictionary in the same layout."""

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from pharmacovigilance.management.commands import load_meddra
from pharmacovigilance.meddra.reading import MeddraError, read_meddra_release
from pharmacovigilance.meddra.storing import store_meddra_release, stored_release, stored_versions

INVENTED = Path(__file__).resolve().parents[4] / "shared" / "data" / "meddra"


@pytest.fixture(scope="module")
def old():
    return read_meddra_release(INVENTED / "synthetic_99.0")


@pytest.fixture(scope="module")
def new():
    return read_meddra_release(INVENTED / "synthetic_99.1")


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(INVENTED / "synthetic_99.1", tmp_path / "release")
    for path in (tmp_path / "release").rglob("*"):
        path.chmod(0o755)
    return tmp_path / "release"


@pytest.mark.parametrize(
    ("name", "version", "rows"),
    [
        ("synthetic_99.0", "99.0", {"soc": 3, "hlgt": 4, "hlt": 5, "pt": 7, "llt": 18, "mdhier": 8}),
        ("synthetic_99.1", "99.1", {"soc": 3, "hlgt": 4, "hlt": 5, "pt": 8, "llt": 21, "mdhier": 9}),
    ],
)
def test_both_versions_have_the_rows_of_their_description(name, version, rows) -> None:
    release = read_meddra_release(INVENTED / name)

    assert (release.version, release.language) == (version, "English")
    assert {key: release.counts[key] for key in rows} == rows
    assert len(release.sha256) == 64


def test_names_keep_commas_quotation_marks_and_accents(new) -> None:
    assert new.by_code["90030007"].name == 'Glindle "popping", left'
    assert new.by_code["90040007"].name == "Mürn inflamed"


def test_a_multi_axial_term_has_one_primary_class(new) -> None:
    paths = [path for path in new.paths if path.pt_code == "90030006"]

    assert len(paths) == 2
    assert new.primary["90030006"].soc_code == "90000001"
    assert set(new.primary) == {term.pt_code for term in new.terms}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("fluttering ZORB", "90040001"),
        ("  Fluttering   zorb ", "90040001"),
        ("Zorb flutter NOS", None),
        ("Flutter", None),
        ("Murnitis", "90040013"),
        ("Murn inflamed", None),
        ("", None),
    ],
)
def test_only_the_same_words_of_a_current_term_match(new, words, code) -> None:
    found = new.exact_match(words)

    assert (found.code if found else None) == code


def test_search_finds_every_word_also_without_accents_and_no_old_term(new) -> None:
    assert new.search("murn inflamed", limit=5)[0].code == "90040007"
    assert "90040002" not in {t.code for t in new.search("zorb flutter", limit=20)}
    assert new.search("zorbic", limit=2) == new.search("zorbic", limit=9)[:2]
    assert new.search("", limit=5) == ()
    assert new.search("unheard", limit=5) == ()


def test_change_of_version_shows_what_a_code_becomes(old, new) -> None:
    needs = {n.code: n.reasons for n in old.recoding(("90040008", "90040006", "90030004", "90040001"), new)}

    assert set(needs) == {"90040008", "90040006", "90030004"}
    assert needs["90040008"] == (
        "Preferred term Murnitis becomes Zorbic murnitis.",
        "Primary system organ class Murn and glindle disorders becomes Zorbic system disorders.",
    )
    assert needs["90040006"] == ("90040006 “Q elevated” is not current in version 99.1.",)
    assert needs["90030004"][0] == "90030004 “Murnitis” is called “Murn inflammation” in version 99.1."
    assert new.recoding(("90030008",), old)[0].reasons == (
        "90030008 “Delayed zorbic arrest” is not in version 99.0.",
    )


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = next(folder.rglob(name))
    content = path.read_bytes().decode()
    assert old in content
    path.write_bytes(content.replace(old, new, 1).encode())


@pytest.mark.parametrize(
    ("name", "before", "after", "sentence"),
    [
        ("llt.asc", "90040001$Fluttering zorb$", "90040001$Fluttering$zorb$", r"llt.asc, line 9: 12 fields"),
        ("llt.asc", "$90030005$$$$$$$Y$$\r\n90040010", "$90030099$$$$$$$Y$$\r\n90040010", "is not in pt.asc"),
        ("llt.asc", "$$Y$$\r\n90040013", "$$X$$\r\n90040013", "neither Y nor N"),
        ("llt.asc", "90040013", "9004001", "no code of eight digits"),
        ("llt.asc", "90040013", "90040012", "occurs twice"),
        ("mdhier.asc", "$90000001$N$", "$90000001$Y$", "PT 90030006 has the primary classes"),
        ("pt.asc", "Zorbic flutter", "Zorbic fluster", "not also an LLT with the same name"),
        ("meddra_release.asc", "99.1", "ninety", "is no version such as 27.1"),
    ],
)
def test_wrong_line_refuses_the_folder_with_file_and_line(copy, name, before, after, sentence) -> None:
    change(copy, name, before, after)

    with pytest.raises(MeddraError, match=sentence):
        read_meddra_release(copy)


def test_file_that_is_cut_off_is_refused(copy) -> None:
    path = next(copy.rglob("llt.asc"))
    path.write_bytes(path.read_bytes()[:-8])

    with pytest.raises(MeddraError, match=r"llt\.asc: the last line does not end"):
        read_meddra_release(copy)


def test_missing_file_is_refused(copy) -> None:
    next(copy.rglob("mdhier.asc")).unlink()

    with pytest.raises(MeddraError, match=r"has no mdhier\.asc"):
        read_meddra_release(copy)


def test_many_refusals_are_counted(copy) -> None:
    path = next(copy.rglob("llt.asc"))
    path.write_text("x$\r\n" * 30, encoding="utf-8")

    with pytest.raises(MeddraError, match="… and 20 more"):
        read_meddra_release(copy)


def test_version_comes_from_the_folders_name_when_the_release_file_is_absent(copy) -> None:
    next(copy.rglob("meddra_release.asc")).unlink()
    named = copy.rename(copy.parent / "MedDRA_99_1_English")

    assert read_meddra_release(named).version == "99.1"

    with pytest.raises(MeddraError, match="no version in its name"):
        read_meddra_release(named.rename(named.parent / "dictionary"))


def test_older_files_in_latin_1_are_read(copy) -> None:
    path = next(copy.rglob("llt.asc"))
    path.write_bytes(path.read_bytes().decode().encode("latin-1"))

    assert read_meddra_release(copy).by_code["90040007"].name == "Mürn inflamed"


def test_versions_stand_side_by_side_and_the_same_again_changes_nothing(tmp_path) -> None:
    store_meddra_release(INVENTED / "synthetic_99.1", tmp_path / "kept")
    store_meddra_release(INVENTED / "synthetic_99.0", tmp_path / "kept")
    store_meddra_release(INVENTED / "synthetic_99.0", tmp_path / "kept")

    assert stored_versions(tmp_path / "kept") == ("99.0-English", "99.1-English")
    assert len(stored_release(tmp_path / "kept", version="99.0", language="English").terms) == 18


def test_same_version_with_other_content_is_refused(tmp_path, copy) -> None:
    store_meddra_release(INVENTED / "synthetic_99.1", tmp_path / "kept")
    change(copy, "llt.asc", "Fluttering zorb", "Fluttering zorbs")

    with pytest.raises(MeddraError, match=r"99\.1 English is loaded already, with other content"):
        store_meddra_release(copy, tmp_path / "kept")


def test_wrong_folder_leaves_nothing_behind(tmp_path, copy) -> None:
    change(copy, "llt.asc", "90040013", "9004001")

    with pytest.raises(MeddraError):
        store_meddra_release(copy, tmp_path / "kept")

    assert stored_versions(tmp_path / "kept") == ()


def test_files_changed_after_loading_are_not_used(tmp_path) -> None:
    store_meddra_release(INVENTED / "synthetic_99.1", tmp_path / "kept")
    change(tmp_path / "kept", "llt.asc", "Fluttering zorb", "Fluttering zorbs")

    with pytest.raises(MeddraError, match="not those that were loaded"):
        stored_release(tmp_path / "kept", version="99.1", language="English")


def test_load_meddra_says_what_was_loaded(tmp_path, settings) -> None:
    settings.MEDDRA_DIR = tmp_path / "kept"
    out = StringIO()

    call_command(load_meddra.Command(), str(INVENTED / "synthetic_99.1"), stdout=out)

    assert "MedDRA 99.1 English: 21 LLT (19 current), 8 PT, 3 SOC" in out.getvalue()
    with pytest.raises(CommandError, match="is no folder"):
        call_command(load_meddra.Command(), str(tmp_path / "absent"))
