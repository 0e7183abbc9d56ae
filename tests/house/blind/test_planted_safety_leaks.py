"""Three leaks of pharmacovigilance, planted one at a time, each detected at its address.

They are a state of an obligation, a list of cases, and a reminder that ends with the report.
"""

from datetime import datetime
from typing import Any

import pytest

from accounts.choices import Role
from pharmacovigilance.admin.cases import SafetyCaseAdmin
from pharmacovigilance.choices import DeskOutcome, ObligationState
from pharmacovigilance.models import DeskRecord, DeskStep, Obligation, SafetyCase
from pharmacovigilance.services import reminding
from tests.factories import unsealed
from tests.house.blind.planting import asked, reported
from tests.house.blind.speaking import tasks
from tests.house.blind.states import States
from trials.models import Trial

Patch = pytest.MonkeyPatch
CASES = "GET admin:pharmacovigilance_safetycase_changelist"
CASE = "GET admin:pharmacovigilance_safetycase_change"
OWED = "GET obligations-list"
PAGES = asked(CASES, CASE, OWED, "GET safety-cases-list", "GET admin:pharmacovigilance_obligation_changelist")
REMIND = "task pharmacovigilance.tasks.remind"


def outcome_of(case_id: int) -> str:
    with unsealed(Trial.objects.get()):
        return DeskRecord.objects.filter(case=case_id).values_list("outcome", flat=True).first() or ""


@pytest.mark.parametrize("role", [Role.PHARMACOVIGILANCE, Role.INVESTIGATOR, Role.AUDITOR])
def test_nothing_of_a_case_is_reported_when_nothing_is_planted(states: States, role: Role) -> None:
    assert reported(states, role, PAGES) == {}


def test_a_state_that_follows_the_desk_is_reported(states: States, monkeypatch: Patch) -> None:
    """In good faith: what the desk has sent is shown as sent."""
    truly = Obligation.state_at

    def with_the_desk(row: Obligation, at: datetime) -> ObligationState:
        with unsealed(Trial.objects.get()):
            sent = DeskStep.objects.filter(obligation=row, kind="sent").exists()
        return ObligationState.MET if sent else truly(row, at)

    monkeypatch.setattr(Obligation, "state_at", with_the_desk)

    found = reported(states, Role.PHARMACOVIGILANCE, PAGES)

    assert "body" in found[OWED]


def test_an_outcome_in_the_list_of_cases_is_reported(states: States, monkeypatch: Patch) -> None:
    """In good faith: the officer sees which cases need nothing more."""
    shown = SafetyCaseAdmin.versions_signed

    def with_outcome(page: Any, obj: SafetyCase) -> str:
        closed = outcome_of(obj.pk) == DeskOutcome.PLACEBO
        return shown(page, obj) + (" closed" if closed else "")

    monkeypatch.setattr(SafetyCaseAdmin, "versions_signed", with_outcome)

    found = reported(states, Role.PHARMACOVIGILANCE, PAGES)

    assert "body" in found[CASES]


def test_a_reminder_that_ends_with_the_report_is_reported(states: States, monkeypatch: Patch) -> None:
    """In good faith: nobody is reminded of a placebo case."""
    truly = reminding._queue

    def unless_closed(row: Obligation, *given: Any, **how: Any) -> None:
        if row.case_id is None or outcome_of(row.case_id) != DeskOutcome.PLACEBO:
            truly(row, *given, **how)

    monkeypatch.setattr(reminding, "_queue", unless_closed)

    found = reported(states, Role.NURSE, tasks)

    assert REMIND in found
