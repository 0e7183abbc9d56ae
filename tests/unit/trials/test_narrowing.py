"""Spans of partly known times: cut to every bound, never widened, in any order of the bounds."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partial_dates import PartialMoment, Span, exact_moment, narrowed, parse_partial
from trials.rules.course_bounds import CourseDates, death_span, latest_moments

ZONE = "Europe/Paris"
START = datetime(2024, 1, 1, tzinfo=UTC)
DAYS = st.integers(-400, 400)


def at(text: str) -> PartialMoment:
    return parse_partial(text, ZONE)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


moments = st.none() | DAYS.map(day)
bounds = st.lists(moments, max_size=4)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    first, last = draw(moments), draw(moments)
    if first is not None and last is not None and first > last:
        first, last = last, first
    return Span(first, last)


def inside(narrow: Span, wide: Span) -> bool:
    below = wide.earliest is None or (narrow.earliest is not None and narrow.earliest >= wide.earliest)
    above = wide.latest is None or (narrow.latest is not None and narrow.latest <= wide.latest)
    return below and above


@given(spans(), bounds, bounds)
def test_narrowing_never_widens_and_never_turns_a_span_over(
    span: Span, not_before: list[datetime | None], not_after: list[datetime | None]
) -> None:
    found = narrowed(span, not_before=not_before, not_after=not_after)

    assert inside(found, span)
    assert found.earliest is None or found.latest is None or found.earliest <= found.latest


@given(spans(), bounds, bounds, st.randoms(use_true_random=False))
def test_order_of_bounds_makes_no_difference(
    span: Span, not_before: list[datetime | None], not_after: list[datetime | None], chance: object
) -> None:
    found = narrowed(span, not_before=not_before, not_after=not_after)
    chance.shuffle(not_before)  # type: ignore[attr-defined]
    chance.shuffle(not_after)  # type: ignore[attr-defined]

    assert narrowed(span, not_before=not_before, not_after=not_after) == found


@given(spans(), bounds, bounds)
def test_every_bound_is_respected_where_all_can_be(
    span: Span, not_before: list[datetime | None], not_after: list[datetime | None]
) -> None:
    below = [bound for bound in not_before if bound is not None]
    above = [bound for bound in not_after if bound is not None]
    first = max([*below, *([span.earliest] if span.earliest else [])], default=None)
    last = min([*above, *([span.latest] if span.latest else [])], default=None)
    if first is not None and last is not None and first > last:
        return

    assert narrowed(span, not_before=not_before, not_after=not_after) == Span(first, last)


@given(DAYS, bounds, bounds)
def test_fully_known_moment_is_unchanged(
    number: int, not_before: list[datetime | None], not_after: list[datetime | None]
) -> None:
    known = exact_moment(day(number))

    assert narrowed(known, not_before=not_before, not_after=not_after) == Span(day(number), day(number))


@pytest.mark.parametrize(
    ("written", "not_before", "not_after", "expected"),
    [
        ("2024", (), ("2024-01-25",), ("2024", "2024-01-25")),
        ("2024", ("2024-01-10",), ("2024-01-25",), ("2024-01-10", "2024-01-25")),
        ("2024-01", (), ("2024-03-01",), ("2024-01", "2024-01")),
        ("2024", (), ("2023-12-31",), ("2024", "2024")),  # the end lies before the onset: kept as given
        ("2024", (), ("2023-12-31", "2024-01-25"), ("2024", "2024-01-25")),
        ("2024", ("2024-02-01",), ("2024-01-25",), ("2024", "2024")),  # the bounds contradict each other
        ("2024-01-10T14:00", ("2024-01-12",), ("2024-01-08",), ("2024-01-10T14:00", "2024-01-10T14:00")),
    ],
)
def test_examples(
    written: str, not_before: tuple[str, ...], not_after: tuple[str, ...], expected: tuple[str, str]
) -> None:
    found = narrowed(
        at(written),
        not_before=[at(text).earliest for text in not_before],
        not_after=[at(text).latest for text in not_after],
    )

    assert found == Span(at(expected[0]).earliest, at(expected[1]).latest)


def test_moment_of_which_nothing_is_known_has_only_its_bounds() -> None:
    assert narrowed(None) == Span(None, None)
    assert narrowed(None, not_after=[day(3), None, day(2)]) == Span(None, day(2))
    assert narrowed(None, not_before=[day(3)]) == Span(day(3), None)


KNOWN_AT = datetime(2024, 3, 1, tzinfo=UTC)


def make_course(**changes: object) -> CourseDates:
    plain = {
        "zone": ZONE,
        "known_at": KNOWN_AT,
        "screened_date": date(2024, 1, 9),
        "enrolled_at": at("2024-01-10T08:00").earliest,
        "infusions": (at("2024-01-12T10:00").earliest, at("2024-01-10T10:00").earliest),
        "has_died": True,
        "died": Span(at("2024").earliest, at("2024").latest),
    }
    return CourseDates(**(plain | changes))  # type: ignore[arg-type]


def test_death_lies_after_what_shows_somebody_alive_and_before_it_was_on_record() -> None:
    assert death_span(make_course()) == Span(at("2024-01-12T10:00").earliest, KNOWN_AT)
    assert death_span(make_course(died=None)) == Span(at("2024-01-12T10:00").earliest, KNOWN_AT)
    assert death_span(make_course(completed_date=date(2024, 2, 8))).earliest == at("2024-02-08").earliest  # type: ignore[union-attr]
    assert death_span(make_course(has_died=False, died=None)) is None


def test_death_before_an_infusion_is_kept_as_given() -> None:
    early = Span(at("2024-01-11").earliest, at("2024-01-11").latest)

    assert death_span(make_course(died=early)) == early


def test_nothing_begins_after_death_withdrawal_or_completion() -> None:
    course = make_course(
        has_died=False, died=None, withdrawn_date=date(2024, 2, 1), completed_date=date(2024, 2, 8)
    )

    assert latest_moments(course) == (None, at("2024-02-01").latest, at("2024-02-08").latest)
    assert latest_moments(make_course()) == (KNOWN_AT, None, None)
