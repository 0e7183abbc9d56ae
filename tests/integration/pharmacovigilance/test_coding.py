"""Coding in MedDRA: versions side by side, one for each trial, decisions with their history, the change of version."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from accounts.models import User
from events.models import AdverseEvent
from pharmacovigilance.downloads.coding_sheets import coding_sheet
from pharmacovigilance.models import MeddraPath, MeddraTerm, MeddraVersion, TermCoding
from pharmacovigilance.queries.case_reports import codes_of_case
from pharmacovigilance.queries.coding import (
    coding_lines,
    exact_terms,
    pinned_version,
    recoding_report,
    search_meddra,
)
from pharmacovigilance.queries.content import content_of
from pharmacovigilance.queries.judging import CaseJudgement
from pharmacovigilance.rendering.listings import listing_csv, listing_pdf
from pharmacovigilance.services.coding import code_exact_words, code_term, pin_meddra
from tests.factories import save_row
from tests.integration.events.event_rows import Ward, make_values
from tests.integration.events.event_steps import record
from tests.integration.pharmacovigilance.case_steps import SOON, fresh, officer_of, opened, ward_with_coding
from tests.plugins.shared_rows import shared_rows

INVENTED = Path(__file__).resolve().parents[4] / "shared" / "data" / "meddra"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not INVENTED.exists(), reason="the invented dictionary is not here"),
]
LATER = SOON + timedelta(hours=1)


@shared_rows
def old() -> MeddraVersion:
    return loaded("99.0")


@shared_rows
def new() -> MeddraVersion:
    return loaded("99.1")


def loaded(number: str) -> MeddraVersion:
    call_command("load_meddra", str(INVENTED / f"synthetic_{number}"), stdout=StringIO())
    return MeddraVersion.objects.get(number=number)


def pinned(ward: Ward, officer: User, version: MeddraVersion) -> int:
    return pin_meddra(trial=ward.trial, version=version, by=officer, at=SOON, reason="our licence")


def said(ward: Ward, words: str) -> AdverseEvent:
    return record(ward, **make_values(reported_term=words))


def code(ward: Ward, by: User, event: AdverseEvent, llt: str, **changes: Any) -> TermCoding:
    values = {"subject": "event", "record_id": event.pk, "llt_code": llt, "seen_words": event.reported_term}
    values |= {"reason": "it fits", "at": LATER} | changes
    return code_term(trial=ward.trial, by=by, **values)


def test_versions_stand_side_by_side_with_every_row(old: MeddraVersion, new: MeddraVersion) -> None:
    rows = [
        (MeddraTerm.objects.filter(version=one).count(), MeddraPath.objects.filter(version=one).count())
        for one in (old, new)
    ]

    assert rows == [(18, 8), (21, 9)]
    assert loaded("99.0") == old
    assert MeddraVersion.objects.count() == 2


def test_the_same_version_with_other_content_is_refused(new: MeddraVersion, tmp_path: Path) -> None:
    folder = tmp_path / "MedAscii"
    folder.mkdir()
    for path in (INVENTED / "synthetic_99.1").rglob("*.asc"):
        (folder / path.name).write_bytes(path.read_bytes().replace(b"Fluttering zorb", b"Fluttering zorbs"))

    with pytest.raises(CommandError, match=r"MedDRA 99\.1 English is loaded already, with other content"):
        call_command("load_meddra", str(tmp_path))

    assert not MeddraTerm.objects.filter(name="Fluttering zorbs").exists()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("fluttering ZORB", "90040001"),
        ("murn INFLAMED", "90040007"),
        ("Zorb flutter NOS", None),
        ("Flutter", None),
        ("", None),
    ],
)
def test_the_same_words_of_one_current_term_match(new: MeddraVersion, words: str, found: str | None) -> None:
    terms = exact_terms(new, [words])

    assert [term.code for term in terms.values()] == ([found] if found else [])


def test_search_finds_every_word_also_without_accents_and_no_old_term(new: MeddraVersion) -> None:
    def found(text: str, limit: int = 20) -> list[str]:
        return [term.code for term in search_meddra(new, text, limit=limit)]

    assert found("murn inflamed")[0] == "90040007"
    assert "90040002" not in found("zorb flutter")
    assert found("zorbic", 2) == found("zorbic")[:2]
    assert (found(""), found("unheard")) == ([], [])


def test_a_coder_decides_and_every_decision_stays(ward: Ward, officer: User, new: MeddraVersion) -> None:
    pinned(ward, officer, new)
    event = said(ward, "his zorb flutters")

    code(ward, officer, event, "90040001")
    code(ward, officer, event, "")
    code(ward, officer, event, "90040007")

    rows = TermCoding.objects.order_by("pk").values_list("llt_code", "llt_name", "words", "how", "coded_by")
    assert [row[:2] for row in rows] == [
        ("90040001", "Fluttering zorb"), ("", ""), ("90040007", "Mürn inflamed"),
    ]  # fmt: skip
    assert {row[2:] for row in rows} == {("his zorb flutters", "coder", officer.pk)}
    (line,) = coding_lines(ward.trial, version=new, sites=None)
    assert (line.is_coded, line.coding and line.coding.llt_code) == (True, "90040007")


def test_what_cannot_be_coded_is_refused_in_a_sentence(ward: Ward, officer: User, new: MeddraVersion) -> None:
    event = said(ward, "his zorb flutters")
    with pytest.raises(ValidationError, match="has chosen no version"):
        code(ward, officer, event, "90040001")
    pinned(ward, officer, new)

    for llt, changes, sentence in (
        ("90040002", {}, r"90040002 is not current in MedDRA 99\.1"),
        ("12345678", {}, r"12345678 is no term of MedDRA 99\.1"),
        ("90040001", {"reason": " "}, "Reason"),
        ("90040001", {"seen_words": "other words"}, "his zorb flutters"),
        ("90040001", {"record_id": 10**9}, "is nothing that this trial codes"),
        ("90040001", {"subject": "meal"}, "is nothing that this trial codes"),
    ):
        with pytest.raises(ValidationError, match=sentence):
            code(ward, officer, event, llt, **changes)
    with pytest.raises(PermissionDenied):
        code(ward, ward.nurse, event, "90040001")

    assert TermCoding.objects.count() == 0


def test_other_words_take_the_code_away(ward: Ward, officer: User, new: MeddraVersion) -> None:
    pinned(ward, officer, new)
    event = said(ward, "his zorb flutters")
    code(ward, officer, event, "90040001")
    event.reported_term = "his murn aches"
    save_row(event)

    (line,) = coding_lines(ward.trial, version=new, sites=None)

    assert (line.is_coded, line.has_other_words) == (False, True)


def test_same_words_are_coded_by_themselves_and_what_was_taken_back_is_not(
    ward: Ward, officer: User, new: MeddraVersion
) -> None:
    pinned(ward, officer, new)
    same, taken, other = (
        said(ward, words) for words in ("FLUTTERING zorb", "Murn inflamed", "his zorb flutters")
    )
    code(ward, officer, taken, "90040007")
    code(ward, officer, taken, "")

    counts = [code_exact_words(trial=ward.trial, by=officer, at=LATER) for _time in range(2)]

    assert counts == [1, 0]
    (row,) = TermCoding.objects.filter(how="exact")
    assert (row.event_id, row.llt_code) == (same.pk, "90040001")
    assert not TermCoding.objects.filter(event=other).exists()


def test_a_change_of_version_carries_over_what_means_the_same(
    ward: Ward, officer: User, old: MeddraVersion, new: MeddraVersion
) -> None:
    pinned(ward, officer, old)
    same, moved, ended = (said(ward, words) for words in ("a", "b", "c"))
    for event, llt in ((same, "90040001"), (moved, "90040008"), (ended, "90040006")):
        code(ward, officer, event, llt)

    needs = {
        need.code: [str(reason) for reason in need.reasons]
        for need in recoding_report(ward.trial, old=old, new=new)
    }
    carried = pinned(ward, officer, new)

    assert needs == {
        "90040006": ["90040006 “Q elevated” is not current in version 99.1."],
        "90040008": [
            "Preferred term Murnitis becomes Zorbic murnitis.",
            "Primary system organ class Murn and glindle disorders becomes Zorbic system disorders.",
        ],
    }
    assert carried == 1
    lines = coding_lines(ward.trial, version=pinned_version(ward.trial.pk), sites=None)
    assert {line.record.pk: line.is_coded for line in lines} == {
        same.pk: True,
        moved.pk: False,
        ended.pk: False,
    }
    with pytest.raises(ValidationError, match=r"codes in MedDRA 99\.1 English already"):
        pinned(ward, officer, new)
    with pytest.raises(PermissionDenied):
        pin_meddra(trial=ward.trial, version=old, by=ward.nurse, at=SOON, reason="r")


@pytest.mark.parametrize(
    ("events", "coded", "expected"),
    [
        ("ctcae", False, ("20.1", "10021097")),
        ("meddra", False, None),
        ("meddra", True, ("99.1", "90040001")),
        ("ctcae", True, ("20.1", "10021097")),
    ],
)
def test_a_message_has_the_codes_that_the_protocol_says(
    new: MeddraVersion, events: str, coded: bool, expected: tuple[str, str] | None
) -> None:
    ward = ward_with_coding(events)
    someone = officer_of(ward)
    case = opened(ward)
    if coded:
        pinned(ward, someone, new)
        event = AdverseEvent.objects.get(case_links__case=case)
        code(ward, someone, event, "90040001")

    content = content_of(CaseJudgement(fresh(case)), number=1, kind="initial")
    found = codes_of_case(fresh(case), content)

    assert [(one.meddra_version, one.meddra_code) for one in found.values()] == (
        [expected] if expected else []
    )


def test_the_sheet_lists_what_has_no_code_and_is_no_formula(
    ward: Ward, officer: User, new: MeddraVersion
) -> None:
    pinned(ward, officer, new)
    done = said(ward, "his zorb flutters")
    code(ward, officer, done, "90040001")
    said(ward, "=cmd|'/c calc'!A0")
    said(ward, "boutons d'été")

    sheet = coding_sheet(ward.trial, sites=None, at=LATER)
    text = listing_csv(sheet).decode("utf-8-sig")

    assert "his zorb flutters" not in text
    assert "boutons d'été" in text
    assert "'=cmd|" in text
    assert listing_pdf(sheet).startswith(b"%PDF")
    assert listing_pdf(sheet) == listing_pdf(sheet)


def test_pages_of_coding(ward: Ward, officer: User, new: MeddraVersion, client: Client) -> None:
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    event = said(ward, "fluttering zorb")
    desk = "/pharmacovigilance/termcoding/desk/"
    decide = f"/pharmacovigilance/termcoding/decide/?subject=event&record={event.pk}"

    assert "none chosen" in client.get(desk).content.decode()
    chosen = client.post(
        "/pharmacovigilance/termcoding/meddra/", {"version": new.pk, "reason": "licence"}, follow=True
    )
    refused = client.post(decide, {"llt_code": "90040002", "reason": "r", "seen_words": "fluttering zorb"})
    kept = client.post(
        decide, {"llt_code": "90040001", "reason": "r", "seen_words": "fluttering zorb"}, follow=True
    )

    assert "MedDRA 99.1 English" in chosen.content.decode()
    assert "Fluttering zorb" in client.get(decide).content.decode()
    assert "is not current in" in refused.content.decode()
    assert "Fluttering zorb (90040001)" in kept.content.decode()
    assert client.get("/pharmacovigilance/termcoding/sheet.csv")["Content-Type"].startswith("text/csv")


def test_coding_over_the_api(ward: Ward, officer: User, new: MeddraVersion, client: Client) -> None:
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    pinned(ward, officer, new)
    event = said(ward, "fluttering zorb")
    at = "/api/v1/term-codings/"
    body = {
        "trial": ward.trial.code, "subject": "event", "record": event.pk, "llt_code": "90040001",
        "seen_words": "fluttering zorb", "reason": "same words",
    }  # fmt: skip

    (open_line,) = client.get(f"{at}uncoded/", {"trial": ward.trial.code}).json()
    (term,) = client.get(f"{at}terms/", {"trial": ward.trial.code, "words": "fluttering zorb"}).json()
    refused = client.post(at, body | {"llt_code": "90040002"}, content_type="application/json")
    kept = client.post(at, body, content_type="application/json")

    assert (open_line["record"], open_line["words"]) == (event.pk, "fluttering zorb")
    assert term["code"] == "90040001"
    assert (refused.status_code, kept.status_code) == (400, 201)
    assert (kept.json()["llt_name"], kept.json()["meddra_version"]) == ("Fluttering zorb", "99.1")
    assert client.get(f"{at}uncoded/", {"trial": ward.trial.code}).json() == []
