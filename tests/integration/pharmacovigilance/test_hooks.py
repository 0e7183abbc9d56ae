"""Web hooks: signed, ids alone, tried again, nothing lost; and nowhere that the operator has not named."""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from accounts.models import User
from audit.queries.changes import ChangeEntry
from pharmacovigilance.models import HookDelivery, SafetyCase, WebHook
from pharmacovigilance.queries.hook_changes import AT_ONCE, KINDS, HookChanges, as_sent, may_be_told
from pharmacovigilance.services import hooks
from tests.integration.events.event_rows import Ward
from tests.integration.pharmacovigilance.case_steps import SOON, opened

pytestmark = pytest.mark.django_db
URL = "https://pv.example/hook"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def hosts(settings: Any) -> None:
    settings.WEB_HOOK_HOSTS = frozenset({"pv.example", "127.0.0.1"})


class Receiver:
    """Answers with these statuses in turn, the last one for good, and keeps what came."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.came: list[tuple[dict[str, Any], Mapping[str, str], bytes]] = []

    def __call__(self, _url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.came.append((json.loads(body), headers, body))
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


def added(ward: Ward, officer: User, url: str = URL) -> WebHook:
    return hooks.add_web_hook(trial=ward.trial, url=url, by=officer, at=SOON, reason="our safety system")


def feed(count: int) -> Callable[..., HookChanges | None]:
    """So many changes of a case. The true feed gives what was committed, and a test commits nothing."""
    table = SafetyCase._meta.db_table
    entries = [ChangeEntry(number, table, 7, None, {"version": number}) for number in range(1, count + 1)]

    def read(*, position: int | None, **_: Any) -> HookChanges | None:
        return as_sent([one for one in entries if one.id > (position or 0)][:AT_ONCE])

    return read


def test_a_hook_gets_ids_alone_signed(ward: Ward, officer: User) -> None:
    hook, receiver = added(ward, officer), Receiver(200)
    changes = feed(1)

    assert hooks.tell_hooks(at=SOON, post=receiver, read=changes) == 1

    ((body, headers, raw),) = receiver.came
    assert body["results"] == [
        {"kind": "safety-cases", "id": 7, "version": 1, "change": "created", "position": "1"}
    ]
    sent, mac = (part.split("=")[1] for part in headers["X-Safety-Signature"].split(","))
    secret = hooks.hook_secret(hook).encode()
    assert mac == hmac.new(secret, f"{sent}.".encode() + raw, hashlib.sha256).hexdigest()
    assert hooks.tell_hooks(at=SOON, post=receiver, read=changes) == 0


def test_what_was_not_taken_is_sent_again_later_and_later(ward: Ward, officer: User) -> None:
    hook, receiver = added(ward, officer), Receiver(500, 503, 200)
    changes = feed(1)

    tried = []
    for minutes in (0, 0.5, 1, 2, 3, 4):
        before = len(receiver.came)
        hooks.tell_hooks(at=SOON + minutes * MINUTE, post=receiver, read=changes)
        tried.append(len(receiver.came) - before)

    assert tried == [1, 0, 1, 0, 1, 0]
    assert [body["next"] for body, _headers, _raw in receiver.came] == ["1", "1", "1"]
    hook.refresh_from_db()
    assert (hook.position, hook.failures, hook.next_try_at) == (1, 0, None)
    assert list(HookDelivery.objects.order_by("pk").values_list("status", flat=True)) == [500, 503, 200]


def test_many_changes_go_in_pieces_and_in_order(ward: Ward, officer: User) -> None:
    added(ward, officer)
    receiver = Receiver(204)
    changes = feed(450)

    assert hooks.tell_hooks(at=SOON, post=receiver, read=changes) == 3

    ids = [one["position"] for body, _headers, _raw in receiver.came for one in body["results"]]
    assert ids == [str(number) for number in range(1, 451)]


def test_an_address_that_does_not_answer_is_logged(ward: Ward, officer: User) -> None:
    added(ward, officer)
    changes = feed(1)

    def unreachable(*_: Any) -> int:
        raise ConnectionRefusedError

    hooks.tell_hooks(at=SOON, post=unreachable, read=changes)

    (row,) = HookDelivery.objects.all()
    assert (row.status, row.error) == (None, "ConnectionRefusedError")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("https://elsewhere.example/hook", "WEB_HOOK_HOSTS"),
        ("http://pv.example/hook", "https://"),
        ("https://me:word@pv.example/hook", "no name"),
        ("https://pv.example.evil.example/", "WEB_HOOK_HOSTS"),
        ("ftp://127.0.0.1/x", "https://"),
        ("", "WEB_HOOK_HOSTS"),
    ],
)
def test_other_addresses_are_refused(ward: Ward, officer: User, url: str, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        added(ward, officer, url)

    assert WebHook.objects.count() == 0


def test_who_may_not_manage_adds_none_and_who_left_is_told_nothing(ward: Ward, officer: User) -> None:
    with pytest.raises(PermissionDenied):
        added(ward, ward.nurse)
    hook, receiver = added(ward, officer), Receiver(200)
    changes = feed(1)
    officer.is_active = False
    officer.save()

    hooks.tell_hooks(at=SOON, post=receiver, read=changes)

    hook.refresh_from_db()
    assert (receiver.came, hook.is_on) == ([], False)


def test_a_hook_that_is_off_keeps_its_place(ward: Ward, officer: User) -> None:
    hook, receiver = added(ward, officer), Receiver(200)
    changes = feed(2)
    hooks.tell_hooks(at=SOON, post=receiver, read=changes)
    hooks.switch_hook_off(hook=hook, by=officer, at=SOON, reason="maintenance")
    changes = feed(3)

    hooks.tell_hooks(at=SOON, post=receiver, read=changes)
    hooks.switch_hook_on(hook=hook, by=officer, at=SOON, reason="back")
    hooks.tell_hooks(at=SOON, post=receiver, read=changes)

    assert [[one["position"] for one in body["results"]] for body, _h, _r in receiver.came] == [
        ["1", "2"],
        ["3"],
    ]


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A receiver of this machine: takes at /take, leads elsewhere at /away."""
    came: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            came.append(self.path)
            self.send_response(302 if self.path == "/away" else 204)
            self.send_header("Location", "/take")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    listening = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}", came
    listening.shutdown()
    thread.join()
    listening.server_close()


def test_it_is_sent_by_http_and_follows_no_redirect(server: tuple[str, list[str]]) -> None:
    base, came = server

    statuses = [
        hooks.post_json(f"{base}{path}", b"{}", {"Content-Type": "application/json"})
        for path in ("/take", "/away")
    ]

    assert statuses == [204, 302]
    assert came == ["/take", "/away"]


def test_the_feed_of_a_hook_has_cases_and_their_events(ward: Ward, officer: User) -> None:
    opened(ward)

    assert set(KINDS.values()) == {"adverse-events", "safety-cases", "obligations", "term-codings"}
    assert may_be_told(officer, ward.trial.code)
    assert not may_be_told(ward.nurse, ward.trial.code)


def test_page_says_which_rule_an_address_breaks(ward: Ward, officer: User) -> None:
    client = Client()
    client.force_login(officer)
    sent = {"trial": ward.trial.pk, "url": "https://example.org/news", "reason": "news"}

    answer = client.post("/pharmacovigilance/webhook/add/", sent)

    assert answer.status_code == 200
    assert "Address: its host is none of WEB_HOOK_HOSTS" in answer.content.decode()
    assert not WebHook.objects.exists()
