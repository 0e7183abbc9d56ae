"""Each thing that is levelled before comparing is needed, and levels no more than it says."""

from dataclasses import replace
from itertools import combinations

import pytest

from accounts.choices import Role
from tests.house.blind.answers import Answer
from tests.house.blind.cast import Cast
from tests.house.blind.comparing import all_differences, answers
from tests.house.blind.normalising import NORMALISATIONS, Normalisation, levelled
from tests.house.blind.reaching import Question
from tests.house.blind.speaking import tasks
from tests.house.blind.states import States
from tests.house.blind.writing import PageWrite

PLAIN = Answer(status=200, headers=(), body=b"", queries=(), logs=(), mails=())
FIELDS = {"body": "body", "headers": "headers", "queries": "queries", "log": "logs"}
MASK = "A" * 64
SAMPLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "csrf token of a form": (
        f'<input name="csrfmiddlewaretoken" value="{MASK}">',
        (f'<input name="csrfmiddlewaretoken" value="{MASK}x">', f'<input name="arm" value="{MASK}">'),
    ),
    "csrf token of a script": (
        f'request.headers["X-CSRFTOKEN"] = "{MASK}"',
        (f'request.headers["X-CSRFTOKEN"] = "{MASK}x"', f'request.headers["X-ARM"] = "{MASK}"'),
    ),
    "csrf cookie": (
        f"csrftoken={'a' * 32}; Path=/",
        (f"csrftoken={'a' * 33}; Path=/", f"arm={'a' * 32}; Path=/"),
    ),
    "session cookie": (
        f"sessionid={'a' * 32}; Path=/",
        (f"sessionid={'a' * 33}; Path=/", f"arm={'a' * 32}; Path=/"),
    ),
    "request id": ("0" * 32, ("0" * 33, "g" * 32)),
    "savepoint": ('SAVEPOINT "s140_x3"', ('SAVEPOINT "arm"', 'SELECT "s140_x3"')),
    "findings judged anew": (
        'UPDATE "immunology_dsafinding" SET "reading" = (CASE WHEN (1) THEN %s ELSE NULL END)',
        ('UPDATE "immunology_specimen" SET "code" = %s', 'SELECT "id" FROM "immunology_dsafinding"'),
    ),
    "duration of a task": (
        "Task t[t] succeeded in 0.02s: None",
        ("Task t[t] succeeded in placebo: None", "took 0.02s"),
    ),
}
"""What each entry levels, and what looks nearly like it and must stay."""


def in_channel(entry: Normalisation, text: str) -> Answer:
    value = {"body": text.encode(), "headers": (("Name", text),)}.get(entry.channel, (text,))
    return replace(PLAIN, **{FIELDS[entry.channel]: value})


@pytest.mark.parametrize("entry", NORMALISATIONS, ids=lambda entry: entry.name)
def test_an_entry_levels_what_it_says_and_nothing_near_it(entry: Normalisation) -> None:
    sample, near = SAMPLES[entry.name]

    def is_levelled(text: str) -> bool:
        answer = in_channel(entry, text)
        return levelled(answer, (entry,)) != levelled(answer, ())

    assert entry.why
    assert is_levelled(sample)
    assert [text for text in near if is_levelled(text)] == []


@pytest.mark.parametrize("entry", NORMALISATIONS, ids=lambda entry: entry.name)
def test_an_entry_touches_one_channel(entry: Normalisation) -> None:
    answer = in_channel(entry, SAMPLES[entry.name][0])
    before, after = levelled(answer, ()), levelled(answer, (entry,))

    assert {name for name in before if before[name] != after[name]} == {entry.channel}


def test_no_two_entries_share_a_name() -> None:
    assert all(one.name != other.name for one, other in combinations(NORMALISATIONS, 2))


def random_pages(cast: Cast) -> list[Question]:
    """A few pages on which everything stands that is random by design."""
    ended = cast.everything.rows["trials.infusion"]
    urls = {
        "form": ("/password_change/", "GET"),
        "script": ("/api/v1/docs/?script=", "GET"),
        "sign-in": ("/login/", "GET"),
        "trail": ("/audit/entry/", "GET"),
        "message": (f"/trials/infusion/{ended}/end/", "GET"),
        "past step": (f"/trials/participant/{cast.everything.participant.pk}/complete/", "POST"),
        "report": (
            f"/api/v1/dsmb-reports/{cast.everything.rows['reports.boardreport']}/documents/open/json/",
            "GET",
        ),
        "sign-out": ("/logout/", "POST"),
    }
    return [Question(name, name, url, method) for name, (url, method) in urls.items()]


def a_panel(cast: Cast) -> list[PageWrite]:
    """A panel of the laboratory, after which findings are judged."""
    return [PageWrite("panel", "panel", f"/immunology/antibodyresult/panel/{pk}/") for pk in (2, 4, 6, 8)]


def a_password(_cast: Cast) -> list[PageWrite]:
    """A new password, with which a new session begins."""
    return [PageWrite("password", "password", "/password_change/")]


def test_every_entry_is_needed(states: States) -> None:
    """Leave one out, and the same pages differ at once."""
    roles = (Role.AUDITOR, Role.NURSE)
    told = [[answers(state, role, random_pages) for state in states] for role in roles]
    told.append([answers(state, "anonymous", random_pages) for state in states])
    told.append([answers(state, "anonymous", tasks) for state in states])

    told.append([answers(state, Role.HLA_LABORATORY, a_panel) for state in states])

    told.append([answers(state, Role.NURSE, a_password) for state in states])

    needless = [
        left_out.name
        for left_out in NORMALISATIONS
        if not any(
            all_differences(pair, tuple(e for e in NORMALISATIONS if e is not left_out)) for pair in told
        )
    ]

    assert needless == []
    assert [str(one) for pair in told for one in all_differences(pair)] == []
