"""Listings: serious events, contradictions, what is new since the last look."""

from datetime import UTC, datetime

from reports.tables.new_since_last_look import new_since_last_look
from reports.tables.reconciliation import reconciliation
from reports.tables.sae_listing import sae_listing
from tests.unit.reports.snapshots import counts, make_event, make_frames, make_participant, make_plan

LAST_LOOK = datetime(2020, 4, 30, 12, tzinfo=UTC)


def test_sae_listing_holds_every_serious_event_once() -> None:
    people = [make_participant("1", "A"), make_participant("2", "B", treated=False)]
    events = [
        make_event("1", 2, serious=True, life_threatening=True, hospitalisation=True, causality="POSSIBLE",
                   recorded_at="2020-05-02T00:00:00Z"),
        make_event("1", 1, serious=False), make_event("2", 1, serious=True, day=None, causality=None),
        make_event("1", 3, serious=None), make_event("1", 4, serious=True),
    ]  # fmt: skip

    table = sae_listing(
        make_frames(participants=people, adverse_events=events), make_plan(previous_cutoff_at=LAST_LOOK)
    )

    assert [(row["participant"], row["event"], row["arm"]) for row in table["rows"]] == [
        ("1", 2, "A"),
        ("1", 4, "A"),
        ("2", 1, "B"),
    ]
    first, _, second = table["rows"]
    assert first["criteria"] == ["life-threatening", "hospitalisation"]
    assert (first["causality"], first["is_new"]) == ("Possible", True)
    assert (second["causality"], second["is_new"]) == (None, False)
    assert table["notes"] == [
        "1 of these events are in no window of the overview: of the untreated, without onset, or outside."
    ]


def test_reconciliation_lists_contradictions_and_counts_what_is_missing() -> None:
    frames = make_frames(
        participants=[make_participant("1", "A")],
        adverse_events=[make_event("1", 1, grade=None, serious=None), make_event("1", 2)],
        mismatches=[
            {"rule": "R12", "participant": "1", "message": "Died, no fatal event.", "is_sealed": False}
        ],
    )

    table = reconciliation(frames, make_plan())

    assert counts(table, "mismatches", level="R12") == {"total": (1, None)}
    assert table["rows"] == [
        {"rule": "R12", "participant": "1", "record": None, "message": "Died, no fatal event."}
    ]
    assert counts(table, "adverse_events_without_grade")["A"] == (1, 2)
    assert counts(table, "adverse_events_without_seriousness")["total"] == (1, 2)


def test_reconciliation_misses_no_grades_where_the_dictionary_has_none() -> None:
    frames = make_frames(participants=[make_participant("1")], adverse_events=[make_event("1", grade=None)])

    table = reconciliation(frames, make_plan(name="cdisc-pilot"))

    assert "adverse_events_without_grade" not in {c["measure"] for c in table["cells"]}


def test_new_since_last_look_counts_what_was_recorded_after_it() -> None:
    people = [
        make_participant("1", "A"),
        make_participant(
            "2", "B", enrolled_at="2020-05-01T08:00:00Z", first_infusion_at="2020-05-02T08:00:00Z", died=True
        ),
    ]
    events = [
        make_event("1", 1, recorded_at="2020-04-30T12:00:00Z"),  # at the cut-off: not new
        make_event("1", 2, recorded_at="2020-04-30T12:00:01Z", serious=True),
        make_event("1", 3, recorded_at=None),
    ]
    dead = [{"participant": "2", "study_day": 3, "cause": "Sepsis", "recorded_at": "2020-05-05T00:00:00Z"}]
    frames = make_frames(participants=people, adverse_events=events, deaths=dead)

    table = new_since_last_look(frames, make_plan(previous_cutoff_at=LAST_LOOK))

    assert counts(table, "new_enrolled")["total"] == (1, 2)
    assert counts(table, "new_adverse_events")["total"] == (1, 3)
    assert counts(table, "new_serious_adverse_events")["A"] == (1, 1)
    assert [(row["participant"], row["what"]) for row in table["rows"]] == [
        ("2", "death"),
        ("1", "serious adverse event"),
        ("2", "enrolled"),
    ]
    assert any("1 records without their time" in note for note in table["notes"])


def test_everything_is_new_in_the_first_report() -> None:
    frames = make_frames(
        participants=[make_participant("1")], adverse_events=[make_event("1", recorded_at=None)]
    )

    table = new_since_last_look(frames, make_plan())

    assert counts(table, "new_adverse_events")["total"] == (1, 1)
    assert table["notes"] == ["This is the first report: everything in it is new."]
