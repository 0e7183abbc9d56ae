"""R1 to R6 and R8 as tables: which values are refused, questioned, or accepted."""

from datetime import datetime
from typing import Any

import pytest

from events.choices import Autopsy, Outcome, Severity
from events.rules.adverse_events import Criteria, check_draft, check_event, check_imported_event
from events.rules.remarks import codes
from tests.unit.events.event_facts import (
    AT,
    DEATH,
    NONE_SERIOUS,
    OTHER_CARDIAC,
    SINUS_TACHYCARDIA,
    make_context,
    make_death_context,
    make_facts,
    make_fatal_facts,
    moment,
)


def test_plain_event_passes_without_a_word() -> None:
    verdict = check_event(make_facts(), make_context())

    assert (verdict.refusals, verdict.warnings, verdict.prompts) == ((), (), ())


def test_fatal_event_that_agrees_in_every_field_passes() -> None:
    verdict = check_event(make_fatal_facts(), make_death_context())

    assert (verdict.refusals, verdict.warnings) == ((), ())


@pytest.mark.parametrize("answer", Autopsy)
def test_autopsy_is_recorded_only_of_a_fatal_event(answer: str) -> None:
    alive, dead = make_facts(autopsy=answer), make_fatal_facts(autopsy=answer)

    assert check_event(dead, make_death_context()).refusals == ()
    (refusal,) = check_event(alive, make_context()).refusals
    assert str(refusal) == (
        f"Autopsy: {answer}, but the event is not fatal; an autopsy is recorded only with a death (R2)."
    )
    assert codes(check_draft(alive, make_context()).prompts) == ("autopsy_without_death",)
    assert codes(check_imported_event(alive, make_context()).findings) == ("autopsy_without_death",)


@pytest.mark.parametrize(
    ("grade", "expected"),
    [
        (None, ()),
        (0, ("grade_impossible",)),
        (1, ()),
        (3, ()),
        (4, ("grade_not_available",)),
        (6, ("grade_impossible",)),
        (-1, ("grade_impossible",)),
    ],
)
def test_grade_that_the_term_does_not_have_is_refused(grade: int | None, expected: tuple[str, ...]) -> None:
    facts = make_facts(term=SINUS_TACHYCARDIA, grade=grade, severity="", criteria=NONE_SERIOUS)

    assert codes(check_event(facts, make_context()).refusals) == expected


def test_refused_grade_names_field_value_and_rule() -> None:
    facts = make_facts(term=SINUS_TACHYCARDIA, grade=4, severity="")

    (refusal,) = check_event(facts, make_context()).refusals

    assert refusal.field == "grade"
    assert (
        str(refusal) == "Grade: 4 does not exist for “Sinus tachycardia” in CTCAE v5.0; it has 1, 2, 3 (R1)."
    )


def test_every_sentence_names_its_rule() -> None:
    facts = make_facts(
        term=OTHER_CARDIAC,
        grade=4,
        severity=Severity.MILD,
        serious=None,
        criteria=Criteria(hospitalisation=True),
        outcome=Outcome.RECOVERED,
        ongoing=True,
        ended=None,
        onset=moment("2019"),
    )

    verdict = check_event(facts, make_context())

    remarks = verdict.refusals + verdict.warnings + verdict.prompts
    assert len(remarks) >= 7
    assert all(f"({remark.rule})" in str(remark) for remark in remarks)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ()),
        ({"grade": 4}, ("fatal_without_grade_5",)),
        ({"grade": None}, ("fatal_without_grade_5",)),
        ({"outcome": Outcome.NOT_RECOVERED}, ("fatal_without_outcome",)),
        ({"outcome": ""}, ("fatal_without_outcome",)),
        ({"criteria": Criteria(life_threatening=True)}, ("fatal_without_criterion",)),
        ({"criteria": Criteria(results_in_death=False, life_threatening=True)}, ("fatal_without_criterion",)),
        ({"serious": False}, ("fatal_not_serious",)),
        ({"serious": None}, ("fatal_not_serious",)),
        ({"ended": None}, ("fatal_without_end",)),
        ({"ended": moment("2020-04-08")}, ("end_is_not_death",)),
        ({"ended": moment("2020-04-07T08:59")}, ()),
        ({"ended": moment("2020-04")}, ()),
        ({"ended": moment("2020-05")}, ("end_is_not_death",)),
    ],
)
def test_fatal_event_agrees_in_every_field(changes: dict[str, Any], expected: tuple[str, ...]) -> None:
    verdict = check_event(make_fatal_facts(**changes), make_death_context())

    assert codes(verdict.refusals) == expected


@pytest.mark.parametrize(
    "sign",
    [
        {"grade": 5},
        {"outcome": Outcome.FATAL},
        {"serious": True, "criteria": DEATH},
    ],
)
def test_one_sign_of_death_asks_for_all_the_others(sign: dict[str, Any]) -> None:
    facts = make_facts(**({"grade": 3, "outcome": Outcome.NOT_RECOVERED, "ended": None} | sign))

    refused = set(codes(check_event(facts, make_context()).refusals))

    assert {"fatal_without_death", "fatal_without_end"} <= refused
    assert len(refused & {"fatal_without_grade_5", "fatal_without_outcome", "fatal_without_criterion"}) == 2


def test_fatal_event_without_a_recorded_death_says_what_to_do() -> None:
    (refusal,) = check_event(make_fatal_facts(), make_context()).refusals

    assert (refusal.rule, refusal.field) == ("R2", "outcome")
    assert "record the death first" in str(refusal)


@pytest.mark.parametrize(
    ("ended", "warned"),
    [(None, ()), ("2020-04-07", ("end_of_undated_death",)), ("2020", ("end_of_undated_death",))],
)
def test_fatal_event_takes_no_day_from_a_death_that_has_none(
    ended: str | None, warned: tuple[str, ...]
) -> None:
    facts = make_fatal_facts(ended=ended and moment(ended))

    verdict = check_event(facts, make_death_context(death=None))

    assert (codes(verdict.refusals), codes(verdict.warnings)) == ((), warned)


def test_fatal_event_of_an_ungraded_study_needs_no_grade() -> None:
    facts = make_fatal_facts(term=None, grade=None)

    assert codes(check_event(facts, make_death_context(dictionary_version=None)).refusals) == ()


@pytest.mark.parametrize(
    ("grade", "criteria", "expected"),
    [
        (2, Criteria(), ()),
        (3, Criteria(), ("ask_hospitalisation",)),
        (3, Criteria(hospitalisation=False), ()),
        (4, Criteria(), ("ask_life_threatening",)),
        (4, Criteria(life_threatening=False), ()),
    ],
)
def test_high_grade_asks_and_assumes_nothing(
    grade: int, criteria: Criteria, expected: tuple[str, ...]
) -> None:
    facts = make_facts(grade=grade, severity="", criteria=criteria)

    verdict = check_event(facts, make_context())

    assert (codes(verdict.prompts), verdict.refusals) == (expected, ())


@pytest.mark.parametrize(
    ("severity", "grade", "warned"),
    [
        (Severity.MILD, 1, False),
        (Severity.MILD, 2, False),
        (Severity.MILD, 3, True),
        (Severity.MODERATE, 1, False),
        (Severity.MODERATE, 4, False),
        (Severity.SEVERE, 1, True),
        (Severity.SEVERE, 2, False),
        (Severity.SEVERE, None, False),
        ("", 4, False),
    ],
)
def test_severity_against_grade_is_warned_of_never_refused(
    severity: str, grade: int | None, warned: bool
) -> None:
    verdict = check_event(make_facts(severity=severity, grade=grade), make_context())

    assert codes(verdict.warnings) == (("severity_against_grade",) if warned else ())
    assert verdict.refusals == ()


@pytest.mark.parametrize(
    ("serious", "criteria", "expected"),
    [
        (True, NONE_SERIOUS, ("serious_without_criterion",)),
        (True, Criteria(), ("serious_without_criterion",)),
        (True, Criteria(hospitalisation=True), ()),
        (True, Criteria(medically_important=True), ()),
        (False, Criteria(hospitalisation=True), ("criterion_not_serious",)),
        (None, Criteria(congenital_anomaly=True), ("criterion_not_serious",)),
        (False, NONE_SERIOUS, ()),
        (False, Criteria(), ()),
        (None, Criteria(), ()),
    ],
)
def test_serious_if_and_only_if_a_criterion_is_met(
    serious: bool | None, criteria: Criteria, expected: tuple[str, ...]
) -> None:
    verdict = check_event(make_facts(serious=serious, criteria=criteria), make_context())

    assert codes(verdict.refusals) == expected


def test_unanswered_seriousness_is_a_question_and_not_a_no() -> None:
    verdict = check_event(make_facts(serious=None, criteria=Criteria()), make_context())

    assert codes(verdict.prompts) == ("seriousness_missing",)


@pytest.mark.parametrize(("text", "expected"), [("", True), ("   ", True), ("Takotsubo", False)])
def test_other_specify_needs_a_text(text: str, expected: bool) -> None:
    verdict = check_event(make_facts(term=OTHER_CARDIAC, specify=text), make_context())

    assert ("other_not_specified" in codes(verdict.refusals)) is expected


@pytest.mark.parametrize(
    ("causality", "expected"),
    [("", ()), ("POSSIBLE", ()), ("possible", ("causality_unknown",)), ("GOD", ("causality_unknown",))],
)
def test_causality_is_a_category_of_the_protocol(causality: str, expected: tuple[str, ...]) -> None:
    assert codes(check_event(make_facts(causality=causality), make_context()).refusals) == expected


def test_serious_event_without_cause_is_asked_about() -> None:
    facts = make_facts(serious=True, criteria=Criteria(hospitalisation=True), causality="", aware_at=AT)

    assert codes(check_event(facts, make_context()).prompts) == ("causality_missing",)


@pytest.mark.parametrize(("aware_at", "expected"), [(None, ("awareness_missing",)), (AT, ())])
def test_serious_event_without_awareness_is_asked_about(
    aware_at: datetime | None, expected: tuple[str, ...]
) -> None:
    facts = make_facts(serious=True, criteria=Criteria(hospitalisation=True), aware_at=aware_at)

    assert codes(check_event(facts, make_context()).prompts) == expected


@pytest.mark.parametrize(("others", "expected"), [(0, ()), (1, ("several_fatal_events",))])
def test_second_fatal_event_is_warned_of(others: int, expected: tuple[str, ...]) -> None:
    verdict = check_event(make_fatal_facts(), make_death_context(other_fatal_events=others))

    assert (codes(verdict.warnings), verdict.refusals) == (expected, ())


def test_recovering_at_death_is_warned_of() -> None:
    facts = make_facts(outcome=Outcome.RECOVERING, ended=None)

    assert codes(check_event(facts, make_death_context()).warnings) == ("recovering_at_death",)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"term": None}, ("term_not_in_dictionary",)),
        ({"term": None, "reported_term": " "}, ("term_missing",)),
        ({}, ()),
    ],
)
def test_graded_study_takes_terms_of_its_dictionary(
    changes: dict[str, Any], expected: tuple[str, ...]
) -> None:
    assert codes(check_event(make_facts(**changes), make_context()).refusals) == expected


@pytest.mark.parametrize(
    ("pinned", "expected"),
    [("5.0", ()), ("6.0", ("term_of_another_version",)), (None, ("term_of_another_version",))],
)
def test_term_is_of_the_version_that_the_protocol_pins(pinned: str | None, expected: tuple[str, ...]) -> None:
    verdict = check_event(make_facts(), make_context(dictionary_version=pinned))

    assert codes(verdict.refusals) == expected


def test_study_with_its_own_terms_takes_any_text_and_no_grade() -> None:
    facts = make_facts(term=None, grade=None)

    verdict = check_event(facts, make_context(dictionary_version=None))

    assert (verdict.refusals, verdict.prompts) == ((), ())


CONTRADICTIONS: list[tuple[dict[str, Any], str]] = [
    ({"serious": False, "criteria": Criteria(hospitalisation=True)}, "criterion_not_serious"),
    ({"serious": True, "criteria": NONE_SERIOUS}, "serious_without_criterion"),
    ({"ended": None}, "resolved_without_end"),
    ({"outcome": Outcome.FATAL}, "fatal_without_death"),
    ({"onset": moment("2020-04-04")}, "onset_before_consent"),
    ({"outcome": Outcome.NOT_RECOVERED}, "unresolved_with_end"),
    ({"term": None}, "term_not_in_dictionary"),
]


@pytest.mark.parametrize(("changes", "code"), CONTRADICTIONS)
def test_contradiction_of_imported_data_is_a_finding(changes: dict[str, Any], code: str) -> None:
    verdict = check_imported_event(make_facts(**changes), make_context())

    assert verdict.refusals == ()
    assert code in codes(verdict.findings)


IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"grade": 7}, "grade_impossible"),
    ({"term": SINUS_TACHYCARDIA, "grade": 4}, "grade_not_available"),
    ({"term_version": "6.0"}, "term_of_another_version"),
    ({"after_infusion": moment("2020-04-06T04:00")}, "infusion_after_onset"),
    ({"causality": "GOD"}, "causality_unknown"),
    ({"ended": moment("2020-04-05")}, "ended_before_onset"),
    ({"onset": moment("2020-07-01"), "ended": None, "outcome": ""}, "in_the_future"),
]


@pytest.mark.parametrize(("changes", "code"), IMPOSSIBLE)
def test_what_cannot_be_is_refused_at_every_door(changes: dict[str, Any], code: str) -> None:
    facts = make_facts(**changes)

    verdicts = (check_event, check_draft, check_imported_event)

    assert all(codes(check(facts, make_context()).refusals) == (code,) for check in verdicts)


def test_draft_shows_what_stands_against_completing_it() -> None:
    facts = make_facts(serious=True, criteria=Criteria(), onset=None, ended=None, outcome="")

    verdict = check_draft(facts, make_context())

    assert verdict.refusals == ()
    assert {"serious_without_criterion", "onset_missing"} <= set(codes(verdict.prompts))
