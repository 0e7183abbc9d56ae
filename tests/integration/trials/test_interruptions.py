"""When an infusion was interrupted: from, to, what is not known, what cannot be."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.services import system_user
from tests.factories import make_enrolled
from tests.integration.trials.test_infusions import HOUR, NOW, START, record, start
from tests.plugins.shared_rows import shared_rows
from trials.admin.interruptions import interruption_words
from trials.models import Infusion, Participant, Site, Trial
from trials.services import correct_infusion, end_infusion, interrupt_infusion

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@shared_rows
def participant(trial: Trial, site: Site) -> Participant:
    return make_enrolled(trial, site)


def interrupted(participant: Participant, nurse: User, **times: datetime) -> Infusion:
    running = start(participant, nurse)
    return interrupt_infusion(
        infusion=running, interruption_reason="line blocked", by=nurse, at=NOW, reason="seen", **times
    )


def test_interruption_has_its_times(participant: Participant, nurse: User) -> None:
    row = interrupted(participant, nurse, interrupted_at=START + 10 * MINUTE)
    ended = end_infusion(
        infusion=row, ended_at=START + HOUR, resumed_at=START + 25 * MINUTE, by=nurse, at=NOW, reason="over"
    )

    assert (ended.interrupted, ended.interrupted_at, ended.resumed_at) == (
        True,
        START + 10 * MINUTE,
        START + 25 * MINUTE,
    )


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ({}, "interrupted, from when to when is not recorded"),
        ({"interrupted_at": START + MINUTE}, "interrupted from 07 Apr 2020 10:01, to when is not recorded"),
        ({"resumed_at": START + MINUTE}, "interrupted to 07 Apr 2020 10:01, from when is not recorded"),
        (
            {"interrupted_at": START + MINUTE, "resumed_at": START + 9 * MINUTE},
            "interrupted 07 Apr 2020 10:01 to 10:09",
        ),
    ],
)
def test_what_is_not_known_of_an_interruption_is_said(
    participant: Participant, nurse: User, times: dict[str, datetime], words: str
) -> None:
    assert interruption_words(interrupted(participant, nurse, **times)) == words


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"interrupted_at": START + MINUTE}, "interrupted_at"),
        ({"interrupted": False, "resumed_at": START + MINUTE}, "resumed_at"),
        ({"interrupted": True, "interrupted_at": START - MINUTE}, "interrupted_at"),
        ({"interrupted": True, "resumed_at": START + 2 * HOUR}, "resumed_at"),
        ({"interrupted": True, "interrupted_at": NOW + HOUR}, "interrupted_at"),
        (
            {"interrupted": True, "interrupted_at": START + 9 * MINUTE, "resumed_at": START + MINUTE},
            "resumed_at",
        ),
    ],
)
def test_impossible_times_are_refused_at_their_field(
    participant: Participant, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        record(participant, ended_at=START + HOUR, **values)

    assert field in refused.value.message_dict
    assert not Infusion.objects.exists()


def test_interruption_that_was_none_takes_its_times_with_it(participant: Participant, nurse: User) -> None:
    row = interrupted(participant, nurse, interrupted_at=START + MINUTE)

    ended = end_infusion(
        infusion=row, ended_at=START + HOUR, interrupted=False, by=nurse, at=NOW, reason="a slip"
    )

    assert (ended.interrupted, ended.interrupted_at) == (False, None)


def test_time_is_corrected(participant: Participant, nurse: User) -> None:
    row = interrupted(participant, nurse)

    changed = correct_infusion(
        infusion=row, changes={"interrupted_at": START + MINUTE}, by=system_user(), at=NOW, reason="found"
    )

    assert changed.interrupted_at == START + MINUTE
