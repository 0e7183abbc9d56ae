"""No interval leaves its range and none relies on large numbers in a small arm: over every table of the report."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from biostatistics.small_samples import SMALL_ARM, TOO_FEW
from reports.documents import document_of
from reports.frames import Frames
from reports.rendering.html import html_bytes
from reports.rendering.page import page_of
from reports.tables import CodedArm, closed_tables
from reports.tables.death_curve import PERMUTED
from reports.tables.deaths import deaths
from reports.tables.mean_cumulative_events import mean_cumulative_events
from reports.tables.outcomes import outcomes
from reports.tables.time_to_first_event import time_to_first_event
from tests.unit.reports.courses import make_days, make_stay
from tests.unit.reports.snapshots import cell, make_event, make_frames, make_participant, make_plan
from tests.unit.reports.whole_reports import make_snapshot

Row = dict[str, Any]
Rows = dict[str, list[Row]]
CUTOFF = datetime(2020, 7, 1, tzinfo=UTC)
NORMAL = {
    "aalen_johansen_log_log", "greenwood_log_log", "ghosh_lin_log", "normal", "square_and_add", "z", "log_rank",
    "ancova", "hodges_lehmann", "rank_sum",
}  # fmt: skip
"""The methods of the report that rest on large numbers, but for proportions, whose methods the contract names."""
LIMITS = (("ci_low", "ci_high"), ("mean_ci_low", "mean_ci_high"), ("low", "high"))


def seen_at_look_10() -> Frames:
    """3 of 4 with an event of grade 3 or more by day 14 against 1 of 5, nobody lost."""
    people = [make_participant(f"A{i}", "A") for i in range(4)] + [
        make_participant(f"B{i}", "B") for i in range(5)
    ]
    events = [make_event(code, grade=3, day=5) for code in ("A0", "A1", "A2", "B0")]
    return make_frames(participants=people, adverse_events=events)


def row_of(table: Row, what: str) -> Row:
    (found,) = [row for row in table["rows"] if row["what"] == what]
    return found


def test_difference_between_arms_of_4_and_5_is_exact_and_within_100_points() -> None:
    plan = replace(make_plan(), data_cutoff_at=CUTOFF)

    found = row_of(
        time_to_first_event(seen_at_look_10(), plan), "First adverse event of grade 3 or more, day 14"
    )

    # 3/4 (19.4 to 99.4 %) and 1/5 (0.5 to 71.6 %), squared and added; Fisher.
    assert found["estimate"] == pytest.approx(55.0)
    assert (found["ci_low"], found["ci_high"]) == (
        pytest.approx(-20.9, abs=0.1),
        pytest.approx(86.3, abs=0.1),
    )
    assert found["p_value"] == pytest.approx(0.2063, abs=1e-4)
    assert (found["ci_method"], found["test"]) == ("square_and_add_exact", "fisher")


def test_limits_of_who_was_not_followed_to_the_day_allow_for_every_course() -> None:
    early = replace(make_plan(), data_cutoff_at=datetime(2020, 4, 16, tzinfo=UTC))  # day 10, of A4 day 27
    longer = make_participant("A4", "A", enrolled_at="2020-03-20T08:00:00Z", day0="2020-03-20")
    people = [*(make_participant(f"A{i}", "A") for i in range(4)), longer]
    frames = make_frames(participants=people, adverse_events=[make_event("A0", grade=3, day=5)])

    found = cell(time_to_first_event(frames, early), "first_grade_3", level="D14", arm="A")

    assert found["ci_method"] == "clopper_pearson_every_course"
    assert (found["count"], found["denominator"]) == (1, 5)
    assert found["ci_low"] == pytest.approx(0.0051, abs=1e-4)  # 1 of 5
    assert found["ci_high"] == pytest.approx(0.9949, abs=1e-4)  # 4 of 5


def test_large_arms_keep_the_usual_methods_within_the_range() -> None:
    people = [make_participant(f"{arm}{i:02}", arm) for arm in "AB" for i in range(SMALL_ARM)]
    events = [make_event(f"A{i:02}", day=5) for i in range(19)]
    plan = replace(make_plan(), data_cutoff_at=CUTOFF)
    frames = make_frames(participants=people, adverse_events=[*events, make_event("B00", day=6)])

    found = row_of(time_to_first_event(frames, plan), "First adverse event, day 14")

    assert (found["ci_method"], found["test"]) == ("square_and_add", "z")
    assert found["estimate"] == pytest.approx(90)
    assert -100 <= found["ci_low"] < 90 < found["ci_high"] <= 100


def test_deaths_in_small_arms_are_compared_by_permutation() -> None:
    people = [make_participant(f"A{i}", "A", died=True, death_day=2 + i) for i in range(4)]
    people += [make_participant(f"B{i}", "B") for i in range(5)]
    plan = replace(make_plan(), data_cutoff_at=CUTOFF)

    (test,) = deaths(make_frames(participants=people), plan)["tests"]

    # 4 dead of 4 against nobody of 5: one of the 126 splits.
    assert test == {
        "window": None, "measure": "probability_of_death", "level": None, "arm": "A", "reference": "B",
        "test": PERMUTED, "p_value": pytest.approx(1 / 126),
    }  # fmt: skip


def test_mean_numbers_in_small_arms_are_not_compared() -> None:
    table = mean_cumulative_events(seen_at_look_10(), replace(make_plan(), data_cutoff_at=CUTOFF))

    found = row_of(table, "Mean number: adverse event, day 14")

    assert {found[name] for name in ("estimate", "ci_low", "ci_high", "p_value", "test")} == {None}
    assert TOO_FEW in {column.get("absent") for column in table["columns"]}
    assert cell(table, "mean_ae", level="D14", arm="A")["ci_low"] is None


def test_change_in_small_arms_is_compared_by_permutation() -> None:
    people = {f"{arm}{i}": arm for arm in "AB" for i in range(5)}
    days = [
        row
        for i, code in enumerate(people)
        for row in make_days(code, {0: 100.0 + 7 * (i % 4), 7: 150.0 + (3 * i) % 11 + 60 * (code[0] == "A")})
    ]
    frames = make_frames(
        participants=[make_participant(code, arm) for code, arm in people.items()],
        follow_up=[make_stay(code) for code in people],
        daily_assessments=days,
    )

    table = outcomes(frames, replace(make_plan(), data_cutoff_at=CUTOFF))

    found = next(c for c in table["comparisons"] if c["measure"] == "pf_change" and c["window"] == "D7")
    assert (found["ci_method"], found["test"]) == ("permutation_ancova", "permutation_ancova")
    assert found["ci_low"] < found["difference"] < found["ci_high"]
    assert cell(table, "pf_ratio", window="D7", arm="A")["mean_ci_low"] is None


ARMS = (
    CodedArm("A", is_reference=False), CodedArm("B", is_reference=False), CodedArm("C", is_reference=True),
)  # fmt: skip
DAYS = some.one_of(some.none(), some.integers(0, 40))


@some.composite
def small_trials(draw: some.DrawFn) -> Rows:
    """Two or three arms of 0 to 8, each with nobody, somebody or everybody hit, lost, dead."""
    people: Rows = {
        name: [] for name in ("participants", "adverse_events", "follow_up", "daily_assessments", "deaths")
    }
    for arm in "ABC"[: draw(some.integers(2, 3))]:
        share = draw(some.sampled_from([0, 1, 2, 2, 2]))  # nobody, everybody, anybody
        for number in range(draw(some.integers(0, 8))):
            _add_participant(people, draw, f"{arm}{number}", arm, share)
    return people


def _add_participant(people: Rows, draw: some.DrawFn, code: str, arm: str, share: int) -> None:
    death = draw(DAYS) if share == 2 else None
    lost = draw(some.sampled_from([None, None, "2020-04-09T10:00:00Z", "2020-04-20T10:00:00Z"]))
    person = make_participant(code, arm, died=death is not None, death_day=death, withdrawn_at=lost)
    people["participants"].append(person)
    if death is not None:
        people["deaths"].append({"participant": code, "study_day": death})
    people["follow_up"].append(make_stay(code, died=death is not None, death_day=death))
    events = draw(some.integers(0, 4)) if share == 2 else 2 * share
    people["adverse_events"] += [
        make_event(code, n, day=draw(some.integers(0, 27)), grade=2 + n % 3, serious=n % 2 == 0) for n in range(events)
    ]  # fmt: skip
    values = draw(some.lists(some.integers(40, 400), min_size=3, max_size=3))
    people["daily_assessments"] += make_days(code, dict(zip((0, 7, 14), map(float, values), strict=True)))


def entries_of(table: Row) -> Iterator[Row]:
    for name in ("cells", "comparisons", "rows", "tests"):
        yield from table.get(name, ())
    for curve in table.get("curves", ()):
        yield from ({**point, "unit": curve["unit"], "arm": curve["arm"]} for point in curve["points"])


def is_line(entry: Row) -> bool:
    """Whether it is a line of a listing that compares two arms."""
    return {"what", "arms", "ci_low"} <= entry.keys()


def range_of(table: Row, entry: Row) -> tuple[float, float]:
    if "risk_difference" in entry:
        return -1, 1
    if "difference" in entry or entry.get("measure", "").startswith("pf_change"):
        return -math.inf, math.inf
    if is_line(entry) and "risk_difference" not in entry:
        share, ratio = table["id"] == "time_to_first_event", "/" in entry["arms"]
        return (-100, 100) if share else (0 if ratio else -math.inf, math.inf)
    is_share = entry.get("unit") == "%" or (entry.get("percent") is not None and "mean" not in entry)
    return 0, 24 if entry.get("measure") == "sofa_total" else 1 if is_share else math.inf


def check_interval(table: Row, entry: Row) -> None:
    least, most = range_of(table, entry)
    for names in LIMITS:
        low, high = (entry.get(name) for name in names)
        assert (low is None) == (high is None), entry
        if low is not None and high is not None:
            assert math.isfinite(low), entry
            assert math.isfinite(high), entry
            assert least <= low <= high <= most, entry


def check_p_values(entry: Row) -> None:
    for name in ("p_value", "p_adjusted", "p_adjusted_class"):
        value = entry.get(name)
        assert value is None or 0 <= value <= 1, entry


def check_absence(table: Row, entry: Row) -> None:
    """A comparison has an estimate with limits and a p-value, or neither and says that there are too few."""
    if is_line(entry) and "risk_difference" not in entry:
        has = [entry[name] is not None for name in ("estimate", "ci_low", "ci_high", "p_value")]
        assert all(has) or not any(has), entry
        assert TOO_FEW in {column.get("absent") for column in table["columns"]}
    if "difference" in entry:
        assert (entry["difference"] is None) == (entry["ci_low"] is None) == bool(entry.get("too_few")), entry


def check_methods(entry: Row, sizes: dict[str, int]) -> None:
    """No method of large numbers: here every arm is small; the total may not be."""
    if sizes.get(str(entry.get("arm")), 0) < SMALL_ARM:
        assert not NORMAL & {entry.get("ci_method"), entry.get("test")}, entry


NOBODY: Rows = {"participants": []}
SMALL = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def check_figures(trial: Rows) -> None:
    plan = replace(make_plan(ARMS), data_cutoff_at=CUTOFF)
    sizes = {"total": len(trial["participants"])}

    for table in closed_tables(make_frames(**trial), plan):
        for entry in entries_of(table):
            check_interval(table, entry)
            check_p_values(entry)
            check_absence(table, entry)
            check_methods(entry, sizes)


def check_page(trial: Rows) -> None:
    page = html_bytes(page_of(document_of(make_snapshot("closed", frames=trial, arms=["A", "B", "C"]))))

    words = {word.strip("(),;:").lower() for word in page.decode().split()}
    assert not {"nan", "inf", "-inf", "−inf"} & words


def of_small_trials(check: Callable[[Rows], None], examples: int) -> None:
    """Check so many small trials, and one with nobody in it."""

    @settings(SMALL, max_examples=examples)
    @example(trial=NOBODY)
    @given(trial=small_trials())
    def each(trial: Rows) -> None:
        check(trial)

    each()


@pytest.mark.parametrize("examples", [16, pytest.param(200, marks=pytest.mark.long)])
def test_no_figure_of_any_table_of_a_small_trial_leaves_its_range(examples: int) -> None:
    of_small_trials(check_figures, examples)


@pytest.mark.parametrize("examples", [4, pytest.param(40, marks=pytest.mark.long)])
def test_closed_report_of_a_small_trial_is_made(examples: int) -> None:
    of_small_trials(check_page, examples)
