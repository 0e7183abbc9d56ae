"""R12: contradictions between deaths, fatal events and serious events, each found and nothing else listed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from events.choices import Outcome, Severity
from events.rules.adverse_events import Criteria, EventContext, EventFacts
from events.rules.reconciliation import Mismatch, ReconciledEvent, ReconciledParticipant, reconcile
from tests.unit.events.event_facts import (
    AT,
    NONE_SERIOUS,
    PLAN,
    make_context,
    make_death_context,
    make_facts,
    make_fatal_facts,
    moment,
)


def reconcile_one(context: EventContext, *events: EventFacts) -> tuple[Mismatch, ...]:
    """Events that repeat each other are said to be distinct: duplicates have tests of their own."""
    distinct = [replace(facts, distinct_because="another one") for facts in events]
    records = tuple(ReconciledEvent(str(number), facts) for number, facts in enumerate(distinct, start=1))
    return reconcile([ReconciledParticipant("07-012", context, records)], plan=PLAN)


def test_records_that_agree_list_nothing() -> None:
    assert reconcile_one(make_context(), make_facts(), make_facts(grade=None)) == ()
    assert reconcile_one(make_death_context(), make_fatal_facts(), make_facts()) == ()
    assert reconcile_one(make_context()) == ()


def test_death_without_a_fatal_event_is_about_the_participant() -> None:
    (mismatch,) = reconcile_one(make_death_context(), make_facts())

    assert (mismatch.rule, mismatch.code, mismatch.event) == ("R12", "death_without_fatal_event", None)
    assert mismatch.participant == "07-012"


def test_several_fatal_events_are_listed_once_with_their_numbers() -> None:
    (mismatch,) = reconcile_one(make_death_context(), make_fatal_facts(), make_fatal_facts())

    assert mismatch.code == "several_fatal_events"
    assert "1, 2" in mismatch.sentence


SERIOUS = {"serious": True, "criteria": Criteria(hospitalisation=True)}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"serious": False, "criteria": Criteria(hospitalisation=True)}, "criterion_not_serious"),
        ({"serious": True, "criteria": NONE_SERIOUS}, "serious_without_criterion"),
        ({"ended": None}, "resolved_without_end"),
        ({"outcome": Outcome.NOT_RECOVERED}, "unresolved_with_end"),
        ({"outcome": "", "ongoing": True}, "ongoing_with_end"),
        ({"onset": moment("2020-04-01")}, "onset_before_consent"),
        ({"ended": moment("2020-04-01")}, "ended_before_onset"),
        ({"serious": None, "criteria": Criteria()}, "seriousness_missing"),
        (SERIOUS | {"causality": "", "aware_at": AT - timedelta(hours=24)}, "causality_overdue"),
        (SERIOUS | {"causality": ""}, "causality_overdue"),
    ],
)
def test_contradiction_within_an_event_is_listed_with_its_number(changes: dict[str, Any], code: str) -> None:
    mismatches = reconcile_one(make_context(), make_facts(), make_facts(**changes))

    assert [(mismatch.code, mismatch.event) for mismatch in mismatches] == [(code, "2")]


@pytest.mark.parametrize(
    "changes", [{"term": None}, {"term_version": "6.0"}, {"grade": 1, "severity": Severity.SEVERE}]
)
def test_coding_is_no_contradiction_between_records(changes: dict[str, Any]) -> None:
    assert reconcile_one(make_context(), make_facts(**changes)) == ()


def test_missing_cause_is_no_mismatch_before_its_time_is_over() -> None:
    facts = make_facts(**SERIOUS, causality="", aware_at=AT - timedelta(hours=23))

    assert reconcile_one(make_context(), facts) == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"outcome": Outcome.NOT_RECOVERED, "ended": None}, "fatal_without_outcome"),
        ({"grade": 4}, "fatal_without_grade_5"),
        ({"serious": False}, "fatal_not_serious"),
        ({"ended": moment("2020-04-06")}, "end_is_not_death"),
    ],
)
def test_fatal_event_that_contradicts_itself_is_listed(changes: dict[str, Any], code: str) -> None:
    mismatches = reconcile_one(make_death_context(), make_fatal_facts(**changes))

    assert code in [mismatch.code for mismatch in mismatches]


def test_fatal_event_of_a_living_participant_is_listed() -> None:
    (mismatch,) = reconcile_one(make_context(), make_fatal_facts())

    assert mismatch.code == "fatal_without_death"
