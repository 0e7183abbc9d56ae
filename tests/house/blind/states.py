"""The states of the fixture trial, each in a database of its own, built by the same code in the same order.

Databases and not one transaction that is rolled back: rows are committed as in production, sequences start from the
same number, and the effects of a sealed write on an open table's numbering are visible. They are built once per run;
each test process uses copies of its own.
"""

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import SystemRandom
from typing import Any
from unittest import mock

import psycopg
from django.db import connections
from django.http import HttpResponse

from tests.factories import restart_numbers
from tests.house.blind.answers import Answer, heard, taken_back
from tests.house.blind.cast import NOW, Cast, make_cast
from tests.house.blind.clock import at_moment, stop_the_databases_clock
from tests.house.blind.draws import Draw
from tests.house.blind.memory import forget
from tests.plugins.databases import Cloner, pointed_to
from tests.plugins.shared_rows import GROUND
from tests.sealing import settle

Plant = Callable[[Cast], None]
"""A fault: writes rows into a state before anything is asked, inside the transaction that is taken back."""


@dataclass(frozen=True)
class State:
    """One state: its database, its content, and the output while it was built."""

    cast: Cast
    database: str
    blocker: Any
    """pytest-django's: the databases are open while a state is entered, and only then."""
    built: Answer

    @contextmanager
    def entered(self, plant: Plant | None = None, *, at: datetime = NOW) -> Iterator[None]:
        """Work in this state until the block ends, at that time; every write in the block is rolled back."""
        with self.blocker.unblock(), pointed_to(self.database), at_moment(at), taken_back():
            forget()
            self._count_from_the_beginning()
            if plant:
                plant(self.cast)
            yield

    def _count_from_the_beginning(self) -> None:
        """Reset the sequences after a rollback: otherwise one question would change the next one's numbers."""
        with owner_of(self.database) as owner:
            if self.database not in _counted:
                _counted[self.database] = sequences_of(owner)
            for name, last in _counted[self.database].items():
                owner.execute(
                    "SELECT setval(%s::regclass, %s, %s)", [f'"{name}"', last or 1, last is not None]
                )


def owner_of(database: str) -> psycopg.Connection[Any]:
    """A connection of its own, of the role that owns the sequences."""
    entry = connections["owner"].settings_dict
    return psycopg.connect(
        dbname=database,
        user=entry["USER"],
        password=entry["PASSWORD"],
        host=entry["HOST"],
        port=entry["PORT"] or None,
        autocommit=True,
    )


OF_THE_LOG_OF_OPENINGS = ("accounts_openinglogentry_id_seq", "audit_entry_sealed_id_seq")
"""Sequences of rows that are committed on a separate connection: these rows stay when a state is left.

The numbers must then stay as well. Both count sealed work and are shown to no blinded person.
"""


def sequences_of(owner: psycopg.Connection[Any]) -> dict[str, int | None]:
    """The last number that each sequence of the database has given, but those of the log of openings."""
    rows = owner.execute(
        "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND sequencename <> ALL(%s)",
        [list(OF_THE_LOG_OF_OPENINGS)],
    )
    return dict(rows.fetchall())


_counted: dict[str, dict[str, int | None]] = {}
"""Of each database, how far its sequences had come when it was first entered."""
States = tuple[State, ...]
"""One open trial, allocated several times. Row numbers to ask for are the first's."""


def asked_like(first: State, state: State) -> State:
    """Ask the state for the first's rows, also where those are sealed; its own numbers are stored separately."""
    own = state.cast.everything.rows
    state.cast.own_rows = dict(own)
    own.update(first.cast.everything.rows)
    return state


def prepare(draw: Draw, clone: Cloner, blocker: Any, folder: Path) -> None:
    """Fill the run's database of a state, unless another process has filled it or is filling it."""
    _end_shared_rows(blocker)
    clone.prepare(draw.name, lambda database: _fill(database, draw, blocker, folder))


def copy_of(draw: Draw, clone: Cloner, blocker: Any, folder: Path) -> State:
    """A state in a copy of the run's database of it."""
    _end_shared_rows(blocker)
    database = clone.copy_of(draw.name, lambda database: _fill(database, draw, blocker, folder))
    cast, built = pickle.loads(_cast_file(draw, folder).read_bytes())
    return State(cast, database, blocker, built)


def _end_shared_rows(blocker: Any) -> None:
    """The process that fills a state waits for open transactions, and this process may wait for that one."""
    with blocker.unblock():
        GROUND.clear()


def _fill(database: str, draw: Draw, blocker: Any, folder: Path) -> None:
    """Fill the database, and store the cast beside it."""
    _cast_file(draw, folder).write_bytes(pickle.dumps(build(database, blocker, draw)))


def _cast_file(draw: Draw, folder: Path) -> Path:
    return folder / f"{draw.name}.pickle"


def build(database: str, blocker: Any, draw: Draw) -> tuple[Cast, Answer]:
    """Fill a database with the trial in one state.

    Returns also what the queue, the log and the mail had of it.
    """
    casts: list[Cast] = []

    def fill() -> HttpResponse:
        casts.append(make_cast(draw))
        return HttpResponse()

    with blocker.unblock(), pointed_to(database), at_moment(NOW), lettered(backwards=draw.backwards):
        stop_the_databases_clock()
        restart_numbers()
        built = heard(fill)
        settle()  # else what other tests do meanwhile decides how much the sealing task finds to seal in either state
        return casts[0], built


@contextmanager
def lettered(*, backwards: bool) -> Iterator[None]:
    """The letters of the arms are drawn as the state says."""
    with mock.patch.object(SystemRandom, "shuffle", lambda _self, letters: letters.sort(reverse=backwards)):
        yield
