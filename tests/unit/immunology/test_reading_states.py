"""The states of a call between its readers: every transition of the table, and nothing besides."""

from itertools import product

import pytest

from immunology.rules.codes import Code
from immunology.rules.plates import StoredSerum, plan_plates
from immunology.rules.reading_states import (
    TRANSITIONS,
    ReadingAct,
    ReadingMade,
    ReadingState,
    needs_readers,
    reading_state,
    settled_verdict,
    why_not,
)

S, A = ReadingState, ReadingAct
NOW, EARLIER = "now", "earlier"


def made(version: str, reader: int, verdict: str, part: str = "reader") -> ReadingMade:
    return ReadingMade(version, reader, part, verdict)


STATES: dict[ReadingState, list[ReadingMade]] = {
    S.UNREAD: [],
    S.READ_ANEW: [made(EARLIER, 1, "DE_NOVO")],
    S.READ_ONCE: [made(NOW, 1, "DE_NOVO")],
    S.AGREED: [made(NOW, 1, "DE_NOVO"), made(NOW, 2, "DE_NOVO")],
    S.DISAGREED: [made(NOW, 1, "DE_NOVO"), made(NOW, 2, "NEGATIVE")],
    S.ADJUDICATED: [
        made(NOW, 1, "DE_NOVO"), made(NOW, 2, "NEGATIVE"), made(NOW, 3, "NEGATIVE", "adjudicator"),
    ],
}  # fmt: skip


def after(state: ReadingState, act: ReadingAct) -> ReadingState:
    readings, version = list(STATES[state]), NOW
    if act is A.CALL_CHANGED:
        version = "later"
    else:
        verdict = "NEGATIVE" if act in (A.OTHER_VERDICT, A.ADJUDICATION) else "DE_NOVO"
        part = "adjudicator" if act is A.ADJUDICATION else "reader"
        readings.append(made(NOW, 9, verdict, part))
    return reading_state("DE_NOVO", version, readings)


@pytest.mark.parametrize("state", STATES)
def test_the_readings_give_the_state(state: ReadingState) -> None:
    assert reading_state("DE_NOVO", NOW, STATES[state]) is state


@pytest.mark.parametrize(("step", "then"), list(TRANSITIONS.items()), ids=str)
def test_every_transition_of_the_table_happens(
    step: tuple[ReadingState, ReadingAct], then: ReadingState
) -> None:
    assert after(*step) is then


@pytest.mark.parametrize(("state", "part"), list(product(STATES, ("reader", "adjudicator"))))
def test_only_the_table_allows_a_reading(state: ReadingState, part: str) -> None:
    acts = {"reader": {A.FIRST_READING, A.SAME_VERDICT, A.OTHER_VERDICT}, "adjudicator": {A.ADJUDICATION}}
    allowed = any((state, act) in TRANSITIONS for act in acts[part])

    assert (why_not(state, part=part, has_read=False) == "") is allowed
    assert why_not(state, part=part, has_read=True) == "has_read"


def test_every_class_but_negative_is_read() -> None:
    assert [code for code in Code if not needs_readers(code)] == [Code.NEGATIVE]


def test_an_adjudicator_settles_what_two_readers_leave_open() -> None:
    assert settled_verdict("DE_NOVO", NOW, STATES[S.DISAGREED]) is None
    assert settled_verdict("DE_NOVO", NOW, STATES[S.ADJUDICATED]) == "NEGATIVE"
    assert settled_verdict("DE_NOVO", NOW, STATES[S.AGREED]) == "DE_NOVO"
    assert settled_verdict("DE_NOVO", "later", STATES[S.AGREED]) is None


def test_all_sera_of_a_participant_stand_on_one_plate() -> None:
    sera = [
        StoredSerum(f"S{person}-{place}", f"P{person:02}", 14 * place, place)
        for person in range(50)
        for place in range(2)
    ]

    plates = plan_plates(reversed(sera))

    assert [len(plate) for plate in plates] == [96, 8]
    for plate in plates:
        people = {well.participant for well in plate if well.participant}
        assert all(sum(well.participant == person for well in plate) == 2 for person in people)
        assert all(well.partner == f"{well.content[:-1]}0" for well in plate if well.content.endswith("-1"))


def test_a_participant_with_more_sera_than_a_plate_has_the_baseline_on_each() -> None:
    plates = plan_plates(StoredSerum(f"S{place}", "P1", None, place) for place in range(100))

    assert [sum(well.content == "S0" for well in plate) for plate in plates] == [1, 1]
    assert plan_plates([]) == ()
