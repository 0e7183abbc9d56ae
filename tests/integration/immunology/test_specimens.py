"""Tubes: effect, trail, order of times, permissions, and due sera."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from immunology.models import Specimen
from immunology.queries import ParticipantSample, samples_due
from immunology.rules.sampling import SampleState
from immunology.services import collect_specimen, receive_specimen, void_specimen
from tests.factories import make_enrolled, make_user
from tests.integration.immunology.antibody_rows import D0, D14, NOW, REASON, Study, make_study
from tests.plugins.shared_rows import shared_rows
from trials.models import Participant, ProtocolVersion

pytestmark = pytest.mark.django_db


@shared_rows
def study() -> Study:
    return make_study()


def test_tube_is_taken_received_and_followed(study: Study) -> None:
    tube = study.take(study.treated, D0, 0)

    receive_specimen(
        specimen=tube,
        received_at=D0 + timedelta(hours=2),
        condition_note="clear",
        by=study.laboratory,
        at=NOW,
        reason="arrived",
    )

    tube.refresh_from_db()
    assert (tube.received_at, tube.condition_note, tube.version) == (D0 + timedelta(hours=2), "clear", 2)
    trail = Entry.objects.filter(table_name="immunology_specimen", row_id=tube.pk).order_by("id")
    assert [(entry.change, entry.reason) for entry in trail] == [("INSERT", REASON), ("UPDATE", "arrived")]


@pytest.mark.parametrize(
    ("collected", "field"), [(NOW + timedelta(minutes=1), "collected_at"), (NOW, None), (D0, None)]
)
def test_tube_of_the_future_is_refused(study: Study, collected: object, field: str | None) -> None:
    values = {"participant": study.treated, "code": "T", "collected_at": collected}
    if field is None:
        collect_specimen(**values, by=study.nurse, at=NOW, reason=REASON)  # type: ignore[arg-type]
        return

    with pytest.raises(ValidationError) as refused:
        collect_specimen(**values, by=study.nurse, at=NOW, reason=REASON)  # type: ignore[arg-type]

    assert field in refused.value.message_dict


def test_tube_is_not_received_before_it_was_taken_nor_twice(study: Study) -> None:
    tube = study.take(study.treated, D0, 0)
    arrival = {"specimen": tube, "by": study.laboratory, "at": NOW, "reason": REASON}

    with pytest.raises(ValidationError):
        receive_specimen(received_at=D0 - timedelta(minutes=1), **arrival)
    receive_specimen(received_at=D0, **arrival)
    with pytest.raises(ValidationError):
        receive_specimen(received_at=D0, **arrival)


def test_code_is_taken_once_in_a_trial(study: Study) -> None:
    study.take(study.treated, D0, 0)

    with pytest.raises(ValidationError):
        study.take(study.treated, D0, 0)


def test_everybody_has_his_own_part(study: Study) -> None:
    tube = study.take(study.treated, D0, 0)
    stranger = make_user("nurse", trial=study.trial, site=study.trial.sites.get(code="02"))

    with pytest.raises(PermissionDenied):
        receive_specimen(specimen=tube, received_at=D0, by=study.nurse, at=NOW, reason=REASON)
    with pytest.raises(PermissionDenied):
        void_specimen(specimen=tube, by=stranger, at=NOW, reason=REASON)
    with pytest.raises(PermissionDenied):
        collect_specimen(
            participant=study.treated, code="T", collected_at=D0, by=study.laboratory, at=NOW, reason=REASON
        )
    assert Specimen.objects.count() == 1


def test_void_tube_is_not_changed_any_more(study: Study) -> None:
    tube = study.take(study.treated, D0, 0)
    void_specimen(specimen=tube, by=study.nurse, at=NOW, reason="wrong label")

    with pytest.raises(ValidationError):
        receive_specimen(specimen=tube, received_at=D0, by=study.laboratory, at=NOW, reason=REASON)


def due_at(study: Study, at: datetime) -> list[ParticipantSample]:
    people = list(Participant.objects.enrolled().filter(trial=study.trial).order_by("code"))
    plan = ProtocolVersion.objects.protocol_of(trial_id=study.trial.pk, on=None).antibodies
    return samples_due(participants=people, plan=plan, today=at.date())


def test_sera_due_are_the_same_in_both_arms(study: Study) -> None:
    study.take(study.treated, D0, 0)
    study.take(study.placebo, D0, 0)

    due = due_at(study, D14)

    assert [(item.participant.code, item.sample.planned.day, item.sample.state) for item in due] == [
        ("P-placebo", 14, SampleState.DUE),
        ("P-treated", 14, SampleState.DUE),
    ]


def test_serum_is_asked_for_until_a_week_after_its_window(study: Study) -> None:
    closes = next(item.sample.closes_date for item in due_at(study, D14) if item.sample.planned.day == 14)
    last = datetime.combine(closes + timedelta(days=7), time(12), tzinfo=UTC)

    assert {item.sample.planned.day for item in due_at(study, last)} >= {14}
    assert 14 not in {item.sample.planned.day for item in due_at(study, last + timedelta(days=1))}


def test_sera_due_cost_the_same_for_two_and_for_ten(study: Study) -> None:
    with CaptureQueriesContext(connection) as few:
        due_at(study, D14)
    for _ in range(8):
        make_enrolled(study.trial, study.site)

    with CaptureQueriesContext(connection) as many:
        due_at(study, D14)

    assert len(many) == len(few)
