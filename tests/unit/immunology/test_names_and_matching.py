"""HLA names and donor matches beyond the worked cases."""

import pytest

from immunology.rules.matching import MatchLevel, match_specificities
from immunology.rules.names import HlaNameError, NameKind, chains, hla_class, parse_name
from immunology.rules.serology import antigens_of


@pytest.mark.parametrize(
    ("text", "kind", "canonical", "in_class"),
    [
        ("HLA-A*02:01", NameKind.ALLELE, "A*02:01", "I"),
        (" DRB1*15:01 ", NameKind.ALLELE, "DRB1*15:01", "II"),
        ("A*02", NameKind.ALLELE, "A*02", "I"),
        ("A*02:01P", NameKind.ALLELE, "A*02:01P", "I"),
        ("DRB4*01:03:01:02N", NameKind.NULL, "DRB4*01:03N", "II"),
        ("DQ8", NameKind.SEROLOGY, "DQ8", "II"),
        ("Cw10", NameKind.SEROLOGY, "Cw10", "I"),
        ("Bw6", NameKind.PUBLIC, "Bw6", "I"),
    ],
)
def test_name(text: str, kind: NameKind, canonical: str, in_class: str) -> None:
    name = parse_name(text)

    assert (name.kind, name.text, hla_class(name)) == (kind, canonical, in_class)


@pytest.mark.parametrize(
    ("text", "needle"),
    [
        ("DRB1*1501", "pre-2010"),
        ("Cw*0702", "pre-2010"),
        ("A*02:XX", "not an HLA name"),
        ("A*2:1", "not an HLA name"),
        ("", "not an HLA name"),
        ("HLA", "not an HLA name"),
        ("A*02:01:01:01:01", "not an HLA name"),
    ],
)
def test_what_is_no_name_is_refused_with_its_text(text: str, needle: str) -> None:
    with pytest.raises(HlaNameError, match=needle):
        parse_name(text)


def test_three_chains_are_refused() -> None:
    with pytest.raises(HlaNameError):
        chains("DQA1*05:01~DQB1*02:01~DQB1*03:01")


@pytest.mark.parametrize(
    ("target", "bead", "level"),
    [
        ("A*02:01", "A*02:01:01:01", MatchLevel.EXACT),
        ("A*02:01P", "A*02:01", MatchLevel.P_GROUP),
        ("A*02:01", "A*03:01", MatchLevel.NONE),
        ("A*24:09N", "A*24:02", MatchLevel.NONE),
        ("C*14:02", "C*14:03", MatchLevel.NO_SEROLOGY),
        ("DRB1*03:01", "DRB3*01:01", MatchLevel.NONE),
        ("DQA1*05:01~DQB1*02:01", "DQA1*05:01~DQB1*02:01", MatchLevel.EXACT),
        ("DQA1*05:01~DQB1*02:01", "DQB1*02:01~DQA1*05:01", MatchLevel.EXACT),
        ("DQA1*05:01~DQB1*02:01", "DQA1*05:01~DQB1*03:01", MatchLevel.NONE),
        ("DQB1*02:01", "DQA1*02:01~DQB1*02:01", MatchLevel.ONE_CHAIN),
        ("DQA1*05:01~DQB1*02:01", "DQB1*02:01", MatchLevel.ONE_CHAIN),
        ("DQB1*02:01", "DQA1*02:01~DQB1*03:01", MatchLevel.NONE),
    ],
)
def test_match(target: str, bead: str, level: MatchLevel) -> None:
    assert match_specificities(chains(target), chains(bead)) is level


def test_public_and_null_names_carry_no_antigen_of_their_own() -> None:
    assert antigens_of(parse_name("Bw4")) == antigens_of(parse_name("A*24:09N")) == ()
