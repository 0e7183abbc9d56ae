"""Small studies on which a wrong or missing answer was seen: imported, reported, and read for the right answer.

The folders lie beside the checkout; where they are absent the tests are skipped. `test_import_faults` has cases of the same
kinds with other values, which need no folder.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts.services import system_user
from events.models import AdverseEvent
from haemodynamics.models import VasopressorRate
from tests.integration.interchange.reports import (
    cells,
    closed_report,
    count_of,
    listed,
    paper,
    table_of,
)
from tests.integration.interchange.sdtm_folders import run_import, run_refused
from trials.models import Participant

FAULTS = Path(__file__).resolve().parents[4] / "shared" / "cases" / "faults"
Answer = Callable[[Any, str], None]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not FAULTS.is_dir(), reason="the folders of faults are not beside this checkout"),
]


def imported(name: str, **options: Any) -> tuple[str, dict[str, Any]]:
    """What the command said, and the closed report after it."""
    system_user()
    folder = FAULTS / name
    said = run_import(folder, folder / "protocol.toml", **options)
    return said, closed_report(name)


def died(report: dict[str, Any]) -> int:
    """Treated participants who died, at any time."""
    found = cells(report, "deaths", "participants_died")
    return next(cell["count"] for cell in found if cell["window"] is None)


def test_adverse_events_in_ndjson_are_read() -> None:
    said, report = imported("B07ND")

    assert "adverse events: 1 new" in said
    assert count_of(report, "ae_overview", "participants_with_ae") == 1


def test_a_study_without_adverse_events_says_so_in_summary_and_report() -> None:
    said, report = imported("B45NOAE")

    assert "No AE data set was found" in said
    assert any("No AE data set was found" in row["message"] for row in listed(report, "no_data_set"))


def test_qualifiers_of_any_variable_reach_their_rows() -> None:
    _, report = imported("B11SUPP")

    assert count_of(report, "ae_overview", "participants_with_ae") == 0


def test_grades_of_an_own_dictionary_are_imported_and_reported() -> None:
    _, report = imported("B13GRADE")

    events = AdverseEvent.objects.order_by("participant__code")
    assert [(event.dictionary_term, event.grade) for event in events] == [
        ("Neutropenia", 4),
        ("Headache", 2),
        ("Pneumonia", 3),
    ]
    grades = cells(report, "ae_overview", "ae_by_grade")
    assert {cell["level"]: cell["count"] for cell in grades if cell["count"]} == {"2": 1, "3": 1, "4": 1}


def test_vasopressors_are_read_as_hospitals_write_them() -> None:
    said, report = imported("B62CM")

    keys = {"CM 1 start", "CM 2 start", "CM 3 start"}
    starts = VasopressorRate.objects.filter(reading__source_key__in=keys)
    by_line = {(rate.reading.participant.code[-1], rate.reading.source_key) for rate in starts}
    assert by_line == {(person, key) for person in "12" for key in keys}
    assert set(starts.values_list("agent", flat=True)) == {"norepinephrine", "vasopressin"}
    assert not VasopressorRate.objects.filter(agent="epinephrine").exists()
    assert "“PARACETAMOL”: no vasopressor; lines not used: 8" in said
    assert "cm.csv line 9: B62CM-01-2, “Lidocaine with adrenaline”" in said
    assert "cm.csv line 9" in [row["record"] for row in listed(report, "not_used")]


def test_dates_with_a_gap_are_kept_as_given() -> None:
    _, report = imported("B09GAP")

    onsets = {
        event.onset: (str(event.onset_earliest_at)[:10], str(event.onset_latest_at)[:10])
        for event in AdverseEvent.objects.all()
    }
    assert onsets == {
        "2024---15": ("2024-01-01", "2024-12-31"),
        "2024-01-12T-:30": ("2024-01-12", "2024-01-12"),
        "--01-15": ("1900-01-01", "2100-12-31"),
    }
    assert len(listed(report, "date_with_gap")) == 3


def test_not_assigned_is_no_arm() -> None:
    _, report = imported("B20SCRN")

    people = {one.code[-1]: one.status for one in Participant.objects.all()}
    assert people == {
        "1": "enrolled", "2": "enrolled", "3": "screen_failure", "4": "screened",
        "5": "screen_failure", "6": "screened", "7": "enrolled", "8": "enrolled",
    }  # fmt: skip
    assert sum(arm["enrolled"] for arm in report["arms"]) == 4


def test_an_uncoded_event_is_imported_under_its_own_words_and_counted() -> None:
    _, report = imported("B46UNCOD")

    rows = [c for c in table_of(report, "ae_by_soc_term")["cells"] if c["arm"] == "total" and c["term"]]
    assert [(c["soc"], c["term"], c["count"]) for c in rows if c["measure"] == "participants"] == [
        ("Nervous system disorders", "Headache", 1),
        ("UNCODED", "Headache", 1),
    ]
    assert count_of(report, "reconciliation", "adverse_events_without_term") == 1


def test_a_word_that_looks_like_missing_is_one_sentence_and_can_be_declared() -> None:
    folder = FAULTS / "B05NA"
    system_user()

    out, sentence = run_refused(folder, folder / "protocol.toml")
    said, report = imported("B05NA", missing=["NA"])

    assert sentence == "1 bad row; nothing was imported."
    assert "'NA'" in out
    assert "--missing NA" in out
    assert "adverse events: 1 new" in said
    assert count_of(report, "ae_overview", "participants_with_ae") == 1


def test_spellings_that_differ_in_case_are_one_row() -> None:
    _, report = imported("B15CASE")

    rows = [c for c in table_of(report, "ae_by_soc_term")["cells"] if c["arm"] == "total" and c["term"]]
    people = [c for c in rows if c["measure"] == "participants"]
    assert [(c["term"], c["count"], c["denominator"]) for c in people] == [("Headache", 4, 4)]


def test_what_ends_after_the_period_is_ongoing() -> None:
    imported("B37ONG")

    ongoing = {event.participant.code[-1]: event.ongoing for event in AdverseEvent.objects.all()}
    assert ongoing == {"1": True, "2": True, "3": True, "4": None}


def test_one_episode_on_three_lines_is_one_event_with_its_lines() -> None:
    said, report = imported("B14EPIS")

    event = AdverseEvent.objects.get()
    assert (event.onset, event.ended, event.severity) == ("2024-01-11", "2024-01-15", "SEVERE")
    assert [line["AESEV"] for line in event.dictionary_coding["lines"]] == ["MILD", "MODERATE", "SEVERE"]
    assert count_of(report, "ae_overview", "ae") == 1
    assert count_of(report, "ae_overview", "participants_with_ae") == 1
    assert "are lines of one episode" in said


def test_the_arm_received_is_reported_beside_the_arm_allocated() -> None:
    _, report = imported("B21ARM")

    overview, treated = table_of(report, "ae_overview"), table_of(report, "ae_overview_as_treated")
    assert (overview["basis"], treated["basis"]) == ("as allocated", "as treated")
    sizes = [
        sorted(c["denominator"] for c in one["cells"] if c["measure"] == "participants_with_ae")
        for one in (overview, treated)
    ]
    assert sizes == [[1, 3, 4], [2, 2, 4]]
    with_event = {
        c["denominator"]: c["count"] for c in overview["cells"] if c["measure"] == "participants_with_ae"
    }
    assert with_event == {1: 0, 3: 1, 4: 1}
    assert len(listed(report, "allocation")) == 2


def test_the_same_term_and_onset_twice_is_imported_with_a_finding() -> None:
    said, report = imported("B23DUP")

    assert AdverseEvent.objects.count() == 4
    assert "likely a duplicate" in said
    assert [row["participant"] for row in listed(report, "likely_duplicate")] == ["B23DUP-01-2"]
    assert [row["participant"] for row in listed(report, "key_used_twice")] == ["B23DUP-01-1"]
    assert "Nothing changed" in run_import(FAULTS / "B23DUP", FAULTS / "B23DUP" / "protocol.toml")


def test_a_death_that_only_ds_knows_counts_and_is_a_finding() -> None:
    _, report = imported("B12DEATH")

    assert died(report) == 2
    assert [row["participant"] for row in listed(report, "death_dm_ds")] == ["B12DEATH-01-1", "B12DEATH-01-3"]


def test_classes_of_one_term_stay_apart() -> None:
    _, report = imported("B30SOC")

    rows = [c for c in table_of(report, "ae_by_soc_term")["cells"] if c["arm"] == "total" and c["term"]]
    people = {c["soc"]: c["count"] for c in rows if c["measure"] == "participants"}
    assert people == {"General disorders": 1, "Skin and subcutaneous tissue disorders": 2, "UNCODED": 1}


def test_fatal_events_and_deaths_are_reconciled() -> None:
    _, report = imported("B43FATAL")

    assert died(report) == 2
    assert {row["participant"][-1] for row in listed(report, "R2")} >= {"3", "4"}


def test_seriousness_stays_as_it_was_answered() -> None:
    folder = FAULTS / "B52SER"
    system_user()

    out, _ = run_refused(folder, folder / "protocol.toml")

    assert 'ae.csv,5,AESER,0,"the value is none of Y, N"' in out


def test_a_participant_of_another_spelling_is_refused() -> None:
    folder = FAULTS / "B53ID"
    system_user()

    out, _ = run_refused(folder, folder / "protocol.toml")

    assert "DM has no such participant" in out
    assert json.dumps(out)


def test_text_of_every_script_is_legible_on_paper() -> None:
    folder = FAULTS / "B27UNI"
    system_user()
    run_import(folder, folder / "protocol.toml")

    text = paper("B27UNI")

    for words in (
        "Œdème aigu – cœur « droit » ≥ 3 µg",
        "Ağrı şişlik İstanbul ığ",
        "😀",
        "#strong[y] $a$",
        "<b>x</b>",
    ):
        assert words in " ".join(text.split()), words
    for sign in "头痛与呕吐":
        assert f"U+{ord(sign):04X}" in text
    assert "by their Unicode numbers" in text
    assert text.replace("\u200b", "").replace("\n", "").count("W" * 90) >= 1
