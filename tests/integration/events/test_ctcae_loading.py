"""`load_ctcae`: shipped terms, NCI's wording, refusals that leave nothing behind."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from accounts.services import system_user
from events.models import CtcaeTerm
from events.queries.adverse_events import ctcae_terms
from events.services.vocabulary import load_shipped_terms
from tests.factories import AT, make_trial, make_user

pytestmark = pytest.mark.django_db

ORIGINALS = Path(__file__).resolve().parents[4] / "shared" / "data" / "ctcae"
NO_BREAK = "\N{NO-BREAK SPACE}"
HEADINGS = [
    "MedDRA Code",
    "MedDRA SOC",
    "CTCAE Term",
    *[f"Grade {n} {NO_BREAK}{NO_BREAK}" for n in range(1, 6)],
]


def load(*arguments: Path | str) -> str:
    out = StringIO()
    call_command("load_ctcae", *arguments, stdout=out)
    return out.getvalue()


def write_table(
    path: Path, *, version: str = "5.0", change: dict[int, tuple[int, str]] | None = None
) -> Path:
    """NCI's table as NCI writes it; `change`: row to (column, other value)."""
    rows = [
        [term.code, term.soc, f"{term.term} ", *["text" if n in term.grades else " -" for n in range(1, 6)]]
        for term in ctcae_terms(version=version)
    ]
    for number, (column, value) in (change or {}).items():
        rows[number][column] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [[*HEADINGS, "Definition ", "Navigational Note"], *[[*row, "what", "-"] for row in rows]]
        )
    return path


def test_shipped_terms_are_loaded_once() -> None:
    for version in ("5.0", "6.0"):  # no term is ever deleted: as if there were none of these versions
        CtcaeTerm.objects.filter(ctcae_version=version).update(ctcae_version=f"4.{version[0]}")

    first = load()

    assert first == (
        "CTCAE v5.0: 837 terms, 837 new, 0 changed.\nCTCAE v6.0: 850 terms, 850 new, 0 changed.\n"
    )
    assert load() == first.replace("837 new", "0 new").replace("850 new", "0 new")
    assert CtcaeTerm.objects.filter(ctcae_version="5.0", is_other=True).count() == 26


def test_changed_term_is_brought_back_to_the_facts() -> None:
    load_shipped_terms(by=system_user(), at=AT)
    CtcaeTerm.objects.filter(ctcae_version="5.0", term="Hypotension").update(grades=[1])

    said = load()

    assert "837 terms, 0 new, 1 changed" in said
    assert CtcaeTerm.objects.get(ctcae_version="5.0", term="Hypotension").grades == [1, 2, 3, 4, 5]


def test_wording_is_added_to_the_version_of_the_table(tmp_path: Path) -> None:
    load_shipped_terms(by=system_user(), at=AT)

    said = load(write_table(tmp_path / "nci.csv", version="6.0"))

    term = CtcaeTerm.objects.get(ctcae_version="6.0", term="Sinus tachycardia")
    assert "wording: CTCAE v6.0: 850 terms, 0 new, 850 changed." in said
    assert (term.grade_wording, term.definition, term.note) == (
        {"1": "text", "2": "text", "3": "text"},
        "what",
        "",
    )
    assert not CtcaeTerm.objects.filter(ctcae_version="5.0").exclude(grade_wording={}).exists()


def test_wording_stays_when_the_shipped_terms_are_loaded_again(tmp_path: Path) -> None:
    load_shipped_terms(by=system_user(), at=AT)
    load(write_table(tmp_path / "nci.csv"))

    said = load()

    assert "837 terms, 0 new, 0 changed" in said
    assert not CtcaeTerm.objects.filter(ctcae_version="5.0", grade_wording={}).exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({3: (2, "Febrile neutropaenia")}, "Line 5, term: 'Febrile neutropaenia' is refused; CTCAE v5.0 has"),
        ({0: (0, "99999999")}, "Line 2, code: '99999999 Abdominal distension' is refused"),
        ({0: (0, "x")}, "Line 2, code: 'x' is refused; a code has eight digits."),
        ({0: (3, " -")}, "Line 2, grades:"),
    ],
)
def test_table_of_other_terms_changes_nothing(
    tmp_path: Path, change: dict[int, tuple[int, str]], sentence: str
) -> None:
    load_shipped_terms(by=system_user(), at=AT)
    path = write_table(tmp_path / "nci.csv", change=change)

    with pytest.raises(CommandError) as caught:
        load(path)

    assert sentence in str(caught.value)
    assert not CtcaeTerm.objects.exclude(grade_wording={}).exists()


def test_file_that_is_absent_or_no_text_is_refused_by_its_name(tmp_path: Path) -> None:
    picture = tmp_path / "nci.xlsx"
    picture.write_bytes(b"PK\x03\x04\xff\xfe")

    with pytest.raises(CommandError, match=r"absent\.csv cannot be read"):
        load(tmp_path / "absent.csv")
    with pytest.raises(CommandError, match=r"nci\.xlsx is no CSV in UTF-8"):
        load(picture)


@pytest.mark.parametrize(
    ("name", "version", "terms"), [("ctcae_v5.csv", "5.0", 837), ("ctcae_v6.csv", "6.0", 850)]
)
def test_the_originals_are_the_shipped_versions(name: str, version: str, terms: int) -> None:
    if not (ORIGINALS / name).exists():
        pytest.skip("NCI's tables are not beside the project (../shared/data/ctcae): nothing to compare with")

    said = load(ORIGINALS / name)

    assert f"wording: CTCAE v{version}: {terms} terms" in said
    assert CtcaeTerm.objects.get(ctcae_version=version, term="Sepsis").grade_wording["5"] == "Death"


def test_dictionary_page_finds_a_term_in_british_spelling(client: Client) -> None:
    load_shipped_terms(by=system_user(), at=AT)
    client.force_login(make_user("nurse", trial=make_trial()))

    page = client.get(reverse("admin:events_ctcaeterm_changelist"), {"q": "diarrhoea"}).content.decode()

    assert "Diarrhea" in page
