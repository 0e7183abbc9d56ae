"""Conditions of enrolment, permitted changes of status, and the stratum of a value."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from trials.choices import ParticipantStatus
from trials.rules.enrolment import (
    TRANSITIONS,
    Ends,
    EnrolmentFacts,
    derived_strata,
    enrolment_refusals,
    level_of,
    may_become,
    status_refusals,
    status_without_last_end,
    strata_refusals,
    weight_refusals,
)
from trials.rules.protocol import Protocol, parse_protocol, protocol_content

PROTOCOLS = Path(__file__).resolve().parents[3] / "protocols"
CONTENT = protocol_content((PROTOCOLS / "stroma-cov-2.toml").read_bytes())
STROMA = parse_protocol(CONTENT)
BY_CONSENT = parse_protocol({**CONTENT, "enrolment_event": "consent"})
PILOT = parse_protocol(protocol_content((PROTOCOLS / "cdisc-pilot.toml").read_bytes()))
AT = datetime(2020, 4, 6, 9, 0, tzinfo=UTC)

ALLOWED = {
    ("screened", "screen_failure"),
    ("screened", "enrolled"),
    ("enrolled", "completed"),
    ("enrolled", "withdrawn"),
    ("enrolled", "died"),
    ("completed", "died"),
    ("withdrawn", "died"),
}


def facts(**changes: Any) -> EnrolmentFacts:
    values: dict[str, Any] = {
        "status": "screened",
        "moment": AT,
        "precision": "minute",
        "screened_date": date(2020, 4, 6),
        "consented_at": None,
        "has_died": False,
    }
    return EnrolmentFacts(**{**values, **changes})


@pytest.mark.parametrize(
    ("status", "ends", "before"),
    [
        ("died", {"has_died"}, "enrolled"),
        ("died", {"has_died", "is_withdrawn"}, "withdrawn"),
        ("died", {"has_died", "is_completed"}, "completed"),
        ("completed", {"has_died", "is_completed"}, "completed"),
        ("withdrawn", {"is_withdrawn"}, "enrolled"),
        ("completed", {"is_completed"}, "enrolled"),
        ("enrolled", set(), None),
        ("screened", set(), None),
    ],
)
def test_last_end_is_taken_back_alone(status: str, ends: set[str], before: str | None) -> None:
    recorded = {name: name in ends for name in ("has_died", "is_withdrawn", "is_completed")}

    assert status_without_last_end(Ends(status=status, is_enrolled=True, **recorded)) == before


def test_screening_that_failed_by_mistake_goes_on() -> None:
    failed = Ends("screen_failure", is_enrolled=False, has_died=False, is_withdrawn=False, is_completed=False)

    assert status_without_last_end(failed) == "screened"


def test_the_table_of_transitions_covers_every_status() -> None:
    assert set(TRANSITIONS) == set(ParticipantStatus)


@pytest.mark.parametrize("current", ParticipantStatus.values)
@pytest.mark.parametrize("wanted", ParticipantStatus.values)
def test_status_changes_only_along_the_table(current: str, wanted: str) -> None:
    allowed = (current, wanted) in ALLOWED

    assert may_become(current, wanted) is allowed
    assert (status_refusals(current, wanted) == ()) is allowed


def test_a_refused_status_says_what_may_follow() -> None:
    (refusal,) = status_refusals("enrolled", "screened")

    assert str(refusal) == (
        "Status: 'enrolled' cannot become 'screened'; it may become: completed, withdrawn, died."
    )


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, []),
        ({"screened_date": None}, []),
        ({"screened_date": date(2020, 4, 5)}, []),
        ({"screened_date": date(2020, 4, 7)}, ["enrolled_at"]),
        ({"screened_date": date(2020, 4, 7), "moment": datetime(2020, 4, 6, 22, 0, tzinfo=UTC)}, []),
        (
            {"screened_date": date(2020, 4, 7), "moment": datetime(2020, 4, 6, 21, 59, tzinfo=UTC)},
            ["enrolled_at"],
        ),
        ({"consented_at": AT - timedelta(seconds=1)}, []),
        ({"consented_at": AT}, []),
        ({"consented_at": AT + timedelta(seconds=1)}, ["consented_at"]),
        ({"consented_at": AT + timedelta(hours=5), "precision": "day"}, []),
        ({"consented_at": AT + timedelta(days=1), "precision": "day"}, ["consented_at"]),
        ({"has_died": True}, ["status"]),
        ({"status": "enrolled"}, ["status"]),
        ({"status": "screen_failure", "consented_at": AT + timedelta(days=1)}, ["status", "consented_at"]),
    ],
)
def test_enrolment_by_randomisation(changes: dict[str, Any], fields: list[str]) -> None:
    assert [refusal.field for refusal in enrolment_refusals(facts(**changes), STROMA)] == fields


@pytest.mark.parametrize(
    ("consented_at", "precision", "fields"),
    [
        (None, "minute", ["consented_at"]),
        (AT, "minute", []),
        (AT - timedelta(minutes=1), "minute", ["enrolled_at"]),
        (AT - timedelta(minutes=1), "day", []),
        (AT + timedelta(minutes=1), "minute", ["consented_at"]),
    ],
)
def test_enrolment_by_consent_is_the_consent(
    consented_at: datetime | None, precision: str, fields: list[str]
) -> None:
    refusals = enrolment_refusals(facts(consented_at=consented_at, precision=precision), BY_CONSENT)

    assert [refusal.field for refusal in refusals] == fields


@pytest.mark.parametrize(
    ("age", "level"),
    [
        (0, "AGE_UP_TO_70"),
        (69, "AGE_UP_TO_70"),
        (70, "AGE_UP_TO_70"),
        (Decimal("70.1"), "AGE_OVER_70"),
        (71, "AGE_OVER_70"),
    ],
)
def test_level_of_age_at_the_cut(age: int, level: str) -> None:
    found = level_of(STROMA.strata[0], age)

    assert found is not None
    assert found.code == level


@pytest.mark.parametrize(
    ("score", "level"), [(10, "SOFA_UP_TO_11"), (11, "SOFA_UP_TO_11"), (12, "SOFA_OVER_11")]
)
def test_level_of_sofa_at_the_cut(score: int, level: str) -> None:
    assert derived_strata(STROMA, {"sofa_score": score}) == {"SOFA": level}


def test_strata_of_unknown_values_are_unknown() -> None:
    assert derived_strata(STROMA, {"age_years": None}) == {}
    assert derived_strata(PILOT, {"age_years": 71}) == {}


def without_cuts() -> Protocol:
    level = {"code": "N", "label": "North"}
    region = {
        "code": "REGION",
        "label": "Region",
        "source": "x",
        "levels": [level, {"code": "S", "label": "South"}],
    }
    adjusted_by_other_strata = {"outcomes"}
    content = {key: value for key, value in CONTENT.items() if key not in adjusted_by_other_strata}
    return parse_protocol({**content, "strata": [region]})


def test_a_stratum_without_cuts_has_no_level_of_a_value() -> None:
    protocol = without_cuts()

    assert level_of(protocol.strata[0], 3) is None
    assert strata_refusals(protocol, {"REGION": "S"}, {"age_years": 71}) == ()


@pytest.mark.parametrize(
    ("strata", "age", "named"),
    [
        ({}, 71, None),
        ({"AGE": "AGE_OVER_70", "SOFA": "SOFA_UP_TO_11"}, 71, None),
        ({"AGE": "AGE_OVER_70"}, None, None),
        ({"AGE": "AGE_UP_TO_70"}, 71, "contradicts the recorded age_years of 71 years"),
        ({"AGE": "OLD"}, None, "OLD is not a level of AGE"),
        ({"BMI": "HIGH"}, None, "BMI is not a stratum"),
    ],
)
def test_strata_refusals(strata: dict[str, str], age: int | None, named: str | None) -> None:
    sentences = " ".join(str(refusal) for refusal in strata_refusals(STROMA, strata, {"age_years": age}))

    assert (sentences == "") is (named is None)
    assert named is None or named in sentences


@pytest.mark.parametrize(
    ("weight", "refused"),
    [(None, False), ("29.9", True), ("30.0", False), ("300.0", False), ("300.1", True), ("0", True)],
)
def test_weight_limits_are_allowed_values(weight: str | None, refused: bool) -> None:
    value = Decimal(weight) if weight else None

    assert bool(weight_refusals(STROMA, value)) is refused
    assert weight_refusals(PILOT, value) == ()
