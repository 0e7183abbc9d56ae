"""The corrections in a new version of a report, and its list of changes."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from reports.documents import document_of
from reports.rendering.html import html_bytes
from reports.rendering.page import Page, page_of
from reports.rules.corrections import FrameChange, corrected_row, frame_changes
from reports.rules.printed_figures import printed_figures
from reports.tables.version_changes import MOST_LINES, version_changes
from tests.unit.reports.whole_reports import make_snapshot

PARIS = ZoneInfo("Europe/Paris")
CUTOFF = datetime(2020, 5, 1, 22, 30, tzinfo=UTC)
KEYS = {"adverse_events": ("participant", "event"), "mismatches": ()}
EVENT = {"participant": "01-001", "event": 3, "grade": 2, "outcome": "UNKNOWN"}


@pytest.mark.parametrize(
    ("died_at", "has_died"),
    [
        (datetime(2020, 5, 1, 22, 29, tzinfo=UTC), True),
        (CUTOFF, True),
        (datetime(2020, 5, 1, 22, 31, tzinfo=UTC), False),
        (None, False),
    ],
)
def test_death_is_taken_over_when_it_surely_was_by_the_cutoff(died_at, has_died):
    then = {"id": 1, "has_died": False, "died_latest_at": None, "status": "enrolled", "age_years": 60}
    now = {"id": 1, "has_died": True, "died_latest_at": died_at, "status": "died", "age_years": 61}

    row = corrected_row("participants", then=then, now=now, cutoff=CUTOFF, zone=PARIS)

    assert (row["has_died"], row["age_years"]) == (has_died, 61)


@pytest.mark.parametrize(("day", "taken"), [(date(2020, 5, 2), True), (date(2020, 5, 3), False)])
def test_withdrawal_is_compared_by_the_day_in_the_trials_zone(day, taken):
    then = {"withdrawn_date": None, "status": "enrolled"}

    row = corrected_row(
        "participants",
        then=then,
        now={"withdrawn_date": day, "status": "withdrawn"},
        cutoff=CUTOFF,
        zone=PARIS,
    )

    assert (row["withdrawn_date"] == day) is taken


def test_later_end_of_an_event_is_left_out_and_its_corrected_grade_is_not():
    then = {
        "grade": 2,
        "outcome": "NOT RECOVERED/NOT RESOLVED",
        "ended": "",
        "ended_earliest_at": None,
        "ended_latest_at": None,
    }
    later = datetime(2020, 6, 1, tzinfo=UTC)
    now = {
        "grade": 3,
        "outcome": "RECOVERED/RESOLVED",
        "ended": "2020-06",
        "ended_earliest_at": later,
        "ended_latest_at": later,
    }

    row = corrected_row("adverse_events", then=then, now=now, cutoff=CUTOFF, zone=PARIS)

    assert row == {**then, "grade": 3}


def test_frames_are_compared_value_by_value():
    before = {"adverse_events": [EVENT, {**EVENT, "event": 4}]}
    after = {"adverse_events": [{**EVENT, "grade": 3}, {**EVENT, "event": 5}]}
    key = {"participant": "01-001", "event": 3}

    assert frame_changes(before, after, KEYS) == (
        FrameChange("adverse_events", key, "grade", 2, 3),
        FrameChange("adverse_events", {**key, "event": 4}, "", "there", "not there"),
        FrameChange("adverse_events", {**key, "event": 5}, "", "not there", "there"),
    )


def test_rows_without_a_key_are_compared_as_a_whole_and_counted():
    row = {"rule": "R12", "message": "no death recorded"}

    changes = frame_changes({"mismatches": [row, row]}, {"mismatches": [row]}, KEYS)

    assert changes == (FrameChange("mismatches", row, "", "there", "not there"),)


def test_equal_frames_have_no_changes():
    assert frame_changes({"adverse_events": [EVENT]}, {"adverse_events": [dict(EVENT)]}, KEYS) == ()


BY = {"by": ["monitor.one"], "at": ["2020-05-30T09:15:00Z"]}


def corrections(*changes: dict) -> dict:
    return {
        "corrects_version": 1,
        "corrections_until": "2020-06-01T08:00:00Z",
        "reason": "a grade was wrong",
        "changes": list(changes),
    }


def change(**values) -> dict:
    plain = {"frame": "adverse_events", "key": {"participant": "01-001", "event": 3}, "column": "grade"}
    return {**plain, "before": 2, "after": None, "reasons": ["source checked"], **BY, **values}


def test_table_says_what_changed_from_what_to_what_and_why():
    table = version_changes(corrections(change()))

    assert table["rows"] == [
        {
            "record": "adverse events, 01-001, 3",
            "value": "grade",
            "before": "2",
            "after": "not recorded",
            "by": "monitor.one",
            "at": "2020-05-30 09:15",
            "reasons": "source checked",
        }
    ]
    assert "a grade was wrong" in table["notes"][0]


def test_table_of_many_changes_says_how_many_are_left_out():
    table = version_changes(corrections(*[change()] * (MOST_LINES + 3)))

    assert len(table["rows"]) == MOST_LINES
    assert "3 more values differ" in table["notes"][-1]


def test_version_without_a_difference_says_so():
    assert "No value of the report differs" in version_changes(corrections())["notes"][-1]


def corrected_page() -> tuple[Page, dict]:
    """The second version of the whole report, in whose first version one more participant of arm A had died."""
    tables = document_of(make_snapshot("closed"))["tables"]
    before = [
        [*figure[:7], figure[7] + 1, *figure[8:]]
        if figure[0] == "deaths"
        and figure[2] == "participants_died"
        and figure[1] is None
        and figure[6] == "A"
        else figure
        for figure in printed_figures(tables)
    ]
    account = corrections(change()) | {"differing": 1, "figures_before": before}
    document = document_of(make_snapshot("closed", version=2, corrections=account))
    return page_of(document), {table["id"]: table for table in document["tables"]}


def test_corrected_version_begins_with_its_corrections_in_words() -> None:
    page, _ = corrected_page()

    (part,) = page.corrections
    assert part.sentences[0].text == (
        "adverse events, 01-001, 3: grade was 2 and is now not recorded; corrected by monitor.one, 2020-05-30 09:15 UTC; "
        "reason: source checked."
    )
    html = html_bytes(page).decode()
    assert html.index("What this version corrects") < html.index(">Page one<")


def test_corrected_version_lists_the_figures_that_moved_and_no_others() -> None:
    _, tables = corrected_page()

    assert tables["moved_figures"]["rows"] == [
        {
            "table": "Deaths",
            "what": "Treated participants who died",
            "arm": "A",
            "before": "3/21 (9.5 %)",
            "after": "2/21 (9.5 %)",
        }
    ]


def test_first_version_has_no_corrections() -> None:
    assert page_of(document_of(make_snapshot("closed"))).corrections == ()
