"""Which infusions are impossible, and which are only a deviation."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from partial_dates import WindowMembership, parse_partial
from trials.rules.infusions import InfusionFacts, OtherInfusion, Recipient, infusion_refusals
from trials.rules.protocol import parse_protocol, protocol_content
from trials.rules.schedule import LAPSE, SOON, PlannedState, planned_infusions, state_at, timing_of_dose

PROTOCOLS = Path(__file__).resolve().parents[3] / "protocols"
PLAN = parse_protocol(protocol_content((PROTOCOLS / "stroma-cov-2.toml").read_bytes())).infusions
UNPLANNED = replace(PLAN, doses=())
PARIS = "Europe/Paris"
DAY0 = date(2020, 4, 6)
START = datetime(2020, 4, 7, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)


def fields(
    *,
    recipient: dict[str, Any] | None = None,
    others: list[OtherInfusion] | None = None,
    plan: Any = PLAN,
    **changes: Any,
) -> list[str]:
    facts: dict[str, Any] = {
        "number": 1, "status": "given", "started_at": START, "start_precision": "minute", "ended_at": START + HOUR,
        "interrupted": None, "interruption_reason": "", "volume_ml": None, **changes,
    }  # fmt: skip
    person: dict[str, Any] = {
        "enrolled_at": START - HOUR,
        "withdrawn_date": None,
        "died": None,
        "zone": PARIS,
    }
    refusals = infusion_refusals(
        InfusionFacts(**facts),
        plan=plan,
        recipient=Recipient(**{**person, **(recipient or {})}),
        others=others or [],
    )
    return [refusal.field for refusal in refusals]


@pytest.mark.parametrize(("number", "expected"), [(0, ["number"]), (1, []), (3, []), (4, ["number"])])
def test_only_planned_numbers_are_given(number: int, expected: list[str]) -> None:
    assert fields(number=number) == expected


def test_without_planned_doses_every_number_is_allowed() -> None:
    assert fields(number=168, plan=UNPLANNED) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ended_at": None}, []),
        ({"ended_at": START}, []),
        ({"ended_at": START - TICK}, ["ended_at"]),
        ({"volume_ml": Decimal(0)}, []),
        ({"volume_ml": Decimal("-0.1")}, ["volume_ml"]),
        ({"interrupted": True}, []),
        ({"interrupted": True, "interruption_reason": "line"}, []),
        ({"interrupted": False, "interruption_reason": "line"}, ["interruption_reason"]),
        ({"interrupted": None, "interruption_reason": "line"}, ["interruption_reason"]),
    ],
)
def test_details(changes: dict[str, Any], expected: list[str]) -> None:
    assert fields(**changes) == expected


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        ({"enrolled_at": None}, ["participant"]),
        ({"enrolled_at": START + HOUR}, []),
        ({"enrolled_at": datetime(2020, 4, 7, 22, 0, tzinfo=UTC)}, ["started_at"]),
        ({"withdrawn_date": date(2020, 4, 7)}, []),
        ({"withdrawn_date": date(2020, 4, 6)}, ["started_at"]),
        ({"died": parse_partial("2020-04-07", PARIS)}, []),
        ({"died": parse_partial("2020-04-07T12:00", PARIS)}, []),
        ({"died": parse_partial("2020-04-07T11:59", PARIS)}, ["started_at"]),
        ({"died": parse_partial("2020-04-06", PARIS)}, ["started_at"]),
        ({"died": parse_partial("2020-04", PARIS)}, []),
    ],
)
def test_the_recipient_is_enrolled_alive_and_in_the_trial(
    recipient: dict[str, Any], expected: list[str]
) -> None:
    assert fields(recipient=recipient) == expected


def test_an_infusion_not_given_asks_nothing_of_the_recipient() -> None:
    assert fields(status="not_given", started_at=None, ended_at=None, recipient={"enrolled_at": None}) == []


def other(
    number: int, start: datetime, end: datetime | None = None, *, by_day: bool = False
) -> OtherInfusion:
    return OtherInfusion(number, start, end, by_day)


@pytest.mark.parametrize(
    ("number", "another", "expected"),
    [
        (2, other(1, START - HOUR, START), []),
        (2, other(1, START - HOUR, START + TICK), ["started_at"]),
        (2, other(1, START - HOUR), []),
        (2, other(1, START), []),
        (2, other(1, START + TICK), ["started_at"]),
        (2, other(1, START, START + HOUR, by_day=True), []),
        (1, other(2, START + HOUR), []),
        (1, other(2, START + HOUR - TICK), ["started_at"]),
        (1, other(2, START, by_day=True), []),
        (1, other(2, START - TICK, by_day=True), ["started_at"]),
        (1, other(1, START), []),
    ],
)
def test_infusions_follow_each_other(number: int, another: OtherInfusion, expected: list[str]) -> None:
    assert fields(number=number, others=[another]) == expected


def test_planned_infusions_are_whole_days_of_the_zone() -> None:
    windows = [planned.window for planned in planned_infusions(PLAN, DAY0, PARIS)]

    assert [(w.opens_at.isoformat(), w.target_at.isoformat(), w.closes_at.isoformat()) for w in windows] == [
        ("2020-04-06T22:00:00+00:00", "2020-04-06T22:00:00+00:00", "2020-04-07T21:59:59.999999+00:00"),
        ("2020-04-07T22:00:00+00:00", "2020-04-08T22:00:00+00:00", "2020-04-10T21:59:59.999999+00:00"),
        ("2020-04-09T22:00:00+00:00", "2020-04-10T22:00:00+00:00", "2020-04-12T21:59:59.999999+00:00"),
    ]


def test_planned_infusions_over_a_change_of_clocks_keep_their_days() -> None:
    second = planned_infusions(PLAN, date(2020, 3, 27), PARIS)[1].window

    assert (second.opens_at.isoformat(), second.closes_at.isoformat()) == (
        "2020-03-28T23:00:00+00:00",
        "2020-03-31T21:59:59.999999+00:00",
    )


def test_state_of_a_planned_infusion_at_each_edge() -> None:
    window = planned_infusions(PLAN, DAY0, PARIS)[1].window

    states = [
        state_at(window, at)
        for at in (
            window.opens_at - SOON - TICK,
            window.opens_at - SOON,
            window.opens_at - TICK,
            window.opens_at,
            window.closes_at,
            window.closes_at + TICK,
            window.closes_at + LAPSE - TICK,
            window.closes_at + LAPSE,
        )
    ]

    assert states == [
        PlannedState.LATER, PlannedState.SOON, PlannedState.SOON, PlannedState.DUE, PlannedState.DUE,
        PlannedState.OVERDUE, PlannedState.OVERDUE, PlannedState.LAPSED,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "given", "expected"),
    [
        (1, "2020-04-07T00:00", WindowMembership.INSIDE),
        (1, "2020-04-06T23:59", WindowMembership.OUTSIDE),
        (2, "2020-04-08", WindowMembership.INSIDE),
        (2, "2020-04-10", WindowMembership.INSIDE),
        (2, "2020-04-11", WindowMembership.OUTSIDE),
        (2, "2020-04", WindowMembership.UNDECIDED),
        (4, "2020-04-08", None),
    ],
)
def test_timing_of_a_dose(number: int, given: str, expected: WindowMembership | None) -> None:
    moment = parse_partial(given, PARIS)

    assert timing_of_dose(PLAN, number, day0=DAY0, moment=moment, zone=PARIS) is expected
