"""The meeting's rules: permitted steps, quorum, result of a vote, and words that may not leave the session."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from dsmb.choices import ABSTAIN, Decision, MeetingState, MeetingStep
from dsmb.rules.meetings import (
    TRANSITIONS,
    Seat,
    answer_due,
    is_overdue,
    material_due,
    next_state,
    quorum_of,
    reminders_owed,
)
from dsmb.rules.voting import Ballot, outcome_of

EXPECTED = """
             open        call_off    put_motion  resume      recommend    amend        sign      send  answer
planned      in_session  called_off  -           -           -            -            -         -     -
called_off   -           -           -           -           -            -            -         -     -
in_session   -           -           voting      -           -            in_session   -         -     -
voting       -           -           -           in_session  recommended  voting       -         -     -
recommended  -           -           -           -           -            recommended  signed    -     -
signed       -           -           -           -           -            recommended  -         sent  -
sent         -           -           -           -           -            sent         sent      -     answered
answered     -           -           -           -           -            answered     answered  -     answered
"""


def test_every_step_from_every_state_leads_where_the_table_says():
    head, *lines = [line.split() for line in EXPECTED.strip("\n").splitlines()]

    written = {(line[0], step): line[1 + place] for line in lines for place, step in enumerate(head)}

    assert set(written) == set(product(MeetingState.values, MeetingStep.values))
    assert written == {
        (state, step): str(next_state(state, MeetingStep(step)) or "-") for state, step in written
    }


def test_a_sent_letter_is_reached_through_a_signature_only():
    leading_to_sent = [
        source for (source, step), target in TRANSITIONS.items() if target == MeetingState.SENT
    ]

    assert set(leading_to_sent) == {MeetingState.SIGNED, MeetingState.SENT}


SEATS = [Seat(1, "present"), Seat(2, "remote"), Seat(3, "absent"), Seat(4, None), Seat(5, "present", True)]


@pytest.mark.parametrize(("required", "is_met"), [(1, True), (2, True), (3, False), (None, None)])
def test_quorum_counts_who_is_there_and_not_excused(required, is_met):
    quorum = quorum_of(SEATS, required)

    assert (quorum.there, quorum.excused, quorum.counted, quorum.is_met) == (3, 1, 2, is_met)


def vote(text: str, *, rule="majority", tie="chair"):
    """`cc*s-`: one letter per ballot (c continue, p pause, s stop, - abstain); `*` after the chair's."""
    words = {"c": "continue", "p": "pause", "s": "stop", "-": ABSTAIN}
    ballots = [
        Ballot(number, words[letter], is_chair=text[number + 1 : number + 2] == "*")
        for number, letter in enumerate(text)
        if letter != "*"
    ]
    found = outcome_of(ballots, voting_rule=rule, tie_rule=tie)
    return found.decided, found.how


@pytest.mark.parametrize(
    ("ballots", "rule", "tie", "decided", "how"),
    [
        ("ccs", "majority", "chair", "continue", Decision.BY_RULE),
        ("cs", "majority", "none", "", Decision.NO_MAJORITY),
        ("cs*", "majority", "chair", "stop", Decision.BY_CHAIR),
        ("cs*", "majority", None, "", Decision.NO_MAJORITY),
        ("c*css", "majority", "chair", "continue", Decision.BY_CHAIR),
        ("csp*", "majority", "chair", "", Decision.NO_MAJORITY),  # 2 of 4 with the casting vote: half is no majority
        ("ccssp*", "majority", "chair", "", Decision.NO_MAJORITY),  # the chair's option does not lead
        ("cs-*", "majority", "chair", "", Decision.NO_MAJORITY),  # a chair who abstains breaks no tie
        ("c--", "majority", "chair", "continue", Decision.BY_RULE),
        ("---", "majority", "chair", "", Decision.NO_MAJORITY),
        ("", "majority", "chair", "", Decision.NO_MAJORITY),
        ("ccs", "two_thirds", "none", "continue", Decision.BY_RULE),
        ("cccss", "two_thirds", "none", "", Decision.NO_MAJORITY),
        ("ccc", "unanimity", "none", "continue", Decision.BY_RULE),
        ("ccs", "unanimity", "chair", "", Decision.NO_MAJORITY),
        ("ccc", None, None, "", Decision.NO_RULE),
    ],
)  # fmt: skip
def test_vote_is_decided_by_the_charter(ballots, rule, tie, decided, how):
    assert vote(ballots, rule=rule, tie=tie) == (decided, how)


def test_abstentions_are_counted():
    found = outcome_of([Ballot(1, "stop"), Ballot(2, ABSTAIN)], voting_rule="majority", tie_rule=None)

    assert found.counts == {"stop": 1, ABSTAIN: 1}


SENT = date(2020, 5, 1)


def test_days_of_the_charter_are_calendar_days():
    assert answer_due(SENT, 14) == date(2020, 5, 15)
    assert material_due(SENT, 7) == date(2020, 4, 24)
    assert answer_due(SENT, None) is None is material_due(SENT, None)


@pytest.mark.parametrize(
    ("today", "answered", "overdue"),
    [(date(2020, 5, 15), False, False), (date(2020, 5, 16), False, True), (date(2020, 5, 16), True, False)],
)
def test_answer_is_overdue_from_the_day_after_the_last(today, answered, overdue):
    assert is_overdue(date(2020, 5, 15), today=today, answered=answered) is overdue


def test_answer_without_a_stated_deadline_is_never_overdue():
    assert not is_overdue(None, today=date(2030, 1, 1), answered=False)


@pytest.mark.parametrize(
    ("hours", "every", "number"),
    [(71, 3, 0), (72, 3, 1), (143, 3, 1), (144, 3, 2), (2400, 3, 33), (-1, 3, 0), (2400, None, 0)],
)
def test_reminder_is_owed_once_per_interval(hours, every, number):
    since = datetime(2020, 5, 1, 9, tzinfo=UTC)

    assert reminders_owed(since, now=since + timedelta(hours=hours), every_days=every) == number
