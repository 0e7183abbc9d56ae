"""The states of the fixture trial, each in a database of its own, built alike by the same code in the same order.

Databases and not one transaction that is taken back: rows are committed as in production, sequences start from the
same number, and what a sealed write leaves behind in an open table's numbering shows. They are built once per run; each
test process works in copies of its own.
"""

import pickle
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions import middleware
from django.core import signing
from django.db import connections, transaction
from django.http import response
from django.test import Client, override_settings
from django.utils import cache, timezone

from accounts.models import User
from dsmb.services import reading
from safety_monitor.protection import ROOT
from tests.factories import restart_numbers
from tests.house.blind.answers import Answer, Asker, answer_of
from tests.house.blind.cast import NOW, Cast, make_cast
from tests.house.blind.normalising import NORMALISATIONS, Normalisation, levelled
from tests.house.blind.reaching import ANONYMOUS, Question
from tests.plugins.databases import Cloner, pointed_to
from tests.plugins.groundwork import GROUND
from tests.sealing import settle
from trials.models import design

BACKEND = "django.contrib.auth.backends.ModelBackend"
FIRST = "whoever asks first in a process waits for what later askers find remembered"
REMEMBERED = {"GET schema": FIRST, "GET healthz": FIRST, "task dsmb.tasks.check_boundaries": FIRST}
"""Asked once before the answer counts, by the first who asks in a process."""
_asked_before: set[str] = set()
BUILT: Mapping[str, Mapping[str, bool]] = {
    "allocated": {"swapped": False, "backwards": False},
    "swapped": {"swapped": True, "backwards": True},
    "relettered": {"swapped": False, "backwards": True},
}
"""Whether the arms are swapped, and whether their letters are drawn backwards. With both, each participant keeps the letter
and changes the arm; with the letters alone each keeps the arm and changes the letter.
"""
Plant = Callable[[Cast], None]
"""A fault: writes rows into a state before anything is asked, inside the transaction that is taken back."""


@dataclass(frozen=True)
class State:
    """One state: where it stands and what is in it."""

    cast: Cast
    database: str
    blocker: Any
    """pytest-django's: the databases are open while a state is entered, and only then."""

    @contextmanager
    def entered(self, plant: Plant | None = None) -> Iterator[None]:
        """Work in this state until the block ends, at `NOW`; whatever is written meanwhile is taken back."""
        with self.blocker.unblock(), pointed_to(self.database), at_now(), transaction.atomic():
            _remember()
            if plant:
                plant(self.cast)
            yield
            transaction.set_rollback(True)


@dataclass(frozen=True)
class States:
    """The trial as allocated, and with every participant in the other arm. Row numbers to ask for are the first's."""

    allocated: State
    swapped: State

    def both(self) -> tuple[State, State]:
        return self.allocated, self.swapped


@dataclass(frozen=True)
class Difference:
    """One channel on which two answers to the same question differ, with the first place where they do."""

    address: str
    name: str
    channel: str
    excerpt: str

    def __str__(self) -> str:
        return f"{self.name}: {self.channel}: {self.excerpt}"


CLOCKS = (ROOT / "audit" / "triggers.sql", ROOT / "audit" / "sealing.sql")
"""What reads the database's own clock into rows that blinded people are shown."""


@contextmanager
def at_now() -> Iterator[None]:
    """The clock stands still for our doors and for what Django writes of it into headers and signed cookies; a copy of
    a report, which carries an id drawn for it, draws the same one each time.
    """
    clock = SimpleNamespace(time=NOW.timestamp)
    with ExitStack() as stack:
        joined = User._meta.get_field("date_joined")
        stack.enter_context(mock.patch.object(joined, "_get_default", return_value=NOW))
        drawn = SimpleNamespace(token_hex=lambda length: "c0" * length)
        stack.enter_context(mock.patch.object(reading, "secrets", drawn))
        stack.enter_context(mock.patch.object(timezone, "now", return_value=NOW))
        stack.enter_context(override_settings(HEALTH_PATIENCE_SECONDS=0.05))
        for module in (signing, response, middleware, cache):
            stack.enter_context(mock.patch.object(module, "time", clock))
        yield


def _remember() -> None:
    """What a process remembers after its first questions, it knows of every state before them: of another state it would
    not ask for it again, whatever was asked there.
    """
    ContentType.objects.clear_cache()
    ContentType.objects.get_for_models(*apps.get_models())
    design._read_protocols.clear()
    for version in design.ProtocolVersion.objects.order_by("pk"):
        version.protocol()


def build_both(clone: Cloner, blocker: Any, kept: Path) -> States:
    """The trial as allocated, and with the arms and their letters swapped."""
    first = _copy(clone, blocker, kept, "allocated")
    return States(first, asked_like(first, _copy(clone, blocker, kept, "swapped")))


def build_relettered(like: State, clone: Cloner, blocker: Any, kept: Path) -> State:
    """The trial as allocated, with only the letters of the arms drawn the other way round: a third thing to compare."""
    return asked_like(like, _copy(clone, blocker, kept, "relettered"))


def asked_like(first: State, state: State) -> State:
    """The state is asked for the first's rows, also where those are sealed; it keeps the numbers of its own aside."""
    own = state.cast.everything.rows
    state.cast.own_rows = dict(own)
    own.update(first.cast.everything.rows)
    return state


def _copy(clone: Cloner, blocker: Any, folder: Path, name: str) -> State:
    """A state in a copy of the run's database of it; who comes first fills that and keeps the cast beside it."""
    kept = folder / f"{name}.pickle"
    with blocker.unblock():
        GROUND.clear()  # whoever fills it waits for open transactions, and this process would wait for whoever fills it

    def fill(database: str) -> None:
        kept.write_bytes(pickle.dumps(build(database, blocker, **BUILT[name])))

    database = clone.copy_of(name, fill)
    return State(pickle.loads(kept.read_bytes()), database, blocker)


def build(database: str, blocker: Any, *, swapped: bool, backwards: bool) -> Cast:
    """Fill a database with the trial in one state."""
    with blocker.unblock(), pointed_to(database), at_now(), lettered(backwards=backwards):
        _stop_the_clock()
        restart_numbers()
        cast = make_cast(swapped=swapped, backwards=backwards)
        settle()  # else what other tests do meanwhile decides how much the sealing task finds to seal in either state
        return cast


def _stop_the_clock() -> None:
    """The database's clock stands still too: the trail's functions as they are shipped, but for the moment they read."""
    with connections["owner"].cursor() as cursor:
        for path in CLOCKS:
            cursor.execute(path.read_text().replace("clock_timestamp()", f"timestamptz '{NOW.isoformat()}'"))


@contextmanager
def lettered(*, backwards: bool) -> Iterator[None]:
    """The draw of the arms' letters comes out one way in one state and the other way in the other."""
    with mock.patch.object(SystemRandom, "shuffle", lambda _self, letters: letters.sort(reverse=backwards)):
        yield


def sign_in(cast: Cast, role: str, *, language: str = "") -> Asker:
    """Somebody of this role, with a session and no password."""
    client = Client()
    if role != ANONYMOUS:
        client.force_login(cast.users[role], backend=BACKEND)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    return Asker(cookies | ({settings.LANGUAGE_COOKIE_NAME: language} if language else {}))


def answers(
    state: State,
    role: str,
    asked: Callable[[Cast], Iterator[Question]],
    *,
    plant: Plant | None = None,
    language: str = "",
) -> dict[str, tuple[Question, Answer]]:
    """What a role is told in a state, by the name of the question."""
    with state.entered(plant):
        asker = sign_in(state.cast, role, language=language)
        told = {}
        for question in asked(state.cast):
            if question.address in REMEMBERED.keys() - _asked_before:
                _asked_before.add(question.address)
                answer_of(lambda question=question: question.put(asker))
            told[question.name] = question, answer_of(lambda question=question: question.put(asker))
        return told


def differences(
    before: dict[str, tuple[Question, Answer]],
    after: dict[str, tuple[Question, Answer]],
    entries: tuple[Normalisation, ...] = NORMALISATIONS,
) -> list[Difference]:
    """Every channel of every question on which the states differ; a question that one state lacks is a difference."""
    found = [
        Difference(name, name, "question", "asked in one state only") for name in before.keys() ^ after.keys()
    ]
    for name in before.keys() & after.keys():
        (question, one), (_question, other) = before[name], after[name]
        if one == other:
            continue
        left, right = levelled(one, entries), levelled(other, entries)
        found += [
            Difference(question.address, name, channel, excerpt(left[channel], right[channel]))
            for channel in left
            if left[channel] != right[channel]
        ]
    return sorted(found, key=str)


def excerpt(left: object, right: object) -> str:
    """The first place at which two values part, with a little around it."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        pairs = [(one, other) for one, other in zip(left, right, strict=False) if one != other]
        left, right = pairs[0] if pairs else (left[len(right) :], right[len(left) :])
    one, other = (v.decode(errors="replace") if isinstance(v, bytes) else str(v) for v in (left, right))
    start = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    near = slice(max(0, start - 60), start + 100)
    return f"{one[near]!r} became {other[near]!r}"
