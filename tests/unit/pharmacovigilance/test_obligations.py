"""Obligations and their due times: the legal calendar, and which information starts which."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pharmacovigilance.choices import Judgement
from pharmacovigilance.rules.obligations import CaseMoment, Rule, declared, due_at, owed
from pharmacovigilance.rules.susar import Susar

PARIS = "Europe/Paris"
FROM = date(2022, 1, 31)


def rule(code: str, trigger: str, basis: str, *, days: int | None = None, hours: int | None = None) -> Rule:
    return Rule(1, code, "eudravigilance", trigger, basis, "either", hours, days, FROM)


SEVEN = rule("7", "susar_fatal", "sponsor_day_0", days=7)
FIFTEEN = rule("15", "susar_other", "sponsor_day_0", days=15)
FOLLOWED = rule("f", "follow_up", "receipt", days=15)
SITE = rule("24", "serious", "site_awareness", hours=24)
FDA = replace(rule("fda", "susar_other", "determination", days=15), judgement="sponsor")
FDA_7 = replace(rule("fda7", "susar_fatal", "receipt", days=7), judgement="sponsor")


def at(text: str, zone: str = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def local(moment: datetime, zone: str = PARIS) -> str:
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


@pytest.mark.parametrize(
    ("day_0", "days", "due"),
    [
        ("2026-01-24T10:00", 7, "2026-01-31T23:59:59+01:00"),
        ("2026-01-25T00:00", 7, "2026-02-01T23:59:59+01:00"),
        ("2026-01-25T23:59:59", 7, "2026-02-01T23:59:59+01:00"),
        ("2028-02-22T12:00", 7, "2028-02-29T23:59:59+01:00"),
        ("2028-02-14T12:00", 15, "2028-02-29T23:59:59+01:00"),
        ("2026-02-14T12:00", 15, "2026-03-01T23:59:59+01:00"),
        ("2026-12-20T12:00", 15, "2027-01-04T23:59:59+01:00"),
        ("2026-03-22T12:00", 7, "2026-03-29T23:59:59+02:00"),
        ("2026-03-28T23:30", 7, "2026-04-04T23:59:59+02:00"),
        ("2026-10-18T12:00", 7, "2026-10-25T23:59:59+01:00"),
        ("2026-10-24T12:00", 15, "2026-11-08T23:59:59+01:00"),
        ("2026-04-30T12:00", 8, "2026-05-08T23:59:59+02:00"),
    ],
    ids=[
        "to the end of a month",
        "first moment of a day",
        "last moment of the same day",
        "leap day, 7",
        "leap day, 15",
        "no leap day",
        "new year",
        "due on the day of summer time",
        "through summer time",
        "due on the day of winter time",
        "through winter time",
        "holidays do not move it",
    ],
)
def test_calendar_days_of_the_trials_zone(day_0: str, days: int, due: str) -> None:
    assert local(due_at(replace(SEVEN, days=days), at(day_0), PARIS)) == due


@pytest.mark.parametrize(
    ("aware", "due"),
    [
        ("2026-03-28T12:00", "2026-03-29T13:00:00+02:00"),
        ("2026-10-24T12:00", "2026-10-25T11:00:00+01:00"),
        ("2026-02-28T08:00", "2026-03-01T08:00:00+01:00"),
    ],
)
def test_hours_are_elapsed_hours(aware: str, due: str) -> None:
    assert local(due_at(SITE, at(aware), PARIS)) == due


@pytest.mark.parametrize(
    ("aware", "zone", "due"),
    [
        ("2026-05-10T23:30", "America/New_York", "2026-05-18T23:59:59+02:00"),
        ("2026-05-11T05:30", "Europe/Paris", "2026-05-18T23:59:59+02:00"),
        ("2026-05-11T01:00", "Asia/Tokyo", "2026-05-17T23:59:59+02:00"),
        ("2026-05-10T18:00", "Europe/Paris", "2026-05-17T23:59:59+02:00"),
    ],
)
def test_awareness_in_another_zone_counts_by_the_day_in_the_trials(aware: str, zone: str, due: str) -> None:
    assert local(due_at(SEVEN, at(aware, zone), PARIS)) == due


WORST = Susar(True, True, ())
OTHER = Susar(True, False, ())
NONE = Susar(False, False, ())
START = datetime(2026, 5, 1, 8, tzinfo=UTC)


def moment(receipt: int, verdict: Susar, *, day: int = 0, **fields: object) -> CaseMoment:
    received = START + timedelta(days=day)
    values: dict[str, object] = {
        "receipt": receipt,
        "received_at": received,
        "day_0_at": START,
        "site_aware_at": None,
        "is_significant": True,
        "was_released": False,
        "is_serious": True,
        "verdicts": dict.fromkeys(Judgement, (verdict,)),
    }
    return CaseMoment(**{**values, **fields})


def days_of(moments: list[CaseMoment], *rules: Rule) -> list[tuple[str, int, int]]:
    """Rule, receipt, and on which day after the start it counts from."""
    return sorted(
        (one.rule.code, one.receipt, (one.day_0_at - START).days) for one in owed(moments, rules, PARIS)
    )


@pytest.mark.parametrize(
    ("moments", "wanted"),
    [
        ([moment(1, OTHER)], [("15", 1, 0)]),
        ([moment(1, WORST)], [("7", 1, 0)]),
        ([moment(1, NONE)], []),
        ([moment(1, OTHER), moment(2, WORST, day=3)], [("15", 1, 0), ("7", 2, 3)]),
        ([moment(1, WORST), moment(2, WORST, day=3)], [("7", 1, 0)]),
        ([moment(1, NONE), moment(2, OTHER, day=4)], [("15", 2, 4)]),
        ([moment(1, OTHER), moment(2, NONE, day=2)], [("15", 1, 0)]),
        ([moment(1, OTHER), moment(2, NONE, day=2), moment(3, OTHER, day=5)], [("15", 1, 0), ("15", 3, 5)]),
        ([moment(1, OTHER, day_0_at=None)], []),
        (
            [moment(1, OTHER, day_0_at=None), moment(2, OTHER, day=2, day_0_at=START + timedelta(days=2))],
            [("15", 2, 2)],
        ),
    ],
    ids=[
        "other",
        "fatal",
        "none",
        "non-fatal that becomes fatal",
        "fatal once",
        "upgraded later",
        "downgraded: the obligation stands",
        "upgraded again",
        "no minimum criteria",
        "minimum criteria later",
    ],
)
def test_which_information_starts_what(moments: list[CaseMoment], wanted: list[tuple[str, int, int]]) -> None:
    assert days_of(moments, SEVEN, FIFTEEN) == wanted


def test_later_information_moves_nothing() -> None:
    first = owed([moment(1, OTHER)], [SEVEN, FIFTEEN], PARIS)

    later = owed(
        [moment(1, OTHER), moment(2, WORST, day=3), moment(3, OTHER, day=9)], [SEVEN, FIFTEEN], PARIS
    )

    assert first == tuple(one for one in later if one.receipt == 1)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, []),
        ({"was_released": True}, [("f", 2, 3)]),
        ({"was_released": True, "is_significant": False}, []),
        ({"was_released": True, "verdicts": dict.fromkeys(Judgement, (NONE,))}, [("f", 2, 3)]),
    ],
    ids=["before a release", "after a release", "nothing significant", "downgraded after a release"],
)
def test_follow_up(changes: dict[str, object], wanted: list[tuple[str, int, int]]) -> None:
    assert days_of([moment(1, OTHER), moment(2, OTHER, day=3, **changes)], FOLLOWED) == wanted


def test_fda_counts_from_the_determination_and_the_receipt() -> None:
    determined = START + timedelta(days=6)

    assert days_of([moment(1, OTHER)], FDA) == []
    assert days_of([moment(1, OTHER, determined_at=determined)], FDA) == [("fda", 1, 6)]
    assert days_of([moment(1, WORST)], FDA_7) == [("fda7", 1, 0)]


def test_site_counts_from_its_awareness_else_from_the_record() -> None:
    aware = START - timedelta(hours=5)

    (known,) = owed([moment(1, NONE, site_aware_at=aware)], [SITE], PARIS)
    (unknown,) = owed([moment(1, NONE)], [SITE], PARIS)

    assert (known.day_0_at, unknown.day_0_at) == (aware, START)


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 1),
        ({"is_on": False}, 0),
        ({"effective_from": date(2026, 5, 1)}, 1),
        ({"effective_from": date(2026, 5, 2)}, 0),
        ({"effective_until": date(2026, 5, 1)}, 1),
        ({"effective_until": date(2026, 4, 30)}, 0),
    ],
)
def test_a_rule_holds_for_what_starts_while_it_is_in_force(changes: dict[str, object], count: int) -> None:
    assert len(owed([moment(1, OTHER)], [replace(FIFTEEN, **changes)], PARIS)) == count


def test_a_declaration_starts_its_own_rule_alone() -> None:
    urgent = rule("u", "urgent_measure", "declaration", days=7)

    found = declared(urgent, "urgent_measure", at("2026-05-10T18:00"), PARIS)

    assert found is not None
    assert local(found.due_at) == "2026-05-17T23:59:59+02:00"
    assert declared(urgent, "data_lock", START, PARIS) is None
