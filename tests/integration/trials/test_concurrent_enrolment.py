"""Enrolling from eight processes' worth of connections at once: every number once, none missing."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.services import system_user
from tests.factories import AT, make_participant
from trials.models import Participant, Site
from trials.services import enrol_participant

EACH = 5
WRITERS = 8


def enrol_one(participant_id: int) -> int:
    try:
        participant = Participant.objects.select_related("trial", "site").get(pk=participant_id)
        row = enrol_participant(
            participant=participant, enrolled_at=AT, by=system_user(), at=AT, reason="randomised"
        )
        return row.enrolment_number or 0
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_concurrent_enrolments_are_numbered_without_gap_or_double(site: Site) -> None:
    ids = [make_participant(site.trial, site).pk for _ in range(WRITERS * EACH)]

    with ThreadPoolExecutor(WRITERS) as pool:
        numbers = list(pool.map(enrol_one, ids))

    assert sorted(numbers) == list(range(1, WRITERS * EACH + 1))


@pytest.mark.django_db(transaction=True)
def test_one_participant_enrolled_eight_times_at_once_is_enrolled_once(site: Site) -> None:
    participant_id = make_participant(site.trial, site).pk

    with ThreadPoolExecutor(WRITERS) as pool:
        futures = [pool.submit(enrol_one, participant_id) for _ in range(WRITERS)]

    refusals = [future.exception() for future in futures if future.exception()]
    assert len(refusals) == WRITERS - 1
    assert all("cannot become 'enrolled'" in str(refusal) for refusal in refusals)
    assert Participant.objects.enrolled().count() == 1
