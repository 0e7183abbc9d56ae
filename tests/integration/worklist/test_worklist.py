"""The first page of nurse and investigator: its lines, their order, its queries."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from events.services.adverse_events import complete_draft, record_adverse_event, save_draft
from haemodynamics import services as haemodynamics
from tests.factories import make_site, make_user
from tests.plugins.shared_rows import shared_rows
from tests.ward import Ward, make_patient, make_term, make_ward, minutes, start
from trials.services import record_death
from worklist.pages import scope_of, worklist_of
from worklist.pages.items import WorkItem
from worklist.pages.sections import SHOWN_AT_MOST

pytestmark = pytest.mark.django_db
NOW = datetime(2020, 4, 9, 1, 12, tzinfo=UTC)  # 03:12 on the ward
ENROLLED = datetime(2020, 4, 6, 9, 0, tzinfo=UTC)


def lines(ward: Ward, *, user=None, at: datetime = NOW) -> dict[str, list[str]]:
    reader = user or ward.nurse
    place = scope_of(reader, at=at)
    assert place is not None
    sections = worklist_of(reader, place).sections
    return {
        section.id: [f"{item.state.code} {item.title} {item.participant}" for item in section.items]
        for section in sections
    }


@shared_rows
def ward() -> Ward:
    return make_ward()


def test_empty_ward_says_what_will_appear(ward: Ward) -> None:
    place = scope_of(ward.nurse, at=NOW)

    assert place is not None
    assert [bool(s.empty_title and s.empty_text) for s in worklist_of(ward.nurse, place).sections] == [
        True,
        True,
    ]


def test_missed_check_and_next_check_stand_under_now(ward: Ward) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=ENROLLED)
    infusion = start(ward, patient, 1, at=NOW - minutes(57))
    for minute in (-15, 15, 30):
        haemodynamics.record_reading(
            participant=patient,
            values={"taken_at": infusion.started_at + minutes(minute), "heart_rate_bpm": 80},
            by=ward.nurse,
            at=NOW,
            reason="first entry",
        )

    now = lines(ward)["now"]

    assert now[:2] == ["overdue Check of infusion 1 07-012", "soon Check of infusion 1 07-012"]


def test_the_last_planned_check_a_day_after_the_infusion_is_asked_for(ward: Ward) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=ENROLLED)
    start(ward, patient, 1, at=NOW - timedelta(hours=23, minutes=50))

    assert any(line.startswith("soon Check of infusion 1") for line in lines(ward)["now"]), lines(ward)


def test_check_that_was_entered_is_gone(ward: Ward) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=ENROLLED)
    start(ward, patient, 1, at=NOW - minutes(1))
    before = lines(ward)["now"]
    haemodynamics.record_reading(
        participant=patient,
        values={"taken_at": NOW - minutes(16), "heart_rate_bpm": 80},
        by=ward.nurse,
        at=NOW,
        reason="first entry",
    )

    after = lines(ward)["now"]

    assert len([line for line in before if "overdue Check" in line or "soon Check" in line]) > len(
        [line for line in after if "overdue Check" in line]
    )


def test_serious_event_runs_a_clock_before_everything_else(ward: Ward) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=ENROLLED)
    start(ward, patient, 1, at=NOW - minutes(90))
    term = make_term("Ventricular fibrillation", [4, 5])
    values = {
        "reported_term": "VF",
        "ctcae_term": term,
        "grade": 4,
        "serious": True,
        "life_threatening": True,
        "onset": "2020-04-08",
        "aware_at": NOW - timedelta(hours=2),
    }
    record_adverse_event(
        participant=patient, values=values, by=ward.nurse, at=NOW - timedelta(hours=1), reason="first entry"
    )

    assert "Tell the sponsor" in lines(ward)["now"][0]


def test_signature_is_the_investigators_and_waits_for_others_on_the_nurses_list(ward: Ward) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=ENROLLED)
    values = {
        "reported_term": "VF",
        "ctcae_term": make_term("Ventricular fibrillation", [4, 5]),
        "serious": True,
        "life_threatening": True,
        "onset": "2020-04-08",
        "aware_at": NOW - timedelta(hours=2),
    }
    record_adverse_event(
        participant=patient, values=values, by=ward.nurse, at=NOW - timedelta(hours=1), reason="first entry"
    )

    waiting = lines(ward)["waiting"]
    own = lines(ward, user=ward.investigator)["now"]

    assert waiting == ["unknown 1 event to be signed by the investigator "]
    assert any("Sign “Ventricular fibrillation”" in line for line in own)
    assert buttons(make_user("pharmacovigilance", trial=ward.trial)) == {"View"}
    assert "Read and sign" in buttons(ward.investigator)


VALUES_OF_DEATH = {
    "reported_term": "found dead, cause unknown",
    "serious": True,
    "results_in_death": True,
    "outcome": "FATAL",
    "grade": 5,
    "onset": "2020-04-08",
    "ended": "2020-04-08",
    "aware_at": NOW - timedelta(hours=2),
}


def test_death_without_a_fatal_event_is_on_the_bedsides_list_until_one_is_recorded(
    ward: Ward, client: Client
) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=ENROLLED)
    record_death(participant=patient, died="2020-04-08", by=ward.investigator, at=NOW, reason="told by phone")
    values = {**VALUES_OF_DEATH, "ctcae_term": make_term("Death NOS", [5])}
    neighbour = make_user("nurse", trial=ward.trial, site=make_site(ward.trial, code="77"))
    before = [lines(ward, user=user)["now"] for user in (ward.nurse, ward.investigator, neighbour)]
    client.force_login(ward.nurse)
    (item,) = fatal_lines(ward.nurse)
    form = client.get(item.action_url).content.decode()
    said = {"by": ward.nurse, "at": NOW, "reason": "first entry"}

    draft = save_draft(participant=patient, values=values, **said)
    while_draft = fatal_lines(ward.nurse)
    complete_draft(event=draft, values={}, seen_version=1, **said)
    after = fatal_lines(ward.nurse)

    line = "soon Fatal event to be recorded 07-012"
    assert [rows[:1] for rows in before] == [[line], [line], []]
    assert re.search(r'name="outcome" value="FATAL"[^>]*checked', form)
    assert re.search(r'name="results_in_death" value="True"[^>]*checked', form)
    assert (len(while_draft), after) == (1, [])


def fatal_lines(reader: User) -> list[WorkItem]:
    place = scope_of(reader, at=NOW)
    assert place is not None
    items = [item for section in worklist_of(reader, place).sections for item in section.items]
    return [item for item in items if "Fatal event" in str(item.title)]


def test_nobody_is_told_to_do_what_the_page_behind_the_line_cannot(ward: Ward, client: Client) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=ENROLLED)
    record_adverse_event(
        participant=patient,
        values={
            "reported_term": "VF",
            "ctcae_term": make_term("Ventricular fibrillation", [4, 5]),
            "serious": True,
            "life_threatening": True,
            "onset": "2020-04-08",
        },
        by=ward.nurse,
        at=NOW,
        reason="first entry",
    )
    for role in ("pharmacovigilance", "data_manager", "investigator", "nurse"):
        reader = getattr(ward, role, None) or make_user(role, trial=ward.trial)
        place = scope_of(reader, at=NOW)
        assert place is not None
        client.force_login(reader)
        for item in (item for section in worklist_of(reader, place).sections for item in section.items):
            page = client.get(item.action_url).content.decode() if item.action_url else ""
            can_write = "button-primary" in page
            asks = str(item.action_label) not in ("View", "Read") or re.match(
                r"(Assess|Sign|Tell|Enter|Record)\b", str(item.title)
            )
            assert can_write or not (asks and item.action_url), (role, str(item.title))


def buttons(reader: User) -> set[str]:
    place = scope_of(reader, at=NOW)
    assert place is not None
    items = [item for section in worklist_of(reader, place).sections for item in section.items]
    return {str(item.action_label) for item in items if "Ventricular" in str(item.title)}


def test_draft_and_planned_infusion_and_sample_stand_under_today(ward: Ward) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=ENROLLED)
    save_draft(
        participant=patient,
        values={"reported_term": "Rash"},
        by=ward.nurse,
        at=NOW - minutes(20),
        reason="first entry",
    )

    today = lines(ward)["today"]

    assert any("Infusion 1 07-012" in line for line in today)
    assert any("Serum of day 0 07-012" in line for line in today)
    assert today[-1] == "due Draft of “Rash” 07-012"


@pytest.mark.parametrize(("drafts", "is_cut"), [(SHOWN_AT_MOST, False), (SHOWN_AT_MOST + 1, True)])
def test_heading_of_a_list_that_was_cut_counts_no_whole(ward: Ward, drafts: int, is_cut: bool) -> None:
    """With what is due for the participant anyway, the list has exactly so many lines."""
    place = scope_of(ward.nurse, at=NOW)
    patient = make_patient(ward, "07-012", enrolled_at=ENROLLED)
    assert place is not None
    today = worklist_of(ward.nurse, place).sections[1].items
    for number in range(drafts - len(today)):
        values = {"reported_term": f"Rash {number}"}
        save_draft(
            participant=patient, values=values, by=ward.nurse, at=NOW - minutes(20), reason="first entry"
        )

    section = worklist_of(ward.nurse, place).sections[1]

    assert (section.is_cut, len(section.items)) == (is_cut, SHOWN_AT_MOST)


def test_event_without_follow_up_comes_back(ward: Ward) -> None:
    patient = make_patient(ward, "07-012", enrolled_at=ENROLLED)
    values = {
        "reported_term": "Fever",
        "ctcae_term": make_term("Fever", [1, 2]),
        "serious": False,
        "onset": "2020-03",
        "outcome": "NOT RECOVERED/NOT RESOLVED",
    }
    record_adverse_event(
        participant=patient, values=values, by=ward.nurse, at=NOW - timedelta(days=30), reason="first entry"
    )

    assert any("Follow-up of “Fever”" in line for line in lines(ward)["today"])


def test_other_site_is_not_on_the_list(ward: Ward) -> None:
    elsewhere = make_site(ward.trial, code="77")
    neighbour = make_user("nurse", trial=ward.trial, site=elsewhere)
    patient = make_patient(ward, "07-012", enrolled_at=ENROLLED)
    start(ward, patient, 1, at=NOW - minutes(57))

    listed = lines(ward, user=neighbour)

    assert listed == {"now": [], "today": []}


def test_worklist_asks_the_same_number_of_questions_for_one_and_for_ten(ward: Ward) -> None:
    def asked() -> int:
        place = scope_of(ward.nurse, at=NOW)
        assert place is not None
        with CaptureQueriesContext(
            connection,
        ) as captured:
            worklist_of(ward.nurse, place)
        return len(captured)

    for number in range(1, 2):
        start(ward, make_patient(ward, f"07-{number:03d}", enrolled_at=ENROLLED), 1, at=NOW - minutes(57))
    asked()
    one = asked()
    for number in range(2, 11):
        start(ward, make_patient(ward, f"07-{number:03d}", enrolled_at=ENROLLED), 1, at=NOW - minutes(57))

    assert asked() == one
