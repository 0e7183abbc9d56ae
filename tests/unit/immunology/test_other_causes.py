"""Blood products, days without an answer, and the participant's own antigens."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from assessments.choices import SensitiserKind
from assessments.rules import BLOOD_KINDS
from immunology.rules.classification import classify
from immunology.rules.codes import Code, Flag
from immunology.rules.rollup import FindingLine, other_causes
from immunology.rules.sensitisers import (
    PASSIVE_KINDS,
    SENSITISING_KINDS,
    Sensitiser,
    days_answered,
)
from immunology.rules.targets import is_own, own_proteins, targets_of
from tests.unit.immunology.antibody_plans import PLAN
from tests.unit.immunology.test_trajectories import T0, make_series, make_serum

DAY = date(2020, 4, 10)
ZONE = "Europe/Paris"


def test_every_kind_that_can_be_entered_leads_to_one_flag() -> None:
    assert set(SensitiserKind.values) == PASSIVE_KINDS | SENSITISING_KINDS
    assert not PASSIVE_KINDS & SENSITISING_KINDS
    assert set(SensitiserKind.values) > BLOOD_KINDS


def flags_with(earliest: timedelta, latest: timedelta, kind: str = "RBC") -> tuple[str, ...]:
    """The flags of a rise from the day before t0 to the 13th day after it."""
    cause = Sensitiser(kind, T0 + earliest, T0 + latest)
    return classify(
        make_series(make_serum(-1, "100"), make_serum(13, "1800"), sensitisers=(cause,)), PLAN
    ).flags


@pytest.mark.parametrize(
    ("earliest", "latest", "is_cause"),
    [
        (timedelta(days=-1, seconds=-1), timedelta(days=-1, seconds=-1), False),
        (timedelta(days=-1), timedelta(days=-1), True),
        (timedelta(days=-400), timedelta(days=-1), True),
        (timedelta(days=13), timedelta(days=13), True),
        (timedelta(days=13), timedelta(days=30), True),
        (timedelta(days=13, seconds=1), timedelta(days=30), False),
    ],
)
def test_cause_lies_possibly_between_the_baseline_and_the_last_positive_serum(
    earliest: timedelta, latest: timedelta, is_cause: bool
) -> None:
    assert flags_with(earliest, latest) == ((Flag.OTHER_SENSITISER,) if is_cause else ())
    assert flags_with(earliest, latest, "IVIG") == ((Flag.POSSIBLE_PASSIVE,) if is_cause else ())


def answered(first: int, last: int, *, but: int | None = None) -> frozenset[date]:
    return frozenset(T0.date() + timedelta(days=day) for day in range(first, last + 1) if day != but)


@pytest.mark.parametrize(
    ("days", "is_recorded"),
    [
        (frozenset(), False),
        (answered(-1, 13), True),
        (answered(0, 13), False),
        (answered(-1, 12), False),
        (answered(-1, 13, but=5), False),
    ],
)
def test_no_cause_is_not_no_unless_every_day_was_answered(days: frozenset[date], is_recorded: bool) -> None:
    series = make_series(make_serum(-1, "100"), make_serum(13, "1800"), answered_days=days)

    assert classify(series, PLAN).flags == (() if is_recorded else (Flag.TRANSFUSIONS_NOT_RECORDED,))


def test_without_an_antibody_nothing_is_asked() -> None:
    series = make_series(make_serum(-1, "100"), make_serum(13, "90"), answered_days=frozenset())

    assert classify(series, PLAN).flags == ()


def test_without_a_baseline_nobody_can_say_since_when() -> None:
    series = make_series(make_serum(13, "1800"), answered_days=answered(-30, 30))

    assert Flag.TRANSFUSIONS_NOT_RECORDED in classify(series, PLAN).flags


@pytest.mark.parametrize(
    ("given", "kind", "at", "is_answered"),
    [
        (False, None, None, True),
        (None, None, None, False),
        (True, None, None, False),
        (True, "RBC", datetime(2020, 4, 10, 12, tzinfo=UTC), True),
        (True, "VACCINE", datetime(2020, 4, 10, 12, tzinfo=UTC), False),
        (True, "RBC", datetime(2020, 4, 9, 22, 30, tzinfo=UTC), True),
        (True, "RBC", datetime(2020, 4, 9, 21, 30, tzinfo=UTC), False),
    ],
)
def test_yes_answers_a_day_only_with_a_product(
    given: bool | None, kind: str | None, at: datetime | None, is_answered: bool
) -> None:
    rows = [{"participant_id": 1, "assessed_date": DAY, "blood_product_given": given}]
    causes = {1: (Sensitiser(kind, at, at),)} if kind and at else {}

    found = days_answered(rows, causes, ZONE)

    assert found.get(1, frozenset()) == (frozenset({DAY}) if is_answered else frozenset())


@pytest.mark.parametrize(
    ("typing", "target", "is_self"),
    [
        ({"A*02:01"}, "A*02:01", True),
        ({"A*02:01:01:02"}, "A*02:01", True),
        ({"A*02:05"}, "A*02:01", False),
        ({"A2"}, "A*02:01", False),
        ({"A2"}, "A2", True),
        ({"A*02:01N"}, "A*02:01", False),
        (set(), "A*02:01", False),
    ],
)
def test_own_antigen_is_the_same_protein(typing: set[str], target: str, is_self: bool) -> None:
    (found,) = targets_of([target], [])

    assert is_own(found.names, own_proteins(typing)) is is_self


def test_heterodimer_is_own_with_both_chains_alone() -> None:
    (pair,) = targets_of(["DQA1*05:01", "DQB1*02:01"], ["DQA1*05:01~DQB1*02:01"])

    assert is_own(pair.names, own_proteins({"DQA1*05:01", "DQB1*02:01"}))
    assert not is_own(pair.names, own_proteins({"DQB1*02:01"}))


@pytest.mark.parametrize(
    ("flags", "known", "answers"),
    [
        ((), {}, (False, False, False, False)),
        ((), {"is_typed": False}, (False, False, False, None)),
        ((), {"is_followed": False}, (None, None, None, False)),
        (("TRANSFUSIONS_NOT_RECORDED",), {}, (None, None, True, False)),
        (("TRANSFUSIONS_NOT_RECORDED", "OTHER_SENSITISER"), {}, (None, True, True, False)),
        (("POSSIBLE_PASSIVE", "SELF_ANTIGEN"), {}, (True, False, False, True)),
    ],
)
def test_answers_of_a_participant(
    flags: tuple[str, ...], known: dict[str, Any], answers: tuple[bool | None, ...]
) -> None:
    line = other_causes(
        [FindingLine(Code.DE_NOVO, flags=flags)], **{"is_followed": True, "is_typed": True, **known}
    )

    assert (
        line.possible_passive,
        line.other_sensitiser,
        line.transfusions_not_recorded,
        line.self_antigen,
    ) == answers
