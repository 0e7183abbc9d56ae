"""The exported trail: whole, streamed, harmless in a spreadsheet, and without anything sealed."""

import csv
import hashlib
import io
import json
import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.choices import Role
from accounts.models import Clearance
from accounts.services import system_user
from audit.models import Block, Entry
from audit.queries import lines
from audit.services import attributed
from data_management.queries.trail_export import open_trail, whole_trail
from tests.factories import AT, allocate, make_enrolled, make_site, make_trial, make_user, unsealed
from tests.sealing import seal_everything
from trials.models import Site, Trial

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial() -> Trial:
    trial = make_trial(title="Étude « pilote »")
    allocate(make_enrolled(trial), "ACTIVE")
    return trial


def write_many(trial: Trial, count: int) -> None:
    site = make_site(trial)
    with attributed(by=system_user(), reason="many", at=AT), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trials_site (trial_id, code, name, timezone, country, recorded_at, changed_at, "
            "version) SELECT %s, 'S' || n, repeat('x', 100), 'UTC', '', now(), now(), 1 FROM generate_series(1, %s) n",
            [site.trial_id, count],
        )


def signed_in(role: Role, trial: Trial) -> Client:
    client = Client()
    client.force_login(make_user(role, trial=trial))
    return client


def body_of(answer: StreamingHttpResponse) -> str:
    return b"".join(answer.streaming_content).decode()


def address(trial: Trial, form: str) -> str:
    return f"/audit/entry/export/{trial.code}.{form}"


def test_every_open_entry_is_exported_and_no_sealed_one(trial: Trial) -> None:
    make_site(make_trial())

    exported = [json.loads(line) for line in b"".join(open_trail(trial=trial, form="jsonl")).splitlines()]

    wanted = Entry.objects.filter(trial_id=trial.pk, sealed=False).order_by("id")
    assert [line["id"] for line in exported] == list(wanted.values_list("id", flat=True))
    assert {line["sealed"] for line in exported} == {False}
    assert "allocation" not in json.dumps(exported)
    assert exported[0]["new"]["title"] == "Étude « pilote »"


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DATA_MANAGER])
def test_sealed_work_changes_no_byte_of_what_blinded_people_export(
    trial: Trial, role: Role, form: str
) -> None:
    client = signed_in(role, trial)
    participant = make_enrolled(trial)
    before = client.get(address(trial, form))
    first = body_of(before)

    for _ in range(3):
        with unsealed(trial):
            pass
    allocate(participant, "PLACEBO")
    after = client.get(address(trial, form))

    assert before["Content-Disposition"] == f'attachment; filename="{trial.code}-audit-trail.{form}"'
    assert first
    assert body_of(after) == first
    assert client.get(address(trial, form) + "?sealed=1").status_code == 403


def test_who_may_open_everything_exports_sealed_entries_and_leaves_a_log_entry(trial: Trial) -> None:
    client = signed_in(Role.UNBLINDED_STATISTICIAN, trial)

    exported = body_of(client.get(address(trial, "jsonl") + "?sealed=1"))

    assert '"arm_code": "ACTIVE"' in exported
    logged = Clearance.objects.filter(ground="audit").latest("pk")
    assert (logged.trial_id, logged.purpose) == (trial.pk, "Export the audit trail with its sealed entries")
    assert logged.request_id != ""


@pytest.mark.parametrize("role", [Role.NURSE, Role.SPONSOR, Role.BOARD_MEMBER])
def test_others_find_no_export(trial: Trial, role: Role) -> None:
    assert signed_in(role, trial).get(address(trial, "csv")).status_code == 404


def test_another_trials_auditor_and_an_unknown_format_find_nothing(trial: Trial) -> None:
    assert signed_in(Role.AUDITOR, make_trial()).get(address(trial, "csv")).status_code == 404
    assert signed_in(Role.AUDITOR, trial).get(address(trial, "xls")).status_code == 404


def test_no_cell_is_a_formula(trial: Trial) -> None:
    evil = '=HYPERLINK("http://example.org")'
    with attributed(by=make_user(username="@nurse"), reason=evil, at=AT):
        Site.objects.filter(trial=trial).update(name="+1")

    rows = list(csv.reader(io.StringIO(b"".join(open_trail(trial=trial, form="csv")).decode())))

    heading, last = rows[0], dict(zip(rows[0], rows[-1], strict=True))
    assert heading[0] == "id"
    assert (last["reason"], last["actor_label"], last["changed_columns"]) == (f"'{evil}", "'@nurse", "name")
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_the_first_piece_leaves_before_the_last_entry_is_read(trial: Trial) -> None:
    write_many(trial, 5 * lines.PAGE)
    pieces = open_trail(trial=trial, form="jsonl")

    with CaptureQueriesContext(connection) as begun:
        first = next(pieces)
    with CaptureQueriesContext(connection) as rest:
        remaining = list(pieces)

    assert first.count(b"\n") == lines.PAGE
    assert len(begun) == 2
    assert len(rest) == len(remaining) == 5


def test_memory_does_not_grow_with_the_entries(trial: Trial) -> None:
    write_many(trial, lines.PAGE)
    of_one_page = peak_of_export(trial)
    with attributed(by=system_user(), reason="again", at=AT):
        for turn in range(3):
            Site.objects.filter(trial=trial).update(name=f"{turn} " + "x" * 100)

    of_four_pages = peak_of_export(trial)

    assert of_four_pages < 2.5 * of_one_page  # an update has a row before and a row after


def peak_of_export(trial: Trial) -> int:
    """Bytes of Python's own at the worst moment."""
    tracemalloc.start()
    for _piece in open_trail(trial=trial, form="csv"):
        pass
    _now, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return highest


def test_since_leaves_out_what_was_written_before(trial: Trial) -> None:
    border = Entry.objects.filter(trial_id=trial.pk, sealed=False).latest("pk").written_at + timedelta(
        microseconds=1
    )
    make_site(trial)

    exported = b"".join(open_trail(trial=trial, form="jsonl", since=border)).splitlines()

    assert [json.loads(line)["table_name"] for line in exported] == ["trials_site"]


def test_sealed_entries_are_exported_after_the_open_ones(trial: Trial) -> None:
    exported = [
        json.loads(line)
        for line in b"".join(whole_trail(trial=trial, form="jsonl", by=system_user(), at=AT)).splitlines()
    ]

    assert [line["sealed"] for line in exported] == sorted(line["sealed"] for line in exported)
    sealed = [line["table_name"] for line in exported if line["sealed"]]
    assert sealed.count("product_allocation") == 1
    assert set(sealed) == {"product_allocation", "accounts_clearance", "accounts_openinglogentry"}


def test_command_writes_a_file_for_its_owner_alone(trial: Trial, tmp_path: Path) -> None:
    target = tmp_path / "trail.csv"

    call_command("export_audit", trial.code, format="csv", output=str(target))

    assert target.read_bytes() == b"".join(open_trail(trial=trial, form="csv"))
    assert target.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"trial": "NO-SUCH"}, "TRIAL: no trial has the code 'NO-SUCH'"),
        ({"trial": None}, "TRIAL: name a trial, or ask for --accounts"),
        ({"trial": None, "accounts": True, "sealed": True}, "--sealed: accounts have no sealed entries"),
        ({"trial": None, "accounts": True, "since": "yesterday"}, "--since: 'yesterday' is not a moment"),
        (
            {"trial": None, "accounts": True, "since": "2026-03-01T08:00"},
            "--since: '2026-03-01T08:00' is not a moment",
        ),
        (
            {"trial": None, "accounts": True, "output": "/nowhere/x"},
            "--output: '/nowhere/x' cannot be written",
        ),
    ],
)
def test_command_refuses_in_one_sentence(options: dict[str, object], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence.replace("(", r"\(")):
        call_command("export_audit", format="csv", **options)


@pytest.mark.django_db(transaction=True)
def test_a_line_of_the_export_has_the_hash_that_was_sealed() -> None:
    """An inspector needs nothing but `sha256sum` to check a line against its block."""
    trial = make_trial(title='Quotes " \\ and\ttabs, « accents », 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 and \x7f')
    make_enrolled(trial, weight_kg="71.50")
    seal_everything()

    exported = b"".join(open_trail(trial=trial, form="jsonl")).splitlines()

    sealed = {
        entry_id: bytes(digest)
        for block in Block.objects.filter(trial_id=trial.pk)
        for entry_id, digest in zip(block.entry_ids, block.entry_sha256, strict=True)
    }
    assert {json.loads(line)["id"]: hashlib.sha256(line).digest() for line in exported} == sealed
