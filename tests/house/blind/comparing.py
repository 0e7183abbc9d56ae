"""Send the same requests in every state, and report where the responses differ."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.conf import settings
from django.test import Client

from accounts.models import User
from tests.house.blind.answers import Answer, Asker, answer_of, taken_back
from tests.house.blind.cast import NOW, Cast
from tests.house.blind.normalising import NORMALISATIONS, Normalisation, levelled
from tests.house.blind.reaching import Question
from tests.house.blind.states import Plant, State
from tests.house.blind.writing import Story
from tests.house.test_permission_matrix import ANONYMOUS

BACKEND = "django.contrib.auth.backends.ModelBackend"
FIRST = "whoever asks first in a process waits for what later askers find remembered"
REMEMBERED = dict.fromkeys(
    ("GET schema", "GET healthz", "task reports.tasks.check_boundaries", "task accounts.tasks.send_mails"),
    FIRST,
)
"""Requested once before the responses count, by the first role of a process."""
_asked_before: set[str] = set()
Answers = dict[str, tuple[Question, Answer]]
"""Questions and answers, by the name of the question."""
Asked = Callable[[Cast], Iterator[Question | Story]]


@dataclass(frozen=True)
class Difference:
    """One channel on which two responses to the same request differ, with the first difference."""

    address: str
    name: str
    channel: str
    excerpt: str

    def __str__(self) -> str:
        return f"{self.name}: {self.channel}: {self.excerpt}"


def sign_in(user: User | None, *, language: str = "") -> Asker:
    """Sign in an account with a session and no password; without an account, an anonymous visitor."""
    client = Client()
    if user:
        client.force_login(user, backend=BACKEND)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    return Asker(cookies | ({settings.LANGUAGE_COOKIE_NAME: language} if language else {}))


def collected_answers(asker: Asker, asked: Iterable[Question | Story]) -> Answers:
    """The responses to an account in the entered state."""
    told: Answers = {}
    for question in asked:
        if isinstance(question, Story):
            with taken_back():
                told |= {step.name: (step, answer) for step, answer in question.told(asker)}
            continue
        if question.address in REMEMBERED.keys() - _asked_before:
            _asked_before.add(question.address)
            answer_of(partial(question.put, asker))
        told[question.name] = question, answer_of(partial(question.put, asker))
    return told


def answers(
    state: State,
    role: str,
    asked: Asked,
    *,
    plant: Plant | None = None,
    language: str = "",
    at: datetime = NOW,
) -> Answers:
    """The responses to one role in a state, by the name of the question."""
    with state.entered(plant, at=at):
        return collected_answers(sign_in(user_of(state, role), language=language), asked(state.cast))


def user_of(state: State, role: str) -> User | None:
    return None if role == ANONYMOUS else state.cast.users[role]


def all_differences(
    told: Sequence[Answers], entries: tuple[Normalisation, ...] = NORMALISATIONS
) -> list[Difference]:
    """Every difference of any state from the first, each place once."""
    found = {str(one): one for other in told[1:] for one in differences(told[0], other, entries)}
    return [found[key] for key in sorted(found)]


def differences(
    before: Answers, after: Answers, entries: tuple[Normalisation, ...] = NORMALISATIONS
) -> list[Difference]:
    """Every channel of every question with a difference; a question that one state lacks is a difference."""
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
    """The first place at which two values differ, with its surroundings."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        pairs = [(one, other) for one, other in zip(left, right, strict=False) if one != other]
        left, right = pairs[0] if pairs else (left[len(right) :], right[len(left) :])
    one, other = (v.decode(errors="replace") if isinstance(v, bytes) else str(v) for v in (left, right))
    start = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    near = slice(max(0, start - 60), start + 100)
    return f"{one[near]!r} became {other[near]!r}"
