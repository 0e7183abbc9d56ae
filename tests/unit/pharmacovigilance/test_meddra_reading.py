"""The ASCII distribution of MedDRA, tried on an invented dictionary in the same layout."""

import shutil
from pathlib import Path

import pytest

from pharmacovigilance.meddra.reading import MeddraError, read_meddra_release
from pharmacovigilance.meddra.release import TermMeaning, folded_words, recoding_needs

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


def name_of(release, code: str) -> str:
    return next(term.name for term in release.terms if term.code == code)


def test_names_keep_commas_quotation_marks_and_accents(new) -> None:
    assert name_of(new, "90030007") == 'Glindle "popping", left'
    assert name_of(new, "90040007") == "Mürn inflamed"


def test_a_multi_axial_term_has_one_primary_class(new) -> None:
    paths = [path for path in new.paths if path.pt_code == "90030006"]

    assert len(paths) == 2
    assert [path.soc_code for path in paths if path.is_primary] == ["90000001"]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("fluttering ZORB", "fluttering zorb"),
        ("  Fluttering   zorb ", "fluttering zorb"),
        ("Mürn inflamed", "murn inflamed"),
        ("Straße", "strasse"),
        ("ﬁbre", "fibre"),
        ("", ""),
        ("\u00a0", ""),
    ],
)
def test_words_are_compared_without_case_accents_and_blanks(text, folded) -> None:
    assert folded_words(text) == folded


def meaning(code: str = "1", **changes) -> TermMeaning:
    values = {
        "name": "a",
        "is_current": True,
        "pt_code": "p",
        "pt_name": "P",
        "soc_code": "s",
        "soc_name": "S",
    }
    return TermMeaning(code=code, **(values | changes))


@pytest.mark.parametrize(
    ("old", "new", "reasons"),
    [
        (meaning(), meaning(), []),
        (meaning(), None, ["1 “a” is not in version 99.1."]),
        (meaning(), meaning(is_current=False), ["1 “a” is not current in version 99.1."]),
        (meaning(is_current=False), meaning(is_current=False), []),
        (meaning(), meaning(name="b"), ["1 “a” is called “b” in version 99.1."]),
        (meaning(), meaning(pt_code="q", pt_name="Q"), ["Preferred term P becomes Q."]),
        (meaning(), meaning(pt_name="Q"), ["Preferred term P is renamed Q."]),
        (meaning(), meaning(soc_code="t", soc_name="T"), ["Primary system organ class S becomes T."]),
        (None, meaning(), ["1 is no term of the present version."]),
    ],
)
def test_change_of_version_shows_what_a_code_becomes(old, new, reasons) -> None:
    known = {"1": old} if old else {}
    needs = recoding_needs(("1",), old=known, new={"1": new} if new else {}, version="99.1")

    assert [str(reason) for need in needs for reason in need.reasons] == reasons


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

    assert name_of(read_meddra_release(copy), "90040007") == "Mürn inflamed"
