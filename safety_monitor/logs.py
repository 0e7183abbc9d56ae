"""Log lines without the values of refused statements: a database error quotes the row, also sealed columns."""

import logging
import traceback
from collections.abc import Iterator
from typing import Any

import psycopg
from django.db import Error as DjangoDatabaseError

DATABASE_ERRORS = (psycopg.Error, DjangoDatabaseError)
BETWEEN = "\nThe exception above was raised first; meanwhile or because of it:\n\n"


class LineWithoutValues(logging.Formatter):
    """Like the formatter of the standard library; of database errors only kind, SQLSTATE and constraint."""

    def format(self, record: logging.LogRecord) -> str:
        """Celery writes the error into the message itself."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None or not any(isinstance(one, DATABASE_ERRORS) for one in _chain(error)):
            return super().format(record)
        bare = logging.makeLogRecord({**record.__dict__, "exc_text": None})
        bare.msg, bare.args = _without_values(record, error), ()
        return super().format(bare)

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """Every exception of the chain, the first one first."""
        _kind, error, _traceback = ei
        if error is None:
            return super().formatException(ei)
        return BETWEEN.join("".join(_paragraph(one)) for one in reversed(list(_chain(error)))).rstrip("\n")


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _paragraph(error: BaseException) -> Iterator[str]:
    yield "Traceback (most recent call last):\n"
    yield from traceback.format_tb(error.__traceback__)
    is_of_the_database = isinstance(error, DATABASE_ERRORS)
    yield f"{_said(error)}\n" if is_of_the_database else "".join(traceback.format_exception_only(error))


def _without_values(record: logging.LogRecord, error: BaseException) -> str:
    message = record.getMessage()
    for one in _chain(error):
        if isinstance(one, DATABASE_ERRORS):
            for quoted in (repr(one), str(one)):
                message = message.replace(quoted, _said(one)) if quoted else message
    return message


def _said(error: BaseException) -> str:
    """The kind of the error, without the server's text about the row."""
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    state = getattr(cause, "sqlstate", None) or "none"
    constraint = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None
    return (
        f"{type(error).__name__}: SQLSTATE {state}, constraint {constraint or 'none'}; values are not logged"
    )
