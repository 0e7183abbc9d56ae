"""States of a finding, and the possible times of a reading."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from haemodynamics.choices import FindingState
from haemodynamics.rules import (
    Evidence,
    Reading,
    judge_content,
    judge_moment,
    may_be_decided,
    state_after_evaluation,
)
from tests.unit.haemodynamics.haemodynamic_plans import START, make_reading


@pytest.mark.parametrize("state", FindingState)
@pytest.mark.parametrize("evidence", Evidence)
def test_every_state_has_a_next_one(state: FindingState, evidence: Evidence) -> None:
    after = state_after_evaluation(state, evidence)

    assert (after == FindingState.WITHDRAWN) == (evidence is Evidence.GONE)


@pytest.mark.parametrize("state", [FindingState.CONFIRMED, FindingState.REFUTED])
def test_decision_stands_on_the_same_evidence_only(state: FindingState) -> None:
    assert state_after_evaluation(state, Evidence.SAME) == state
    assert state_after_evaluation(state, Evidence.CHANGED) == FindingState.CANDIDATE


def test_withdrawn_finding_is_not_decided() -> None:
    assert [state for state in FindingState if not may_be_decided(state)] == [FindingState.WITHDRAWN]


@pytest.mark.parametrize(
    ("minutes_ahead", "refused"), [(-60, False), (0, False), (5, False), (5.1, True), (1440, True)]
)
def test_reading_in_the_future_is_refused(minutes_ahead: float, refused: bool) -> None:
    refusals = judge_moment(make_reading(minutes_ahead), now=START, died_latest=None)

    assert bool(refusals) == refused


@pytest.mark.parametrize(("year", "refused"), [(1, True), (1899, True), (1900, False)])
def test_reading_long_before_anybody_was_treated_is_refused(year: int, refused: bool) -> None:
    reading = Reading(at=datetime(year, 12, 31, tzinfo=UTC))

    assert bool(judge_moment(reading, now=START, died_latest=None)) == refused


@pytest.mark.parametrize(("minutes", "refused"), [(-1, False), (0, False), (1, True)])
def test_reading_after_death_is_refused(minutes: int, refused: bool) -> None:
    refusals = judge_moment(make_reading(minutes), now=START + timedelta(days=1), died_latest=START)

    assert bool(refusals) == refused


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({}, True),
        ({"heart_rate_bpm": Decimal(0)}, False),
        ({"vasopressors": ()}, False),
        ({"signs_excluded": frozenset({"cardiac_arrest"})}, False),
        ({"respiratory_support": "oxygen"}, False),
        ({"respiratory_support": ""}, True),
    ],
)
def test_empty_reading_is_refused(fields: dict[str, Any], refused: bool) -> None:
    assert bool(judge_content(make_reading(0, **fields))) == refused
