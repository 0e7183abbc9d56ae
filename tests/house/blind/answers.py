"""One response on every channel: status, headers, body, size, queries, log lines, e-mails, tasks.

Everything is stored as it came. Normalising is done when two responses are compared (`normalising.py`), so that a size
is always the size that a blinded person would measure.
"""

import io
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any, cast

from django.core import mail
from django.db import connection, transaction
from django.db.models import Max
from django.http import HttpResponse
from django.test.client import ClientHandler, RequestFactory

from accounts.models import OpeningLogEntry
from tests.house.blind.queued import queued, run_queued

SAVEPOINT = ("SAVEPOINT ", "RELEASE SAVEPOINT ", "ROLLBACK TO SAVEPOINT ")


@dataclass(frozen=True)
class Answer:
    """One response. `headers` includes cookies; `queries` are the statements without their values, in order."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    queries: tuple[str, ...]
    logs: tuple[str, ...]
    mails: tuple[str, ...]
    tasks: tuple[str, ...] = ()
    """The messages queued after the end of the transaction, with every option, in order."""
    openings: tuple[str, ...] = ()
    """The opened clearances: ground, account, purpose."""
    unlogged: int = 0
    """The number of them without an entry in the log of openings, which is never rolled back."""

    def channels(self) -> dict[str, Any]:
        """The compared channels, by name, from the plainest to the finest."""
        return {
            "status": self.status,
            "headers": self.headers,
            "body": self.body,
            "size": len(self.body),
            "number of queries": len(self.queries),
            "queries": self.queries,
            "log": self.logs,
            "mail": self.mails,
            "tasks": self.tasks,
            "openings": self.openings,
        }


class Asker(RequestFactory):
    """Sends a request through every middleware, without the test client's own bookkeeping of templates."""

    def __init__(self, cookies: dict[str, str] | None = None) -> None:
        super().__init__(headers={"accept": "*/*"})
        self.handler = ClientHandler(enforce_csrf_checks=False)
        for name, value in (cookies or {}).items():
            self.cookies[name] = value

    def request(self, **values: Any) -> Any:
        return self.handler(self._base_environ(**values))  # type: ignore[attr-defined]

    def answer(self, method: str, url: str, body: str = "", *, content_type: str = "") -> HttpResponse:
        """The site's answer; the factory's own methods are typed as making requests alone."""
        made = (
            self.get(url) if method == "GET" else self.generic(method, url, body, content_type=content_type)
        )
        return cast(HttpResponse, made)


class _Lines(logging.Handler):
    """Log records as lines: logger, level, message; of an error its kind, its text, and its traceback."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = f"{record.levelname} {record.name} {record.getMessage()}"
        if record.exc_info and record.exc_info[1] is not None:
            _kind, error, frames = record.exc_info
            line += "".join(traceback.format_exception_only(error))
            line += " ".join(f"{f.f_code.co_filename}:{number}" for f, number in traceback.walk_tb(frames))
        self.lines.append(line)


@contextmanager
def _logged() -> Iterator[list[str]]:
    """Every line of every logger, down to DEBUG; nothing is written elsewhere during the block."""
    root, lines = logging.getLogger(), _Lines()
    handlers, level = root.handlers, root.level
    root.handlers = [lines]
    root.setLevel(logging.DEBUG)
    try:
        yield lines.lines
    finally:
        root.handlers = handlers
        root.setLevel(level)


def answer_of(ask: Callable[[], HttpResponse]) -> Answer:
    """Send a request inside a savepoint that is rolled back, so that no question changes the result of a later one."""
    with taken_back():
        return heard(ask)


@contextmanager
def taken_back() -> Iterator[None]:
    """A savepoint that is rolled back at its end."""
    with savepoint():
        yield
        transaction.set_rollback(True)


def savepoint() -> transaction.Atomic:
    """A savepoint instead of a request's transaction.

    A block marked `durable` may begin in it, as in Django's own test cases. Otherwise every such request would be a
    server error here.
    """
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    return block


def heard(ask: Callable[[], HttpResponse], *, work: bool = False) -> Answer:
    """Send a request and record every channel; writes stay.

    Actions on commit are run as if the transaction had ended; with `work` the queued tasks are run as well.
    """
    queries: list[str] = []
    openings: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        queries.append(sql)
        if OPENING in sql and params:
            openings.append(repr([str(value) for value in params[:1] + params[3:5]]))
        return execute(sql, params, many, context)

    last_entry = _last_opening()
    sent_before, waiting_before = len(mail.outbox), len(connection.run_on_commit)
    with _logged() as lines, _printed(lines), queued() as tasks:
        with connection.execute_wrapper(note):
            response = ask()
            body = response.getvalue()
        _end(waiting_before)
        if work:
            run_queued(tasks)
    return Answer(
        response.status_code,
        _headers(response),
        body,
        tuple(queries),
        tuple(lines),
        _mails(sent_before),
        tuple(str(task) for task in tasks),
        tuple(openings),
        _unlogged(len(openings), last_entry) if openings else 0,
    )


def _last_opening() -> int:
    """The number of the newest entry in the log of openings."""
    return OpeningLogEntry.objects.aggregate(last=Max("pk"))["last"] or 0


def _unlogged(openings: int, last_entry: int) -> int:
    """The number of openings since that entry that are not in the log."""
    return max(0, openings - OpeningLogEntry.objects.filter(pk__gt=last_entry).count())


OPENING = "accounts_open_clearance("


def _end(waiting_before: int) -> None:
    """Run the actions on commit, as Django does."""
    while len(connection.run_on_commit) > waiting_before:
        _savepoints, act, robust = connection.run_on_commit.pop(waiting_before)  # type: ignore[misc]
        try:
            act()
        except Exception:
            if not robust:
                raise
            logging.getLogger("django.db.backends.base").exception("Error calling on_commit()")


@contextmanager
def _printed(lines: list[str]) -> Iterator[None]:
    """Printed lines count as log lines."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        yield
    lines += [f"printed {line}" for line in out.getvalue().splitlines()]


def _headers(response: HttpResponse) -> tuple[tuple[str, str], ...]:
    cookies = [("Set-Cookie", morsel.OutputString()) for morsel in response.cookies.values()]
    return tuple(sorted([*response.headers.items(), *cookies]))


def _mails(sent_before: int) -> tuple[str, ...]:
    """Sender, recipients, subject, body and file names of what was sent, in order."""
    return tuple(
        repr((m.from_email, m.recipients(), m.subject, m.body, [a[0] for a in m.attachments]))
        for m in mail.outbox[sent_before:]
    )


def spoken(run: Callable[[], Any]) -> Callable[[], HttpResponse]:
    """The result and the output of a task or a command, as a response; an error is the last line."""

    def ask() -> HttpResponse:
        out = io.TextIOWrapper(io.BytesIO(), write_through=True)
        with redirect_stdout(out), redirect_stderr(out):
            try:
                print(f"returned {run()!r}")  # noqa: T201
            except Exception as error:
                print(f"raised {error!r}")  # noqa: T201
        return HttpResponse(out.buffer.getvalue())

    return ask
