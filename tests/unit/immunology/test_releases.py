"""Releases of the nomenclature in their forms of 2013, 2019 and 2026.

The lines are invented in the files' form.
"""

import hashlib

import pytest

from immunology.rules.name_answers import answer_name
from immunology.rules.releases import ReleaseError, read_nomenclature
from immunology.rules.serology import serology_of_release

TREE = "A;9;23/24;\nA;24;;2403\nB;21;49/50;4005\nCw;3;9/10;\n"
SIX = (
    "A*;02:01:01:01;2;;;\nA*;02:03:01;203;;;\nA*;24:02:01:01;24;;;\nA*;24:02:01:02L;;0/24;;\nA*;24:09N;0;;;\n"
    "B*;15:36;;;15/70;\nC*;03:04;10;;;\nC*;14:02;?;;;1\nDRB1*;03:01;;;3;\nDQA1*;05:01;?;;;\n"
)
SEVEN = "A*;11:04;11;;;;A3\nA*;02:01:01:01;2;;;;0201\nC*;14:02;?;;;1;?\n"


def header(lines: int, version: str = "3.58.0") -> str:
    named = f"# file: x\n# date: 2024-10-10\n# version: IPD-IMGT/HLA {version}\n"
    return named + "# more\n" * (lines - 3)


def files(rows: str, *, lines: int = 6, version: str = "3.58.0", tree: str = TREE) -> dict[str, bytes]:
    top = header(lines, version)
    return {"rel_dna_ser.txt": (top + rows).encode(), "rel_ser_ser.txt": (top + tree).encode()}


def test_six_fields_with_a_header_of_six_lines() -> None:
    release = read_nomenclature(files(SIX))

    assert (release.name, release.kind, release.alleles) == ("3.58.0", "WMDA", 10)
    assert release.antigen_of["A*24:02:01:02L"] == "A24"
    assert not {"A*24:09N", "B*15:36"} & set(release.antigen_of)
    assert "C*14:02" not in release.antigen_of, "the sixth field is no serology"
    assert release.parent_of["A2403"] == "A24"


@pytest.mark.parametrize("lines", [3, 6, 7, 9])
def test_any_length_of_header(lines: int) -> None:
    assert read_nomenclature(files(SEVEN, lines=lines, version="3.64.0")).alleles == 3


def test_seven_fields_take_the_antigen_of_hats() -> None:
    release = read_nomenclature(files(SEVEN, lines=7, version="3.64.0"))

    assert (release.kind, release.antigen_of["A*11:04"]) == ("HATS", "A3")


def test_a_file_of_2013_is_named_by_its_date() -> None:
    top = "# file: rel_dna_ser.txt\n# date: 2013-07-12\n# origin: x\n# author: y\n"

    release = read_nomenclature(
        {
            "rel_dna_ser.txt": (top + "A*;01:01:01:01;1;;;\n").encode(),
            "rel_ser_ser.txt": (top + TREE).encode(),
        }
    )

    assert release.name == "2013-07-12"


def test_a_changed_file_is_refused_by_its_checksum() -> None:
    given = files(SIX)
    sums = "".join(f"MD5 ({name}) = {hashlib.md5(data).hexdigest()}\n" for name, data in given.items())

    whole = read_nomenclature({**given, "md5checksum.txt": sums.encode()})
    with pytest.raises(ReleaseError, match=r"rel_dna_ser\.txt: MD5 .* is not the"):
        read_nomenclature(
            {
                **given,
                "rel_dna_ser.txt": given["rel_dna_ser.txt"] + b"A*;99:01;1;;;\n",
                "md5checksum.txt": sums.encode(),
            }
        )

    assert whole.verified == ("rel_dna_ser.txt", "rel_ser_ser.txt")


@pytest.mark.parametrize(
    ("given", "needle"),
    [
        ({}, r"rel_dna_ser\.txt: the file is missing"),
        ({**files(SIX), "rel_ser_ser.txt": (header(6, "3.57.0") + TREE).encode()}, "several releases"),
        (files("A*;02:01\n"), r"rel_dna_ser\.txt, line 7: 2 fields"),
        (files(""), "no alleles"),
        ({**files(SIX), "rel_dna_ser.txt": b"\xff\xfe\x00"}, "not text"),
    ],
)
def test_what_is_no_release_is_refused_with_file_and_rule(given: dict[str, bytes], needle: str) -> None:
    with pytest.raises(ReleaseError, match=needle):
        read_nomenclature(given)


def test_names_are_answered_from_a_release() -> None:
    release = read_nomenclature(files(SIX))
    serology = serology_of_release(release.name, release.antigen_of, release.parent_of)

    answers = [
        answer_name(name, serology) for name in ("A*24:02", "DRB1*03:01", "A*77:01", "A2403", "A*24:09N")
    ]

    assert [answer.antigens for answer in answers] == [
        ("A24", "A9"),
        ("DR3",),
        (),
        ("A2403", "A24", "A9"),
        (),
    ]
    assert {answer.release for answer in answers} == {"3.58.0"}
