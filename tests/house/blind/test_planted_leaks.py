"""The arm-swap test goes red, and at the right address: eleven leaks, planted one at a time.

Each fault does what somebody might do in good faith: it opens the sealed rows where it may not and lets a
little of them out. The same few pages are compared each time, so that a comparison that reports too much is
seen as well.
"""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.middleware import csrf

from accounts.choices import Role
from accounts.services import system_user
from audit.services import attributed, next_version
from dsmb.services import messages
from dsmb.views import reports
from product.models import Allocation, ArmLetter
from reports import downloads, tables
from reports.choices import ReportFormat, ReportKind
from reports.documents import document_of
from reports.models import BoardReport
from reports.queries.records import Records
from reports.rendering.document import json_bytes
from reports.services.claiming import claim_report
from reports.services.looks import create_ad_hoc_report
from reports.services.making import freeze_report, keep_documents
from tests.addresses import Address, url_of
from tests.factories import unsealed
from tests.full_fixture import ACTIVE
from tests.house.blind.cast import NOW, Cast
from tests.house.blind.comparing import all_differences, answers
from tests.house.blind.reaching import FORM, JSON, Question
from tests.house.blind.speaking import tasks
from tests.house.blind.states import States
from trials.models import Participant, Trial
from webkit.api import listing, problems
from worklist.pages import search
from worklist.pages import sections as pages

Patch = pytest.MonkeyPatch
WATCHED = (
    "GET admin:index",
    "GET admin:audit_entry_changelist",
    "GET admin:password_change",
    "GET admin:search",
    "GET board:index",
    "GET dsmb-reports-document[open]",
    "GET participants-list",
    "POST participants-list",
)


def treated_with_cells() -> list[int]:
    """Whom the sealed rows name: what no page below may depend on."""
    with unsealed(Trial.objects.get()):
        rows = Allocation.objects.filter(arm_code=ACTIVE).order_by("participant_id")
        return list(rows.values_list("participant_id", flat=True))


def watched(cast: Cast) -> Iterator[Question]:
    for name in WATCHED:
        method, place = name.split(" ")
        address = Address(method, place.removesuffix("[open]"), "open" if place.endswith("[open]") else "")
        url = url_of(address, cast.everything) + ("?q=01" if place == "admin:search" else "")
        body = ("{}", JSON) if method == "POST" else ("", FORM)
        yield Question(name, name, url, method, *body)


def reported(
    states: States, role: str, asked: Callable[[Cast], Any] = watched, **plant: Any
) -> dict[str, set[str]]:
    """The channels on which the states differ, by address."""
    told = [answers(state, role, asked, **plant) for state in states]
    found: dict[str, set[str]] = {}
    for difference in all_differences(told):
        found.setdefault(difference.address, set()).add(difference.channel)
    return found


def test_nothing_is_reported_when_nothing_is_planted(states: States) -> None:
    assert reported(states, Role.INVESTIGATOR) == {}


def test_a_count_is_reported(two_states: States, monkeypatch: Patch) -> None:
    def standing(*_: Any) -> str:
        return f"{len(treated_with_cells())} followed closely"

    monkeypatch.setattr(pages, "_standing", standing)

    found = reported(two_states, Role.INVESTIGATOR)

    assert set(found) == {"GET admin:index"}
    assert "body" in found["GET admin:index"]


def allocated_to_letter_a() -> int:
    with unsealed(Trial.objects.get()):
        return Allocation.objects.filter(arm_code=ArmLetter.objects.get(letter="A").arm_code).count()


def test_a_count_by_coded_arm_is_reported(two_states: States, monkeypatch: Patch) -> None:
    """A swap of arms and letters at once could not see it: each letter would keep its people."""
    monkeypatch.setattr(pages, "_standing", lambda *_: f"{allocated_to_letter_a()} of one arm")

    assert reported(two_states, Role.INVESTIGATOR) == {"GET admin:index": {"body"}}


def test_an_ordering_is_reported(two_states: States, monkeypatch: Patch) -> None:
    paginate = listing.KeysetPagination.paginate_queryset

    def by_arm(self: Any, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        cells = treated_with_cells()
        return sorted(paginate(self, queryset, request, view), key=lambda row: row.pk in cells)

    monkeypatch.setattr(listing.KeysetPagination, "paginate_queryset", by_arm)

    found = reported(two_states, Role.DATA_MANAGER)

    assert found == {"GET participants-list": {"body"}}


def test_a_log_line_is_reported(two_states: States, monkeypatch: Patch) -> None:
    boards_for = reports.boards_for

    def talkative(**asked: Any) -> Any:
        logging.getLogger("dsmb.views").debug("%d participants with cells", len(treated_with_cells()))
        return boards_for(**asked)

    monkeypatch.setattr(reports, "boards_for", talkative)

    assert reported(two_states, Role.AUDITOR) == {"GET board:index": {"log"}}


def test_a_file_name_is_reported(two_states: States, monkeypatch: Patch) -> None:
    name = downloads.file_name
    monkeypatch.setattr(downloads, "file_name", lambda *of: f"{len(treated_with_cells())}-{name(*of)}")

    assert reported(two_states, Role.SPONSOR) == {"GET dsmb-reports-document[open]": {"headers"}}


def test_an_audit_entry_is_reported(two_states: States) -> None:
    def plant(cast: Cast) -> None:
        row = Participant.objects.get(pk=treated_with_cells()[-1])
        with attributed(by=system_user(), reason="a dose of cells was recorded", at=NOW):
            next_version(row, at=NOW)
            row.save()

    found = reported(two_states, Role.AUDITOR, plant=plant)

    assert set(found) == {"GET admin:audit_entry_changelist", "GET participants-list"}
    assert "body" in found["GET admin:audit_entry_changelist"]


def test_a_number_of_queries_is_reported(two_states: States, monkeypatch: Patch) -> None:
    found_by_code = search.participants

    def slower(*asked: Any) -> Any:
        for number in treated_with_cells():
            Participant.objects.filter(pk=number).exists()
        return found_by_code(*asked)

    monkeypatch.setattr(search, "participants", slower)

    assert reported(two_states, Role.NURSE) == {"GET admin:search": {"number of queries", "queries"}}


def test_a_size_is_reported_where_the_content_is_random(two_states: States, monkeypatch: Patch) -> None:
    mask = csrf._mask_cipher_secret
    monkeypatch.setattr(
        csrf, "_mask_cipher_secret", lambda secret: mask(secret) + "x" * len(treated_with_cells())
    )

    found = reported(two_states, Role.PHARMACOVIGILANCE)

    assert "size" in found["GET admin:password_change"]
    assert not {"GET participants-list", "GET dsmb-reports-document[open]"} & set(found)


def test_an_error_message_is_reported(two_states: States, monkeypatch: Patch) -> None:
    fields = problems._field_errors

    def telling(detail: Any, field: str = "") -> list[dict[str, str]]:
        return [
            *fields(detail, field),
            {"field": "", "message": f"{len(treated_with_cells())} have had cells."},
        ]

    monkeypatch.setattr(problems, "_field_errors", telling)

    found = reported(two_states, Role.NURSE)

    assert "POST participants-list" in found
    assert all(channels >= {"body"} for channels in found.values())
    assert set(found) <= {"POST participants-list", "GET dsmb-reports-document[open]"}, (
        "only what the API refuses"
    )


def test_a_cell_of_an_open_report_is_reported(two_states: States, monkeypatch: Patch) -> None:
    monkeypatch.setattr(Records, "without", lambda records, _names: records)
    monkeypatch.setattr(tables, "opened", lambda frames: frames)

    found = reported(two_states, Role.SPONSOR, _newest_report, plant=_made_in_json)

    assert set(found) == {"GET dsmb-reports-document[open]"}
    assert "body" in found["GET dsmb-reports-document[open]"]


def test_a_report_made_meanwhile_without_a_fault_is_the_same(states: States) -> None:
    assert reported(states, Role.SPONSOR, _newest_report, plant=_made_in_json) == {}


def _made_in_json(cast: Cast) -> None:
    """An ad hoc report by the report's own code, the open document as JSON alone: pictures take seconds."""
    owed = create_ad_hoc_report(trial=cast.everything.trial, by=system_user(), at=NOW, reason="planted")
    claim = claim_report(report_id=owed.pk, at=NOW)
    assert claim is not None
    opened = json_bytes(document_of(freeze_report(claim=claim, at=NOW)[ReportKind.OPEN]))
    documents = {ReportKind.OPEN: {ReportFormat.JSON: opened}, ReportKind.CLOSED: {ReportFormat.JSON: b"{}"}}
    keep_documents(claim=claim, documents=documents, at=NOW)


def _newest_report(_cast: Cast) -> Iterator[Question]:
    newest = BoardReport.objects.latest("pk").pk
    name = "GET dsmb-reports-document[open]"
    yield Question(name, name, f"/api/v1/dsmb-reports/{newest}/documents/open/json/")


def test_an_e_mail_is_reported(two_states: States, monkeypatch: Patch) -> None:
    email = messages._email

    def telling(message: Any) -> Any:
        written = email(message)
        written.subject += f" ({len(treated_with_cells())})"
        return written

    monkeypatch.setattr(messages, "_email", telling)

    assert reported(two_states, Role.NURSE, tasks) == {"task dsmb.tasks.send_message": {"mail"}}
