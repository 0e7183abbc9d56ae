"""A concurrent write at a chosen time: after a block has read a table and before it continues."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from django.db import connection

PATIENCE_SECONDS = 0.3
"""How long the block waits for the concurrent write.

A write that is blocked by a lock continues after the commit.
"""


@contextmanager
def while_reading(act: Callable[[], Any], *, once_read: str) -> Iterator[None]:
    """Run `act` on a separate connection as soon as the block has read the table; raises its errors."""
    errors: list[BaseException] = []

    def on_a_connection_of_its_own() -> None:
        try:
            act()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    other = Thread(target=on_a_connection_of_its_own)

    def watch(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        answer = execute(sql, *args)
        if other.ident is None and sql.startswith("SELECT") and f'FROM "{once_read}"' in sql:
            other.start()
            other.join(PATIENCE_SECONDS)
        return answer

    with connection.execute_wrapper(watch):
        yield
    other.join()
    for error in errors:
        raise error
