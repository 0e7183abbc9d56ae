"""The order of a worklist: the work with the greatest harm if missed comes first."""

from datetime import UTC, datetime, timedelta

from worklist.pages.items import DUE, OVERDUE, SOON, Harm, State, WorkItem, in_order

NOON = datetime(2020, 4, 6, 12, 0, tzinfo=UTC)


def line(title: str, harm: Harm, state: State = DUE, *, minutes: int = 0) -> WorkItem:
    return WorkItem(harm=harm, state=state, when="", title=title, order=NOON + timedelta(minutes=minutes))


def titles(*lines: WorkItem) -> list[str]:
    return [str(item.title) for item in in_order(lines)]


def test_clock_of_a_serious_event_comes_before_a_check() -> None:
    assert titles(line("check", Harm.CHECK, OVERDUE), line("clock", Harm.SERIOUS_CLOCK)) == ["clock", "check"]


def test_check_comes_before_a_sample_that_is_overdue() -> None:
    assert titles(line("sample", Harm.SPECIMEN, OVERDUE), line("check", Harm.CHECK)) == ["check", "sample"]


def test_overdue_comes_first_among_its_like() -> None:
    assert titles(line("soon", Harm.CHECK, SOON, minutes=-5), line("late", Harm.CHECK, OVERDUE)) == [
        "late",
        "soon",
    ]


def test_earlier_comes_first_among_equals() -> None:
    assert titles(line("later", Harm.CHECK, minutes=15), line("earlier", Harm.CHECK)) == ["earlier", "later"]
