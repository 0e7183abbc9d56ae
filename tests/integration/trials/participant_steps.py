"""Steps of a participant through the services, for tests."""

from typing import Any

from accounts.models import User
from audit.models import Entry
from tests.factories import (
    AT,
)
from trials.models import Participant, Site
from trials.services import (
    enrol_participant,
    screen_participant,
)


def screen(site: Site, by: User, **values: Any) -> Participant:
    return screen_participant(
        **{"site": site, "code": "07-001", "by": by, "at": AT, "reason": "screened", **values}
    )


def enrol(participant: Participant, by: User, **values: Any) -> Participant:
    return enrol_participant(
        **{
            "participant": participant,
            "enrolled_at": AT,
            "by": by,
            "at": AT,
            "reason": "randomised",
            **values,
        }
    )


def entries(participant: Participant) -> list[tuple[str, str, str]]:
    rows = Entry.objects.of_row(table="trials_participant", row_id=participant.pk).order_by("id")
    return list(rows.values_list("change", "actor_label", "reason"))
