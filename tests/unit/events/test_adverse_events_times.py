"""R7, treatment emergence, and the infusion that an event follows: exact and partial dates."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.choices import Outcome
from events.rules.adverse_events import (
    FollowsInfusion,
    PrecedingInfusion,
    StartedInfusion,
    check_event,
    check_imported_event,
    hours_since_infusion,
    preceding_infusion,
)
from events.rules.remarks import codes
from tests.unit.events.event_facts import AT, make_context, make_death_context, make_facts, moment


@pytest.mark.parametrize(
    ("onset", "refused"),
    [
        ("2020-04-05T09:59", True),
        ("2020-04-05T10:00", False),
        ("2020-04-05", False),
        ("2020-04-04", True),
        ("2020-04", False),
        ("2020-03", True),
        ("2020", False),
        ("2019", True),
    ],
)
def test_onset_is_refused_only_when_surely_before_consent(onset: str, refused: bool) -> None:
    verdict = check_event(make_facts(onset=moment(onset)), make_context())

    assert ("onset_before_consent" in codes(verdict.refusals)) is refused


@pytest.mark.parametrize(
    ("given", "onset", "refused"),
    [
        # Deferred consent: a life-threatening event after the first infusion, three days before the consent.
        ({"consent": "2020-04-09T10:00"}, "2020-04-06T02:10", False),
        ({"consent": "2020-04-09T10:00"}, "2020-04-06T01:59", True),
        ({"consent": "2020-04-09T10:00", "enrolled": "2020-04-05T09:00"}, "2020-04-05T09:00", False),
        ({"consent": "2020-04-09T10:00", "enrolled": "2020-04-05T09:00"}, "2020-04-05T08:59", True),
        ({"consent": "2020-04-09T10:00", "first_infusion": None}, "2020-04-09T09:59", True),
        # A consent that is not recorded may be older than enrolment and infusion.
        ({"consent": None}, "2020-04-06T02:00", False),
        ({"consent": None, "enrolled": "2020-04-05T09:00"}, "2019", False),
    ],
)
def test_events_begin_at_the_first_of_consent_enrolment_and_first_infusion(
    given: dict[str, str | None], onset: str, refused: bool
) -> None:
    context = make_context(**{name: text and moment(text) for name, text in given.items()})
    facts = make_facts(onset=moment(onset), ended=None, outcome=Outcome.NOT_RECOVERED)

    assert ("onset_before_consent" in codes(check_event(facts, context).refusals)) is refused
    assert ("onset_before_consent" in codes(check_imported_event(facts, context).findings)) is refused


def test_missing_onset_is_refused() -> None:
    assert codes(check_event(make_facts(onset=None), make_context()).refusals) == ("onset_missing",)


@pytest.mark.parametrize(
    ("ended", "refused"),
    [
        ("2020-04-06T03:39", True),
        ("2020-04-06T03:40", False),
        ("2020-04-06", False),
        ("2020-04-05", True),
        ("2020", False),
    ],
)
def test_end_is_refused_only_when_surely_before_onset(ended: str, refused: bool) -> None:
    verdict = check_event(make_facts(ended=moment(ended)), make_context())

    assert ("ended_before_onset" in codes(verdict.refusals)) is refused


@pytest.mark.parametrize(("worsened", "refused"), [("2020-04-05", True), ("2020-04-06", False)])
def test_worsening_before_onset_is_refused(worsened: str, refused: bool) -> None:
    verdict = check_event(make_facts(worsened=moment(worsened)), make_context())

    assert ("worsened_before_onset" in codes(verdict.refusals)) is refused


@pytest.mark.parametrize(
    ("onset", "refused"), [("2020-04-07T09:01", True), ("2020-04-07", False), ("2020-04-08", True)]
)
def test_onset_after_death_is_refused(onset: str, refused: bool) -> None:
    facts = make_facts(onset=moment(onset), ended=None, outcome=Outcome.NOT_RECOVERED)

    verdict = check_event(facts, make_death_context())

    assert ("onset_after_death" in codes(verdict.refusals)) is refused


@pytest.mark.parametrize(("onset", "refused"), [("2020-06-01", False), ("2020-06-02", True), ("2021", True)])
def test_onset_in_the_future_is_refused(onset: str, refused: bool) -> None:
    facts = make_facts(onset=moment(onset), ended=None, outcome="")

    assert ("in_the_future" in codes(check_event(facts, make_context()).refusals)) is refused


def test_awareness_before_onset_or_in_the_future_is_refused() -> None:
    early = make_facts(aware_at=moment("2020-04-06T03:39").earliest)
    late = make_facts(aware_at=AT.replace(hour=13))
    sound = make_facts(aware_at=moment("2020-04-06T03:40").earliest)

    found = [codes(check_event(facts, make_context()).refusals) for facts in (early, late, sound)]

    assert found == [("aware_before_onset",), ("in_the_future",), ()]


def test_sponsor_told_before_the_site_knew_or_in_the_future_is_refused() -> None:
    aware = moment("2020-04-06T10:00").earliest
    told = (aware - timedelta(minutes=1), aware, AT + timedelta(minutes=1))

    facts = [make_facts(aware_at=aware, sponsor_informed_at=when) for when in told]

    assert [codes(check_event(one, make_context()).refusals) for one in facts] == [
        ("sponsor_before_aware",),
        (),
        ("in_the_future",),
    ]


@pytest.mark.parametrize(
    ("started", "refused"),
    [("2020-04-06T03:41", True), ("2020-04-06T03:40", False), ("2020-04-06", False), ("2020-04-07", True)],
)
def test_event_before_the_infusion_it_follows_is_refused(started: str, refused: bool) -> None:
    verdict = check_event(make_facts(after_infusion=moment(started)), make_context())

    assert ("infusion_after_onset" in codes(verdict.refusals)) is refused


ENDED = moment("2020-04-07")


@pytest.mark.parametrize(
    ("changes", "refusals", "warnings"),
    [
        ({"ongoing": True, "outcome": Outcome.NOT_RECOVERED, "ended": None}, (), ()),
        ({"ongoing": True, "outcome": Outcome.NOT_RECOVERED, "ended": ENDED}, ("ongoing_with_end",), ()),
        (
            {"ongoing": True, "outcome": Outcome.RECOVERED, "ended": ENDED},
            ("ongoing_with_end", "ongoing_with_outcome"),
            (),
        ),
        ({"ongoing": False, "outcome": Outcome.NOT_RECOVERED, "ended": ENDED}, (), ("unresolved_with_end",)),
        ({"ongoing": None, "outcome": Outcome.RECOVERING, "ended": ENDED}, (), ("unresolved_with_end",)),
        ({"outcome": Outcome.RECOVERED, "ended": None}, ("resolved_without_end",), ()),
        ({"outcome": Outcome.RECOVERED_WITH_SEQUELAE, "ended": None}, ("resolved_without_end",), ()),
        ({"outcome": Outcome.RECOVERED_WITH_SEQUELAE, "ended": moment("2020")}, (), ()),
        ({"outcome": Outcome.UNKNOWN, "ended": None}, (), ()),
        ({"outcome": "", "ended": None}, (), ()),
    ],
)
def test_outcome_end_and_ongoing_agree(
    changes: dict[str, Any], refusals: tuple[str, ...], warnings: tuple[str, ...]
) -> None:
    verdict = check_event(make_facts(**changes), make_context())

    assert (codes(verdict.refusals), codes(verdict.warnings)) == (refusals, warnings)


INFUSIONS = (
    StartedInfusion(1, moment("2020-04-06T10:00")),
    StartedInfusion(2, moment("2020-04-08T10:00")),
    StartedInfusion(3, moment("2020-04-10")),
)


@pytest.mark.parametrize(
    ("onset", "expected"),
    [
        ("2020-04-06T09:59", PrecedingInfusion(FollowsInfusion.BEFORE_FIRST)),
        ("2020-04-06T10:00", PrecedingInfusion(FollowsInfusion.AFTER, 1)),
        ("2020-04-06", PrecedingInfusion(FollowsInfusion.CANNOT_BE_TOLD)),
        ("2020-04-07", PrecedingInfusion(FollowsInfusion.AFTER, 1)),
        ("2020-04-08T10:01", PrecedingInfusion(FollowsInfusion.AFTER, 2)),
        ("2020-04-10T12:00", PrecedingInfusion(FollowsInfusion.CANNOT_BE_TOLD)),
        ("2020-04-11", PrecedingInfusion(FollowsInfusion.AFTER, 3)),
        ("2020-04", PrecedingInfusion(FollowsInfusion.CANNOT_BE_TOLD)),
        ("2020-03", PrecedingInfusion(FollowsInfusion.BEFORE_FIRST)),
        ("2020-05", PrecedingInfusion(FollowsInfusion.AFTER, 3)),
    ],
)
def test_preceding_infusion_is_told_only_when_the_dates_allow_one(
    onset: str, expected: PrecedingInfusion
) -> None:
    assert preceding_infusion(moment(onset), tuple(reversed(INFUSIONS))) == expected


def test_no_infusion_precedes_when_none_was_given() -> None:
    assert preceding_infusion(moment("2020"), ()) == PrecedingInfusion(FollowsInfusion.BEFORE_FIRST)


@pytest.mark.parametrize(
    ("onset", "started", "expected"),
    [
        ("2020-04-06T13:40", "2020-04-06T10:00", (3 + 40 / 60, 3 + 40 / 60)),
        ("2020-04-06T10:00", "2020-04-06T10:00", (0.0, 0.0)),
        ("2020-04-06T09:59", "2020-04-06T10:00", None),
        ("2020-04-07", "2020-04-06T10:00", (14.0, 38.0)),
        ("2020-04-06", "2020-04-06T10:00", None),
        ("2020-04-06T03:40+02:00", "2020-04-06T01:40Z", (0.0, 0.0)),
    ],
)
def test_hours_since_infusion(onset: str, started: str, expected: tuple[float, float] | None) -> None:
    hours = hours_since_infusion(moment(onset), moment(started))

    assert (None if hours is None else (hours.fewest, hours.most)) == (
        None if expected is None else pytest.approx(expected, abs=1e-6)
    )
    assert hours is None or hours.is_exact is (expected is not None and expected[0] == expected[1])


WRITTEN = st.sampled_from(["2019", "2020", "2020-04", "2020-04-05", "2020-04-06T03:40", "2020-05-31", "2021"])


@given(
    onset=st.none() | WRITTEN.map(moment),
    ended=st.none() | WRITTEN.map(moment),
    outcome=st.sampled_from(["", *Outcome.values]),
    ongoing=st.sampled_from([True, False, None]),
    grade=st.none() | st.integers(-1, 7),
    serious=st.sampled_from([True, False, None]),
)
def test_import_loses_no_contradiction_that_a_form_would_refuse(**changes: Any) -> None:
    facts = make_facts(**changes)

    at_the_form = set(codes(check_event(facts, make_context()).refusals))
    verdict = check_imported_event(facts, make_context())

    assert at_the_form <= set(codes(verdict.refusals)) | set(codes(verdict.findings))
    assert set(codes(verdict.refusals)) <= at_the_form
