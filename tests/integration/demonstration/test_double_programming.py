"""Double programming: the demonstration's closed reports, recomputed from the rows of the trail by other means.

Nothing of the report's own queries, rules, tables or statistics is used: rows as plain SQL gives them at the cut-off,
counted in plain Python, limits and tests by scipy. Of the report only its JSON document is read.
"""

import json
import math
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from accounts.services import system_user
from demonstration.replay import seed as play
from reports.choices import ReportFormat, ReportKind
from reports.models import BoardReport
from reports.services.looks import create_ad_hoc_report
from reports.services.making import make_report
from reports.services.reading import open_document
from tests.factories import unsealed
from tests.integration.demonstration.raw_rows import LAST, Raw, Row, moment

pytestmark = [pytest.mark.django_db, pytest.mark.long]
PROTOCOL = Path(__file__).resolve().parents[3] / "protocols" / "stroma-cov-2.toml"
NOW = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
WINDOWS = {"D0-D14": (0, 14), "after D14": (15, 28)}
RELATED = {"POSSIBLE", "UNDETERMINED", ""}
KINDS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "ae": lambda _: True,
    "sae": lambda event: event["serious"] is True,
    "grade_3": lambda event: (event["grade"] or 0) >= 3,
}
Key = tuple[Any, ...]


def people_in(events: Iterable[Row]) -> int:
    return len({row["participant_id"] for row in events})


def counted(raw: Raw, before: Raw | None, arm: str) -> Iterator[tuple[Key, int]]:
    """(table, window, measure, level) and the count of one arm."""
    enrolled, treated = raw.of(arm, raw.enrolled), raw.of(arm, raw.treated)
    yield ("enrolment", None, "enrolled", None), len(enrolled)
    yield ("enrolment", None, "treated", None), len(treated)
    yield ("deaths", None, "participants_died", None), sum(raw.people[pk]["has_died"] for pk in treated)
    yield ("exposure", None, "infusions", None), sum(len(raw.starts[pk]) for pk in treated)
    for window, (first, last) in WINDOWS.items():
        every = [row for row in raw.in_arm(arm, raw.events) if first <= row["day"] <= last]
        yield from _of_window(window, every)
        complete = sum(
            raw.today(pk) > last or min([*raw.left_days(pk, "withdrawn_date"), 99]) <= last for pk in enrolled
        )
        yield ("maturity", None, "complete_to", f"D{last}"), complete
        yield (
            ("deaths", window, "participants_died", None),
            sum(first <= day <= last for day in map(raw.death_day, treated) if day is not None),
        )
    soon = [row for row in raw.recorded if row["participant_id"] in treated and is_soon(raw, row)]
    yield ("events_after_infusion", None, "participants_with_ae_after_infusion", None), people_in(soon)
    if before is not None:
        known = {row["id"] for row in before.recorded}
        new = [row for row in raw.in_arm(arm, raw.recorded) if row["id"] not in known]
        dead = {pk for pk in raw.of(arm, raw.enrolled) if raw.people[pk]["has_died"]}
        dead_before = {pk for pk, row in before.people.items() if row["has_died"]}
        yield ("new_since_last_look", None, "new_adverse_events", None), len(new)
        yield ("new_since_last_look", None, "new_deaths", None), len(dead - dead_before)
        yield ("new_since_last_look", None, "new_enrolled", None), len(set(enrolled) - before.enrolled)


def _of_window(window: str, every: list[Row]) -> Iterator[tuple[Key, int]]:
    serious = [row for row in every if row["serious"]]
    yield ("ae_overview", window, "participants_with_ae", None), people_in(every)
    yield ("ae_overview", window, "ae", None), len(every)
    yield ("ae_overview", window, "participants_with_sae", None), people_in(serious)
    yield ("ae_overview", window, "sae", None), len(serious)
    worst: dict[int, int] = defaultdict(int)
    for row in every:
        worst[row["participant_id"]] = max(worst[row["participant_id"]], row["grade"] or 0)
    for grade in range(1, 6):
        yield ("ae_overview", window, "ae_by_grade", str(grade)), sum(row["grade"] == grade for row in every)
        yield (
            ("ae_overview", window, "participants_by_worst_grade", str(grade)),
            list(worst.values()).count(grade),
        )
    for name in ("MILD", "MODERATE", "SEVERE"):
        yield ("ae_overview", window, "ae_by_severity", name), sum(row["severity"] == name for row in every)
    related = [row for row in every if row["causality"] in RELATED]
    yield ("ae_consequences", window, "participants_with_related_ae", None), people_in(related)
    severe = [row for row in every if KINDS["grade_3"](row)]
    yield ("ae_consequences", window, "participants_with_grade_3_ae", None), people_in(severe)


def is_soon(raw: Raw, event: Row) -> bool:
    """Within 24 h after any infusion, both known to the minute."""
    if len(event["onset"]) < len("2026-01-01T00:00"):
        return False
    gaps = (moment(event["onset_earliest_at"]) - start for start in raw.starts[event["participant_id"]])
    return any(timedelta(0) <= gap <= timedelta(hours=24) for gap in gaps)


def over_time(raw: Raw, arm: str) -> Iterator[tuple[Key, float]]:
    """The estimates of curves and rates: product limits, step by step from who was there."""
    people = raw.of(arm, raw.treated)
    days: dict[str, dict[int, list[int]]] = {kind: defaultdict(list) for kind in KINDS}
    for row in raw.in_arm(arm, raw.events):
        for kind, holds in KINDS.items():
            if holds(row) and row["day"] <= raw.end[row["participant_id"]]:
                days[kind][row["participant_id"]].append(row["day"])
    for last in (14, LAST):
        alive = 1.0
        mean = dict.fromkeys(KINDS, 0.0)
        for day in range(last + 1):
            there = [pk for pk in people if raw.end[pk] >= day]
            if not there:
                break
            for kind in KINDS:
                mean[kind] += alive * sum(days[kind][pk].count(day) for pk in there) / len(there)
            alive *= 1 - sum(pk in raw.died and raw.end[pk] == day for pk in there) / len(there)
        yield ("deaths", None, "probability_of_death", f"D{last}"), 1 - alive
        for kind in KINDS:
            yield ("mean_cumulative_events", None, f"mean_{kind}", f"D{last}"), mean[kind]
    exposure = sum(raw.end[pk] for pk in people)
    for kind, of_kind in days.items():
        first = {pk: min(found) for pk, found in of_kind.items() if found}
        yield ("event_rates", None, f"rate_{kind}", None), sum(map(len, of_kind.values())) / exposure
        yield (
            ("event_rates", None, f"incidence_{kind}", None),
            len(first) / sum(first.get(pk, raw.end[pk]) for pk in people),
        )


def wilson(x: int, n: int) -> tuple[float, float]:
    found = stats.binomtest(x, n).proportion_ci(0.95, method="wilson")
    return found.low, found.high


def check_shares(report: Row) -> int:
    """Percent, exact limits and the limit of a zero of every cell that is a share; returns how many."""
    checked = 0
    for table in report["tables"]:
        for cell in table["cells"]:
            x, n = cell["count"], cell["denominator"]
            if not n or "ci_low" not in cell or "estimate" in cell or cell["percent"] is None:
                continue
            checked += 1
            exact = stats.binomtest(x, n).proportion_ci(0.95, method="exact")
            assert (cell["ci_low"], cell["ci_high"]) == pytest.approx((exact.low, exact.high), abs=1e-7), cell
            assert cell["percent"] == float((Decimal(100) * x / n).quantize(Decimal("0.1"), ROUND_HALF_UP)), (
                cell
            )
            assert x or cell["zero_upper_limit"] == pytest.approx(1 - 0.05 ** (1 / n)), cell
    return checked


def check_differences(report: Row) -> int:
    """Newcombe's limits and the p-value of every comparison of two shares; returns how many."""
    checked = 0
    for table in report["tables"]:
        names = ("window", "measure", "level", "soc", "term")
        cells = {(*(cell.get(name) for name in names), cell["arm"]): cell for cell in table["cells"]}
        for found in table["comparisons"]:
            if found.get("ci_method") != "newcombe" or found["risk_difference"] is None:
                continue
            key = tuple(found.get(name) for name in names)
            pairs = [
                (c["count"], c["denominator"])
                for c in (cells[(*key, found[side])] for side in ("arm", "reference"))
            ]
            (x, n), (y, m) = pairs
            difference, (low, high), (least, most) = x / n - y / m, wilson(x, n), wilson(y, m)
            below, above = math.hypot(x / n - low, most - y / m), math.hypot(high - x / n, y / m - least)
            limits = (difference - below, difference + above)
            assert (found["ci_low"], found["ci_high"]) == pytest.approx(limits, abs=1e-7), found
            square = np.array([[x, n - x], [y, m - y]])
            fits = (square.sum(1, keepdims=True) * square.sum(0) / square.sum()).min() >= 5
            p = stats.chi2_contingency(square, correction=False)[1] if fits else stats.fisher_exact(square)[1]
            assert found["p_value"] == pytest.approx(p, abs=1e-7), found
            checked += 1
    return checked


def closed(report: BoardReport) -> Row:
    content = open_document(
        report=report, kind=ReportKind.CLOSED, report_format=ReportFormat.JSON, by=system_user(), at=NOW
    )
    found: Row = json.loads(content)
    return found


def check_counts_and_curves(report: Row, raw: Raw, before: Raw | None) -> None:
    cells = {
        (table["id"], cell["window"], cell["measure"], cell["level"], cell["arm"]): cell
        for table in report["tables"] for cell in table["cells"]
    }  # fmt: skip
    for arm in ("A", "B", "total"):
        wrong = {
            key: (n, cells[(*key, arm)]["count"])
            for key, n in counted(raw, before, arm)
            if cells[(*key, arm)]["count"] != n
        }
        assert wrong == {}, arm
        for key, estimate in over_time(raw, arm):
            assert cells[(*key, arm)]["estimate"] == pytest.approx(estimate, abs=1e-9), (key, arm)


def test_closed_reports_are_what_the_rows_of_the_trail_say() -> None:
    trial, _logins = play(content=tomllib.loads(PROTOCOL.read_text()), seed=20200406, now=NOW)
    ad_hoc = create_ad_hoc_report(trial=trial, by=system_user(), at=NOW, reason="test")
    make_report(report_id=ad_hoc.pk, at=NOW)

    before = None
    for report in BoardReport.objects.filter(trial=trial).order_by("data_cutoff_at"):
        document = closed(report)
        with unsealed(trial, at=NOW):
            raw = Raw(trial, moment(document["data_cutoff_at"]))
        check_counts_and_curves(document, raw, before)
        assert check_shares(document) > 400
        assert check_differences(document) > 80
        before = raw
