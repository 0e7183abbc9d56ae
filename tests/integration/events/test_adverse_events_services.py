"""Services on adverse events: effect, trail, rollback, versions, signature, news of serious events."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from accounts.services import system_user
from events.models import AdverseEvent
from events.services.adverse_events import (
    change_draft,
    complete_draft,
    correct_adverse_event,
    record_adverse_event,
)
from tests.factories import make_infusion, make_user
from tests.integration.events.event_rows import (
    AT,
    LATER,
    REASON,
    Ward,
    make_serious_values,
    make_term,
    make_values,
    make_ward,
    read_protocol,
)
from tests.integration.events.event_steps import correct, record, trail
from trials.services import load_protocol

pytestmark = pytest.mark.django_db


def test_record_keeps_what_was_entered_and_what_follows_from_it(ward: Ward) -> None:
    event = record(ward)

    kept = AdverseEvent.objects.get(pk=event.pk)
    assert (kept.number, kept.status, kept.version, kept.recorded_at) == (1, "recorded", 1, AT)
    assert kept.onset_earliest_at is not None
    assert kept.onset_earliest_at.isoformat() == "2020-04-07T11:40:00+00:00"
    assert kept.after_infusion == ward.participant.infusions.get()


def test_record_writes_who_when_and_why_to_the_trail(ward: Ward) -> None:
    (entry,) = trail(record(ward))

    assert (entry.actor_id, entry.at, entry.reason) == (ward.nurse.pk, AT, REASON)
    assert (entry.change, entry.trial_id) == ("INSERT", ward.trial.pk)


def test_events_are_numbered_within_the_participant(ward: Ward) -> None:
    numbers = [record(ward).number, record(ward).number]

    assert numbers == [1, 2]


def test_record_refused_by_a_rule_writes_nothing(ward: Ward) -> None:
    with pytest.raises(ValidationError) as caught:
        record(ward, ended="2020-04-06")

    assert list(caught.value.message_dict) == ["ended"]
    assert not AdverseEvent.objects.exists()


def test_record_without_reason_is_refused(ward: Ward) -> None:
    with pytest.raises(ValidationError, match="Reason"):
        record_adverse_event(
            participant=ward.participant, values=make_values(), by=ward.nurse, at=AT, reason=" "
        )

    assert not AdverseEvent.objects.exists()


def test_record_at_another_site_is_refused(ward: Ward) -> None:
    stranger = make_ward(ward.trial).nurse

    with pytest.raises(PermissionDenied):
        record_adverse_event(
            participant=ward.participant, values=make_values(), by=stranger, at=AT, reason=REASON
        )


@pytest.mark.parametrize(
    "role", ["data_manager", "pharmacovigilance", "board_member", "auditor", "hla_laboratory"]
)
def test_record_by_other_roles_is_refused(ward: Ward, role: str) -> None:
    with pytest.raises(PermissionDenied):
        record_adverse_event(
            participant=ward.participant,
            values=make_values(),
            by=make_user(role, trial=ward.trial),
            at=AT,
            reason=REASON,
        )


def test_record_with_a_derived_field_is_refused_by_its_name(ward: Ward) -> None:
    with pytest.raises(ValidationError) as caught:
        record(ward, onset_earliest_at=AT)

    assert list(caught.value.message_dict) == ["onset_earliest_at"]


def test_infusion_is_left_open_when_the_date_allows_two_answers(ward: Ward) -> None:
    assert record(ward, onset="2020-04-07").after_infusion is None


def test_infusion_of_another_participant_is_refused(ward: Ward) -> None:
    other = make_ward(ward.trial).participant.infusions.get()

    with pytest.raises(ValidationError) as caught:
        record(ward, after_infusion=other)

    assert list(caught.value.message_dict) == ["after_infusion"]


def test_correction_is_a_new_version_with_the_old_one_in_the_trail(ward: Ward) -> None:
    event = record(ward)

    corrected = correct(event, ward, grade=3)

    _, entry = trail(event)
    assert (corrected.version, corrected.grade, corrected.changed_at) == (2, 3, LATER)
    assert (entry.old or {})["grade"] == 2
    assert (entry.new or {})["grade"] == 3
    assert (entry.reason, entry.at) == ("the ward called back", LATER)


def test_correction_of_an_old_version_is_refused(ward: Ward) -> None:
    event = record(ward)
    correct(event, ward, grade=3)

    with pytest.raises(ValidationError, match="at 2 now"):
        correct(event, ward, seen_version=1, grade=1)

    assert AdverseEvent.objects.get(pk=event.pk).grade == 3


@pytest.mark.parametrize(
    ("values", "reason", "sentence"),
    [
        ({"grade": 2}, "the ward called back", "nothing differs"),
        ({"grade": 3}, "  ", "needs a reason"),
        ({"grade": 9}, "the ward called back", "grades are 1 to 5"),
    ],
)
def test_correction_that_changes_nothing_or_says_no_reason_is_refused(
    ward: Ward, values: dict[str, Any], reason: str, sentence: str
) -> None:
    event = record(ward)

    with pytest.raises(ValidationError, match=sentence):
        correct_adverse_event(
            event=event, values=values, seen_version=1, by=ward.nurse, at=LATER, reason=reason
        )

    assert AdverseEvent.objects.get(pk=event.pk).version == 1


def test_correction_of_the_onset_asks_again_which_infusion_it_follows(ward: Ward) -> None:
    event = record(ward)
    second = make_infusion(ward.participant, started_at=AT - timedelta(days=1))

    corrected = correct(event, ward, onset="2020-04-09T20:00", ended="2020-04-10")

    assert corrected.after_infusion == second


def test_serious_event_is_told_once_and_again_only_when_it_becomes_serious(
    ward: Ward, news: list[int]
) -> None:
    plain = record(ward)
    serious = record(ward, **make_serious_values())
    correct(serious, ward, severity="SEVERE")

    became = correct(plain, ward, serious=True, hospitalisation=True)

    assert news == [serious.pk, became.pk]


def test_refused_serious_event_is_not_told(ward: Ward, news: list[int]) -> None:
    with pytest.raises(ValidationError):
        record(ward, **make_serious_values(hospitalisation=False))

    assert news == []


def test_fatal_event_is_kept_once_the_death_is_on_record(ward: Ward) -> None:
    death = {
        "grade": 5,
        "severity": "SEVERE",
        "serious": True,
        "results_in_death": True,
        "outcome": "FATAL",
        "ended": "2020-04-08",
        "aware_at": AT,
    }
    with pytest.raises(ValidationError, match="record the death first"):
        record(ward, **death)

    ward.participant.has_died, ward.participant.died = True, "2020-04-08T04:00"

    assert record(ward, **death, autopsy="NOT DONE").autopsy == "NOT DONE"


def test_term_of_another_version_is_refused(ward: Ward) -> None:
    with pytest.raises(ValidationError) as caught:
        record(ward, ctcae_term=make_term(ctcae_version="6.0"))

    assert "CTCAE v6.0" in caught.value.message_dict["ctcae_term"][0]


def test_event_of_the_first_night_of_a_protocol_version_is_judged_by_it(ward: Ward) -> None:
    amended = {**read_protocol(), "version": "2.0", "effective_date": date(2020, 5, 1)}
    amended["dictionary"] = {**amended["dictionary"], "version": "6.0"}
    load_protocol(content=amended, by=system_user(), at=AT, reason="amended")
    night = datetime(2020, 4, 30, 22, 30, tzinfo=UTC)  # half past midnight in Paris

    event = record_adverse_event(
        participant=ward.participant,
        values=make_values(ctcae_term=make_term(ctcae_version="6.0")),
        by=ward.nurse,
        at=night,
        reason=REASON,
    )

    assert event.ctcae_term is not None
    assert event.ctcae_term.ctcae_version == "6.0"


@pytest.mark.parametrize("verb", [change_draft, complete_draft])
def test_recorded_event_does_not_become_a_draft_again(ward: Ward, verb: Any) -> None:
    event = record(ward)

    with pytest.raises(ValidationError, match="recorded already"):
        verb(event=event, values={"grade": 3}, seen_version=1, by=ward.nurse, at=LATER, reason=REASON)

    assert AdverseEvent.objects.get(pk=event.pk).status == "recorded"


@pytest.mark.django_db(transaction=True)
def test_events_recorded_at_once_get_numbers_of_their_own(ward: Ward) -> None:
    values = make_values()

    def record_one(_: int) -> int:
        try:
            return record_adverse_event(
                participant=ward.participant, values=values, by=ward.nurse, at=AT, reason=REASON
            ).number
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        numbers = sorted(pool.map(record_one, range(8)))

    assert numbers == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.django_db(transaction=True)
def test_corrections_at_once_lose_none_unseen(ward: Ward) -> None:
    event = record(ward)

    def correct_one(grade: int) -> str:
        try:
            correct(event, ward, seen_version=1, grade=grade)
        except ValidationError:
            return "refused"
        finally:
            connection.close()
        return "kept"

    with ThreadPoolExecutor(max_workers=2) as pool:
        results = sorted(pool.map(correct_one, [3, 4]))

    assert (results, AdverseEvent.objects.get(pk=event.pk).version) == (["kept", "refused"], 2)
