"""Concurrent work during an import: an import takes minutes, and a ward cannot wait for it."""

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from accounts.services import system_user
from product.models import Unblinding
from product.services.unblinding import unblind_alone
from tests.factories import AT, make_participant
from tests.unblinded_wards import make_emergency
from trials.models import Participant, Site, Trial
from trials.services import enrol_participant
from trials.services.imports import import_participants, importing

PATIENCE_SECONDS = 3
BEGUN_SECONDS = 0.2


class Somebody(Thread):
    """A user on a separate connection; `error` is the refusal."""

    def __init__(self, act: Callable[[], Any]) -> None:
        super().__init__()
        self.act, self.error = act, None
        self.start()

    def run(self) -> None:
        try:
            self.act()
        except Exception as error:
            self.error = error
        finally:
            connection.close()


@pytest.mark.django_db(transaction=True)
def test_an_emergency_does_not_wait_for_an_import() -> None:
    scene = make_emergency()

    with importing(trial=scene.ward.trial, by=system_user(), at=AT, reason="imported for a test"):
        asker = Somebody(
            lambda: unblind_alone(**scene.said(), absence_reason="Nobody came from pharmacovigilance")
        )
        asker.join(PATIENCE_SECONDS)
        kept = Unblinding.objects.confirmed().count()

    asker.join()
    assert (kept, asker.error) == (1, None)


@pytest.mark.django_db(transaction=True)
def test_an_enrolment_and_an_import_of_the_same_participant_do_not_wait_for_each_other(
    trial: Trial, site: Site
) -> None:
    participant = make_participant(trial, site, age_years=60)
    said = {"by": system_user(), "at": AT, "reason": "made for a test"}

    with importing(trial=trial, **said):
        nurse = Somebody(lambda: enrol_participant(participant=participant, enrolled_at=AT, **said))
        nurse.join(BEGUN_SECONDS)
        wanted = {participant.code: {"enrolled_at": None, "age_years": 61}}
        import_participants(trial=trial, wanted=wanted, **said)

    nurse.join()
    kept = Participant.objects.get(pk=participant.pk)
    assert (nurse.error, kept.enrolment_number, kept.age_years) == (None, 1, 61)
