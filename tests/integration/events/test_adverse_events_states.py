"""What happens to an adverse event after it was recorded: signature, draft, follow-up, void, all with their trail."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from events.models import AdverseEvent
from events.services.adverse_events import (
    change_draft,
    complete_draft,
    record_follow_up,
    save_draft,
    sign_adverse_event,
    void_adverse_event,
)
from tests.integration.events.event_rows import (
    AT,
    LATER,
    REASON,
    Ward,
    make_serious_values,
)
from tests.integration.events.event_steps import correct, record, trail

pytestmark = pytest.mark.django_db


def test_signature_is_bound_to_the_version_and_dropped_by_a_correction(ward: Ward) -> None:
    event = record(ward)

    signed = sign_adverse_event(event=event, seen_version=1, by=ward.investigator, at=AT)
    corrected = correct(signed, ward, grade=3)

    entries = trail(event)
    assert (signed.signed_by, signed.signed_at, signed.version) == ("Ada Kern", AT, 2)
    assert (corrected.signed_by, corrected.signed_at, corrected.version) == ("", None, 3)
    assert (entries[2].old or {})["signed_by"] == "Ada Kern"


def test_signature_by_a_nurse_or_of_an_old_version_is_refused(ward: Ward) -> None:
    event = record(ward)

    with pytest.raises(PermissionDenied):
        sign_adverse_event(event=event, seen_version=1, by=ward.nurse, at=AT)
    with pytest.raises(ValidationError, match="at 1 now"):
        sign_adverse_event(event=event, seen_version=7, by=ward.investigator, at=AT)

    assert AdverseEvent.objects.get(pk=event.pk).signed_at is None


def test_signature_of_a_draft_or_twice_is_refused(ward: Ward) -> None:
    draft = save_draft(
        participant=ward.participant, values={"reported_term": "rash"}, by=ward.nurse, at=AT, reason=REASON
    )
    signed = sign_adverse_event(event=record(ward), seen_version=1, by=ward.investigator, at=AT)

    for event in (draft, signed):
        with pytest.raises(ValidationError, match="Signature"):
            sign_adverse_event(event=event, seen_version=event.version, by=ward.investigator, at=AT)


def test_draft_may_be_incomplete_and_counts_only_when_completed(ward: Ward, news: list[int]) -> None:
    draft = save_draft(
        participant=ward.participant,
        values={"reported_term": "collapse", "serious": True},
        by=ward.nurse,
        at=AT,
        reason=REASON,
    )
    changed = change_draft(
        event=draft, values={"grade": 3}, seen_version=1, by=ward.nurse, at=AT, reason=REASON
    )

    with pytest.raises(ValidationError) as caught:
        complete_draft(event=changed, values={}, seen_version=2, by=ward.nurse, at=AT, reason=REASON)

    assert {"ctcae_term", "onset", "serious"} == set(caught.value.message_dict)
    assert (AdverseEvent.objects.recorded().count(), news) == (0, [])


def test_draft_is_completed_by_what_was_missing(ward: Ward, news: list[int]) -> None:
    draft = save_draft(
        participant=ward.participant, values={"reported_term": "shock"}, by=ward.nurse, at=AT, reason=REASON
    )

    event = complete_draft(
        event=draft, values=make_serious_values(), seen_version=1, by=ward.nurse, at=LATER, reason=REASON
    )

    assert (event.status, event.version, news) == ("recorded", 2, [event.pk])


def test_draft_with_an_impossible_value_is_refused(ward: Ward) -> None:
    with pytest.raises(ValidationError) as caught:
        save_draft(
            participant=ward.participant,
            values={"reported_term": "x", "onset": "2020-13"},
            by=ward.nurse,
            at=AT,
            reason=REASON,
        )

    assert "2020-13" in str(caught.value.message_dict["onset"])


def test_completed_event_cannot_be_completed_again(ward: Ward) -> None:
    with pytest.raises(ValidationError, match="recorded already"):
        complete_draft(event=record(ward), values={}, seen_version=1, by=ward.nurse, at=AT, reason=REASON)


def test_follow_up_changes_outcome_and_end_only(ward: Ward) -> None:
    event = record(ward, outcome="RECOVERING/RESOLVING", ended="")
    follow_up = {"outcome": "RECOVERED/RESOLVED", "ended": "2020-04-11"}

    followed = record_follow_up(
        event=event, values=follow_up, seen_version=1, by=ward.nurse, at=LATER, reason="seen again"
    )

    assert (followed.outcome, followed.ended, followed.version) == ("RECOVERED/RESOLVED", "2020-04-11", 2)
    with pytest.raises(ValidationError) as caught:
        record_follow_up(
            event=followed, values={"grade": 1}, seen_version=2, by=ward.nurse, at=LATER, reason="seen again"
        )
    assert list(caught.value.message_dict) == ["grade"]


def test_void_keeps_the_row_and_its_reason(ward: Ward) -> None:
    event = record(ward)

    void_adverse_event(event=event, by=ward.nurse, at=LATER, reason="wrong participant")

    kept = AdverseEvent.objects.get(pk=event.pk)
    assert (kept.voided_at, kept.void_reason, kept.version) == (LATER, "wrong participant", 2)
    assert not AdverseEvent.objects.recorded().exists()
    assert trail(event)[-1].reason == "wrong participant"


def test_void_without_reason_or_twice_is_refused(ward: Ward) -> None:
    event = record(ward)
    with pytest.raises(ValidationError, match="needs a reason"):
        void_adverse_event(event=event, by=ward.nurse, at=LATER, reason="")
    void_adverse_event(event=event, by=ward.nurse, at=LATER, reason="wrong participant")

    with pytest.raises(ValidationError, match="void"):
        void_adverse_event(event=event, by=ward.nurse, at=LATER, reason="again")
    with pytest.raises(ValidationError, match="void"):
        correct(event, ward, seen_version=2, grade=1)


def test_number_of_a_voided_event_is_not_used_again(ward: Ward) -> None:
    void_adverse_event(event=record(ward), by=ward.nurse, at=LATER, reason="wrong participant")

    assert record(ward).number == 2
