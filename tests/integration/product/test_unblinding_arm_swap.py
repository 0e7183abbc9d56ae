"""The same emergency in two arms: every byte for all but the requester is the same.

Pages, API, e-mail, debug log, numbers of queries, and the length of the requester's own page, which a server's log has.
Random values and times are removed first, by name: see `NORMALISED`.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Clearance
from product.models import Unblinding
from product.services.unblinding import send_notice, unsent_notices
from tests.factories import make_user
from tests.unblinded_wards import (
    ACTIVE,
    ACTIVE_LABEL,
    CONTROL,
    CONTROL_LABEL,
    Emergency,
    make_emergency,
    signed_in,
)
from tests.ward import PASSWORD

NORMALISED = (
    (r'name="csrfmiddlewaretoken" value="\w+"', "csrf", "random per page"),
    (
        r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)?",
        "moment",
        "the clock goes on between the two runs",
    ),
    (r"\b\d\d:\d\d\b", "clock", "the clock goes on between the two runs"),
    (r"\(\d+\.\d{3}\)|duration=\d+\.\d+|\d+\.\d{3};", "duration", "how long a query took"),
    (r"s\d+_x\d+", "savepoint", "named after the thread"),
    (r"[0-9a-f]{32}|(?<=>)[0-9a-f]{6,}…", "request", "random name of the request"),
    (r"\d+", "n", "ids of rows: the second run has its own"),
)
"""Pattern, replacement, and the reason why it differs without revealing an arm."""


def normalised(text: str) -> str:
    for pattern, word, _why in NORMALISED:
        text = re.sub(pattern, f"<{word}>", text)
    return text


class Heard:
    """Every output for all but the requester, in order."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def ask(self, who: str, client: Client, method: str, url: str, data: Any = None) -> Any:
        """One request: status, headers, body and number of queries.

        Of the requester's arm the length instead of the body.
        """
        with CaptureQueriesContext(connection) as queries:
            response = getattr(client, method)(url, data or {}, follow=method == "post")
        body = response.content.decode()
        shows_arm = any(label in body for label in (ACTIVE_LABEL, CONTROL_LABEL)) and who == "asker"
        self.lines += [
            f"{who} {method} {normalised(url)} {response.status_code} {len(queries)} queries",
            normalised(repr(sorted(response.headers.items())))
            if not shows_arm
            else "headers of the arm's page",
            f"{len(body.encode())} bytes" if shows_arm else normalised(body),
        ]
        return response


def run(arm_code: str, caplog: pytest.LogCaptureFixture) -> list[str]:
    """The whole emergency, then rolled back; returns the outputs."""
    with rolled_back():
        mail.outbox.clear()
        scene = make_emergency(arm_code=arm_code)
        auditor = make_user(Role.AUDITOR, trial=scene.ward.trial, username="auditor", email="audit@x.example")
        caplog.clear()
        heard = Heard()
        with caplog.at_level(logging.DEBUG):
            _emergency(scene, heard)
            _everybody_looks(scene, auditor, heard)
        heard.lines += [normalised(f"{record.name} {record.getMessage()}") for record in caplog.records]
        heard.lines += [normalised(f"{e.to} {e.subject} {e.body}") for e in mail.outbox]
        heard.lines += [normalised(repr(row)) for row in Clearance.objects.values("ground", "purpose")]
        return heard.lines


@contextmanager
def rolled_back() -> Iterator[None]:
    """Nothing of the block stays. The test's own transaction lies around it, so `durable` is not in its way."""
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


def _emergency(scene: Emergency, heard: Heard) -> None:
    asker, officer = signed_in(scene.asker), signed_in(scene.officer)
    heard.ask("asker", asker, "get", scene.ask_url())
    heard.ask("asker", asker, "post", scene.ask_url(), scene.answers(second_password="wrong"))
    heard.ask("asker", asker, "post", scene.ask_url(), scene.answers("own_session"))
    row = Unblinding.objects.get()
    heard.ask("officer", officer, "get", "/")
    heard.ask("officer", officer, "post", f"/product/unblinding/{row.pk}/confirm/", {"password": PASSWORD})
    heard.ask("asker", asker, "post", f"/product/unblinding/{row.pk}/arm/", {"password": PASSWORD})
    heard.ask("asker", asker, "get", f"/product/unblinding/{row.pk}/change/")
    for notice_id in unsent_notices():
        send_notice(notice_id=notice_id, at=timezone.now())


def _everybody_looks(scene: Emergency, auditor: Any, heard: Heard) -> None:
    row = Unblinding.objects.get()
    urls = (
        "/", f"/trials/participant/{scene.patient.pk}/change/", "/product/unblinding/",
        f"/product/unblinding/{row.pk}/change/", f"/history/product_unblinding/{row.pk}/", "/audit/entry/",
        "/api/v1/unblindings/", f"/api/v1/participants/{scene.patient.pk}/",
    )  # fmt: skip
    readers = {"nurse": scene.ward.nurse, "second": scene.second, "auditor": auditor}
    for name, user in readers.items():
        client = signed_in(user)
        for url in urls:
            heard.ask(name, client, "get", url)
        heard.ask(name, client, "post", f"/product/unblinding/{row.pk}/arm/", {"password": PASSWORD})


@pytest.mark.django_db
def test_emergency_in_either_arm_sounds_the_same_to_everybody_but_the_asker(
    caplog: pytest.LogCaptureFixture,
) -> None:
    run(ACTIVE, caplog)  # fills the caches of a process: protocols, templates, content types

    active, control = run(ACTIVE, caplog), run(CONTROL, caplog)

    assert len(active) == len(control) > 100
    differing = [pair for pair in zip(active, control, strict=True) if pair[0] != pair[1]]
    assert differing == []
    assert any("bytes" in line for line in active), "the arm was never shown: the test has tested nothing"
    told = "\n".join(line for line in active if "protocolversion" not in line.casefold())
    assert not [word for word in (ACTIVE_LABEL, CONTROL_LABEL, f'"{ACTIVE}"') if word in told]
