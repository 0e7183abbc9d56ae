"""What is one episode of an abnormal value, and when it is proposed again."""

from datetime import UTC, datetime, timedelta

import pytest

from events.queries.grade_limits import limits_of_term
from events.queries.measured_values import codes_of_test, shipped_tests
from events.queries.word_tables import shipped_terms
from events.rules.suggestions import MeasuredGrades, episodes_of, is_asked

START = datetime(2020, 4, 6, 8, tzinfo=UTC)


def values(*grades: tuple[int, ...]) -> list[MeasuredGrades]:
    return [MeasuredGrades(f"lab {n}", START + timedelta(hours=12 * n), one) for n, one in enumerate(grades)]


NORMAL: tuple[int, ...] = (0,)


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        ([], []),
        ([NORMAL, NORMAL], []),
        ([(2,), (3,), (1,)], [(("lab 0", "lab 1", "lab 2"), 3, False)]),
        ([(2,), NORMAL, (1,)], [(("lab 0",), 2, True), (("lab 2",), 1, False)]),
        # What cannot be graded is no normal value.
        ([(2,), (), (2,)], [(("lab 0", "lab 2"), 2, False)]),
        ([(), NORMAL, ()], []),
        # Several grades are possible: the least is certain.
        ([(1,), (2, 3)], [(("lab 0", "lab 1"), 2, False)]),
        ([NORMAL, (4,), NORMAL], [(("lab 1",), 4, True)]),
    ],
)
def test_only_a_normal_value_ends_an_episode(
    grades: list[tuple[int, ...]], expected: list[tuple[tuple[str, ...], int, bool]]
) -> None:
    found = episodes_of(reversed(values(*grades)))

    assert [(one.keys, one.grade, one.is_over) for one in found] == expected


def test_episode_names_its_worst_value_and_its_moments() -> None:
    (found,) = episodes_of(values((1,), (3,), (2,)))

    assert (found.worst_key, found.grades) == ("lab 1", (3,))
    assert (found.began_at, found.last_at) == (START, START + timedelta(hours=24))


@pytest.mark.parametrize(
    ("grade", "answered", "expected"), [(1, None, True), (2, 2, False), (3, 2, True), (1, 2, False)]
)
def test_an_answered_episode_is_asked_again_only_when_it_is_worse(
    grade: int, answered: int | None, expected: bool
) -> None:
    assert is_asked(grade, answered) is expected


@pytest.mark.parametrize(
    ("test", "term"),
    [
        ("Hémoglobine", "Anemia"),
        ("haemoglobin", "Anemia"),
        ("K+", "Hypokalemia"),
        ("Potassium", "Hyperkalemia"),
        ("plaquettes", "Platelet count decreased"),
        ("Créatinine", "Creatinine increased"),
    ],
)
def test_names_of_tests_lead_to_terms(test: str, term: str) -> None:
    names = {one.code: one.term for one in shipped_terms("5.0")}

    assert term in [names[code] for code in codes_of_test(test)]


def test_every_code_of_the_table_of_tests_has_limits_that_a_value_alone_can_meet() -> None:
    codes = {code for listed in shipped_tests().values() for code in listed}
    assert len(codes) >= 30
    for code in codes:
        found = [one for version in ("5.0", "6.0") for one in limits_of_term(version=version, code=code)]
        assert found, code
        assert any(one.is_finding for one in found), code
    assert codes_of_test("anti-HLA") == ()
